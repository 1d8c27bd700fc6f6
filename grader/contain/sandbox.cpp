#include <contain/sandbox.hpp>

#include <contain/descriptor.hpp>
#include <contain/launch.hpp>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// The numbers that a started keeper, or bubblewrap, finds its descriptors at.
constexpr int lifeline_number = 3;
constexpr int channel_number = 4;
constexpr int arguments_number = 5;

constexpr const char* supervisor_inside = "/run/lockstep/supervisor";

std::string own_program() { return fs::read_symlink("/proc/self/exe").string(); }

/// Whether root here is the machine's (or container's) root, to whom nobody is another user.
bool can_become_nobody() {
    if (::geteuid() != 0) return false;
    const Descriptor file(::open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC));
    std::array<char, 4096> text{};
    if (!file || ::read(file.get(), text.data(), text.size() - 1) <= 0) return false;
    unsigned long long inside = 0;
    unsigned long long outside = 0;
    unsigned long long count = 0;
    int length = 0;
    for (const char* line = text.data();
         std::sscanf(line, "%llu %llu %llu%n", &inside, &outside, &count, &length) == 3;
         line += length) {
        if (inside <= nobody && nobody - inside < count) return true;
    }
    return false;
}

class Arguments {
public:
    Arguments& add(std::initializer_list<std::string_view> words) {
        for (const auto word : words) {
            text_ += word;
            text_ += '\0';
        }
        return *this;
    }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

/// The folders above what is mounted, which bubblewrap would make for their owner alone.
void add_folders_above(const fs::path& path, std::set<fs::path>& made, Arguments& options) {
    const fs::path parent = path.parent_path();
    if (parent == path || parent == "/" || !made.insert(parent).second) return;
    add_folders_above(parent, made, options);
    options.add({"--perms", "0755", "--dir", parent.string()});
}

/// bubblewrap's options: bwrap(1).
std::string sandbox_options(const Order& order, bool own_user_namespace) {
    Arguments options;
    options.add({"--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
                 "--unshare-cgroup-try"});
    options.add({"--die-with-parent", "--new-session", "--as-pid-1", "--hostname", "sandbox"});
    options.add({"--cap-drop", "ALL"});
    if (own_user_namespace) {
        // The keeper's last act as root is to become nobody.
        options.add({"--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"});
    } else {
        const std::string id = std::to_string(nobody);
        options.add({"--unshare-user", "--uid", id, "--gid", id});
    }

    options.add({"--ro-bind", "/usr", "/usr"});
    for (const std::string_view name : {"/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin"}) {
        std::error_code none;
        if (fs::is_symlink(name, none)) {
            options.add({"--symlink", fs::read_symlink(name).string(), name});
        } else if (fs::exists(name, none)) {
            options.add({"--ro-bind", name, name});
        }
    }
    options.add({"--proc", "/proc", "--dev", "/dev"});
    const std::string scratch =
        std::to_string(std::max<std::size_t>(order.job.scratch_bytes, 4096));
    for (const std::string_view name : {"/tmp", "/dev/shm"}) {
        options.add({"--perms", "1777", "--size", scratch, "--tmpfs", name});
    }
    std::set<fs::path> made;
    const auto bind = [&](const char* how, const std::string& from, const fs::path& to) {
        add_folders_above(to, made, options);
        options.add({how, from, to.string()});
    };
    // What the dynamic linker and the compiler look at; nothing that names users or machines.
    for (const char* name :
         {"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives"}) {
        bind("--ro-bind-try", name, name);
    }
    for (const auto& mount : order.job.mounts) {
        bind(mount.writable ? "--bind" : "--ro-bind", mount.from.string(), mount.to);
    }
    bind("--ro-bind", own_program(), supervisor_inside);
    options.add({"--remount-ro", "/dev", "--remount-ro", "/"});
    options.add({"--chdir", "/"});
    return options.text();
}

std::string bubblewrap() {
    for (const char* path : {"/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"}) {
        if (::access(path, X_OK) == 0) return path;
    }
    throw std::runtime_error("bubblewrap is not installed: install the package bubblewrap.");
}

/// As root: what the program may write is given to nobody, as whom it will run.
void give_to_nobody(const Job& job) {
    for (const auto& mount : job.mounts) {
        if (mount.writable && ::chown(mount.from.c_str(), nobody, nobody) != 0) {
            throw std::runtime_error(mount.from.string() +
                                     " can't be given to the user nobody, as whom programs run: " +
                                     std::strerror(errno) + ".");
        }
    }
}

/// As root: what the program shall read, nobody must be able to read.
void check_that_nobody_can_read(const Job& job) {
    for (const auto& mount : job.mounts) {
        struct stat status {};
        if (::stat(mount.from.c_str(), &status) != 0) {
            throw std::runtime_error(mount.from.string() +
                                     " can't be mounted: " + std::strerror(errno) + ".");
        }
        const mode_t needed = S_ISDIR(status.st_mode) ? S_IROTH | S_IXOTH : S_IROTH;
        if (status.st_uid != nobody && (status.st_mode & needed) != needed) {
            throw std::runtime_error(mount.from.string() +
                                     " can't be read by the user nobody, as whom programs run: "
                                     "make it readable for everyone (chmod o+rX).");
        }
    }
}

void write_map(pid_t process, const char* which) {
    // Root in there stays root out here, so that bubblewrap reaches whatever root reaches; the
    // program will be nobody in both.
    const std::string path = "/proc/" + std::to_string(process) + "/" + which;
    const std::string map =
        "0 0 1\n" + std::to_string(nobody) + " " + std::to_string(nobody) + " 1\n";
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file || ::write(file.get(), map.data(), map.size()) < 0) {
        throw std::runtime_error("The users of the sandbox can't be mapped (" + path +
                                 "): " + std::strerror(errno) + ".");
    }
}

