#include "graders.hpp"

#include <base/read_file.hpp>

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace faults {

namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& file) { return lockstep::read_bytes(file).value_or(""); }

struct Seen {
    pid_t parent = 0;
    std::string name;
};

/// Every process on the machine.
std::map<pid_t, Seen> processes() {
    std::map<pid_t, Seen> all;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{"/proc", error}) {
        const std::string number = entry.path().filename().string();
        if (number.find_first_not_of("0123456789") != std::string::npos) continue;
        // "12 (name) S 11 …"
        const std::string status = read(entry.path() / "stat");
        const std::size_t open = status.find('(');
        const std::size_t close = status.rfind(')');
        if (open == std::string::npos || close == std::string::npos) continue;
        std::istringstream rest{status.substr(close + 2)};
        char state = 0;
        Seen seen;
        rest >> state >> seen.parent;
        if (state == 'Z') continue;
        seen.name = status.substr(open + 1, close - open - 1);
        all[std::stoi(number)] = seen;
    }
    return all;
}

}  // namespace

Grader::Grader(const fs::path& submission, const fs::path& cache, const fs::path& scratch,
               const std::function<void()>& prepare)
    : output_{scratch / "result.json"}, complaints_{scratch / "complaints"} {
    fs::remove(output_);
    std::array<std::string, 11> words{GRADER,
                                      "grade",
                                      submission.string(),
                                      "--exercise",
                                      "01",
                                      "--seed=7",
                                      "--format=json",
                                      "--audience=instructor",
                                      "--output",
                                      output_.string(),
                                      "--cache=" + cache.string()};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error{"No process could be made."};
    if (process_ != 0) return;
    const int complaints = ::open(complaints_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(complaints, STDERR_FILENO);
    ::dup2(complaints, STDOUT_FILENO);
    ::close(complaints);
    if (prepare) prepare();
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
}

std::vector<Member> Grader::members() const {
    const std::map<pid_t, Seen> all = processes();
    std::vector<Member> found;
    for (const auto& [process, seen] : all) {
        pid_t above = process;
        while (above != process_) {
            const auto next = all.find(above);
            if (next == all.end()) break;
            above = next->second.parent;
        }
        if (above == process_ && seen.name != "bwrap") found.push_back({process, seen.name});
    }
    return found;
}

bool Grader::kill(const Member& member) const {
    // What is held keeps its number; so what is true of that now stays true.
    const int held = static_cast<int>(::syscall(SYS_pidfd_open, member.process, 0));
    if (held < 0) return false;
    const std::vector<Member> now = members();
    const bool still_one = std::any_of(
        now.begin(), now.end(), [&](const Member& each) { return each.process == member.process; });
    const bool killed =
        still_one && ::syscall(SYS_pidfd_send_signal, held, SIGKILL, nullptr, 0) == 0;
    ::close(held);
    return killed;
}

Ended Grader::wait() {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    Ended ended;
    ended.killed = WIFSIGNALED(status);
    ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    ended.complaint = read(complaints_);
    if (!fs::exists(output_)) return ended;
    nlohmann::json result = nlohmann::json::parse(read(output_), nullptr, false);
    if (result.is_discarded()) throw std::runtime_error{"A result was left half-written."};
    result.erase("times");
    ended.result = result.dump();
    return ended;
}

bool all_gone() {
    constexpr int patience = 100;
    for (int look = 0; look < patience; ++look) {
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        if (::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    return false;
}

}  // namespace faults
