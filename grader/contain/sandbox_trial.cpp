#include <contain/sandbox_trial.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace lockstep {
namespace {

/// The number in a file of /proc/sys; -1 when there is no such file.
long setting(const char* path) {
    std::ifstream file(path);
    long value = -1;
    return file >> value ? value : -1;
}

bool in_a_container() {
    std::error_code none;
    return std::filesystem::exists("/.dockerenv", none) ||
           std::filesystem::exists("/run/.containerenv", none);
}

std::string on_one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
    text.resize(
        std::min(text.size(), text.find(" See <")));  // where Debian's bwrap points elsewhere
    while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.pop_back();
    if (text.size() > 300) text.resize(300);
    return text;
}

std::string limitation(const Outcome& outcome) {
    const std::string said = on_one_line(outcome.output);
    if (said.find("bubblewrap is not installed") != std::string::npos) {
        return "Programs run without a sandbox, because bubblewrap is not installed: install the "
               "package bubblewrap.";
    }
    if (setting("/proc/sys/user/max_user_namespaces") == 0) {
        return "Programs run without a sandbox, because this machine allows no user namespaces: "
               "let "
               "an administrator set sysctl user.max_user_namespaces=10000.";
    }
    if (setting("/proc/sys/kernel/unprivileged_userns_clone") == 0) {
        return "Programs run without a sandbox, because this machine allows user namespaces to "
               "root "
               "only: let an administrator set sysctl kernel.unprivileged_userns_clone=1.";
    }
    if (in_a_container()) {
        return "Programs run without a sandbox, because this container's profile refuses what "
               "bubblewrap needs (" +
               said +
               "): start the container with --privileged, or with --security-opt "
               "seccomp=unconfined --security-opt apparmor=unconfined --security-opt "
               "systempaths=unconfined.";
    }
    if (setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1) {
        return "Programs run without a sandbox, because AppArmor refuses user namespaces to "
               "bubblewrap: let an administrator install a profile for it (the package "
               "apparmor-profiles has bwrap-userns-restrict) or set sysctl "
               "kernel.apparmor_restrict_unprivileged_userns=0.";
    }
    return "Programs run without a sandbox, because bubblewrap does not work here (" + said +
           "): run `bwrap --unshare-all --ro-bind / / true` and see what it needs.";
}

}  // namespace

Isolation isolation_from_trial(const Outcome& outcome) {
    Isolation isolation;
    isolation.sandbox = outcome.end == End::exited && outcome.status == 0;
    if (!isolation.sandbox) isolation.limitation = limitation(outcome);
    return isolation;
}

}  // namespace lockstep