struct Placement {
    int from;
    int to;
};

/// What the child needs to become bubblewrap or the keeper. It borrows our memory until exec.
struct Start {
    const char* program;
    char** arguments;
    const std::vector<Placement>& placements;
    int go_on;  ///< a byte comes when it may
    bool wait;
};

int become_keeper(void* given) noexcept {
    const Start& start = *static_cast<const Start*>(given);
    char byte = 0;
    if (start.wait && ::read(start.go_on, &byte, 1) != 1) ::_exit(127);
    int first_free = 0;
    for (const auto& placement : start.placements) {
        if (::dup2(placement.from, placement.to) < 0) ::_exit(127);
        first_free = std::max(first_free, placement.to + 1);
    }
    close_on_exec_from(first_free);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    std::array<char*, 1> environment{nullptr};
    ::execve(start.program, start.arguments, environment.data());
    constexpr std::string_view complaint = "It could not be executed.\n";
    if (::write(STDERR_FILENO, complaint.data(), complaint.size()) < 0) ::_exit(126);
    ::_exit(127);
}

/// Comes back when the child has executed the program, or could not.
pid_t make_keeper(const char* program, char** arguments, const std::vector<Placement>& placements,
                  bool own_user_namespace) {
    auto [go, wait_for_go] = connected_sockets(SOCK_STREAM);
    // Above the numbers that are assigned, and closed by exec.
    Descriptor go_on = out_of_the_way(wait_for_go.get());
    wait_for_go.reset();
    Start start{program, arguments, placements, go_on.get(), own_user_namespace};
    constexpr std::size_t stack_bytes = std::size_t{64} << 10;
    const auto stack = std::make_unique_for_overwrite<char[]>(stack_bytes);
    char* top = stack.get() + stack_bytes - reinterpret_cast<std::uintptr_t>(stack.get()) % 16;
    // Like vfork, which spares copying our page tables, but in a user namespace from its first
    // moment, and without making us wait: it is we who say who is who in there.
    const int flags = CLONE_VM | SIGCHLD | (own_user_namespace ? CLONE_NEWUSER : 0);
    const pid_t child = ::clone(become_keeper, top, flags, &start);
    if (child < 0) {
        throw std::runtime_error(std::string("No process could be made for the sandbox: ") +
                                 std::strerror(errno) + ".");
    }
    if (own_user_namespace) {
        try {
            write_map(child, "gid_map");
            write_map(child, "uid_map");
        } catch (...) {
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
            throw;
        }
        if (::write(go.get(), "g", 1) != 1) throw std::runtime_error("The sandbox did not start.");
    }
    // Until exec has closed its end: then it needs nothing of ours any more.
    go_on.reset();
    char byte = 0;
    while (::read(go.get(), &byte, 1) < 0 && errno == EINTR) {
    }
    return child;
}

}  // namespace

pid_t start_keeper(const Order& order, const KeeperDescriptors& descriptors) {
    const bool as_nobody = can_become_nobody();
    const bool own_user_namespace = order.sandbox && as_nobody;
    if (as_nobody) give_to_nobody(order.job);
    if (own_user_namespace) check_that_nobody_can_read(order.job);

    const std::string channel = std::to_string(descriptors.channel < 0 ? -1 : channel_number);
    std::string program = own_program();
    std::vector<std::string> words;
    if (order.sandbox) {
        program = bubblewrap();
        words = {"bwrap",           "--args",   std::to_string(arguments_number),
                 supervisor_inside, "--inside", channel};
    } else {
        words = {"supervisor", "--outside", channel, std::to_string(::getppid())};
    }
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    std::vector<Descriptor> sources;
    std::vector<Placement> placements;
    const auto place = [&](int from, int to) {
        sources.push_back(out_of_the_way(from));
        placements.push_back({sources.back().get(), to});
    };
    place(descriptors.input, STDIN_FILENO);
    place(descriptors.output, STDOUT_FILENO);
    place(descriptors.output, STDERR_FILENO);
    place(descriptors.lifeline, lifeline_number);
    // A closed number would be taken by the next thing that is opened.
    place(descriptors.channel >= 0 ? descriptors.channel : descriptors.input, channel_number);
    if (order.sandbox) {
        const Descriptor options = file_in_memory(sandbox_options(order, own_user_namespace));
        place(options.get(), arguments_number);
    }

    return make_keeper(program.c_str(), arguments.data(), placements, own_user_namespace);
}

}  // namespace lockstep
