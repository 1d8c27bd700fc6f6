#include <contain/launch.hpp>

#include <contain/syscall_filter.hpp>

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

namespace lockstep {
namespace {

constexpr int channel_number = 3;
constexpr rlim_t stack_bytes = rlim_t{8} << 20;           // what every distribution gives
constexpr rlim_t largest_stack_bytes = rlim_t{64} << 20;  // what GCC asks for
constexpr rlim_t open_files = 1024;
// RLIMIT_NPROC counts threads, too. How many processes there are the supervisor sees; this only
// bounds what a bomb may do between two looks.
constexpr rlim_t extra_threads = 448;
constexpr rlim_t extra_threads_outside = 1024;

// The supervisor counts the CPU time of all, and exactly. The kernel's own limit is for each
// process by itself, and goes by the ticks at which it was found running: on a busy machine that
// was a sixth more than it had. So it is far away, for the case that nobody looks.
constexpr rlim_t further_cpu_limit = 4;

/// What the child tells when it could not become the program.
struct Failure {
    int error = 0;
    std::array<char, 32> step{};
};

rlim_t seconds_rounded_up(std::chrono::milliseconds time) {
    return static_cast<rlim_t>(std::max<long long>(0, (time.count() + 999) / 1000));
}

void limit(int resource, rlim_t soft, rlim_t hard) noexcept {
    rlimit present{};
    // Where root's own limits are lower, raising them may be refused; then they stay.
    if (::getrlimit(static_cast<__rlimit_resource>(resource), &present) == 0) {
        hard = std::min(hard, present.rlim_max);
    }
    const rlimit wanted{std::min(soft, hard), hard};
    ::setrlimit(static_cast<__rlimit_resource>(resource), &wanted);
}

void set_limits(const Order& order) noexcept {
    const Job& job = order.job;
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_FSIZE, job.file_bytes, job.file_bytes);
    limit(RLIMIT_NOFILE, open_files, open_files);
    limit(RLIMIT_STACK, stack_bytes, largest_stack_bytes);
    const rlim_t seconds = further_cpu_limit * seconds_rounded_up(job.limits.cpu) + 1;
    limit(RLIMIT_CPU, seconds, seconds + 1);
    if (order.sandbox) {
        const rlim_t tasks = job.limits.processes + extra_threads;
        limit(RLIMIT_NPROC, tasks, tasks);
    } else {
        // Counts all that this user runs on this machine, so it can only be a wide net.
        struct sysinfo machine {};
        if (::sysinfo(&machine) == 0) {
            const rlim_t tasks = machine.procs + job.limits.processes + extra_threads_outside;
            limit(RLIMIT_NPROC, tasks, tasks);
        }
    }
}

/// Where memory runs out, the kernel shall take this program and not the grader.
void volunteer_for_the_oom_killer() noexcept {
    const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    if (::write(file, "1000", 4) != 4) errno = 0;  // refused: nothing lost
    ::close(file);
}

void default_signals() noexcept {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Whether the user nobody can enter, read or execute what the job names. To be asked as root.
bool nobody_can_run(const Job& job) noexcept {
    if (::setegid(nobody) != 0 || ::seteuid(nobody) != 0) return false;
    const auto can = [](const char* path, int mode) {
        return ::faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
    };
    bool all = can(job.command.front().c_str(), R_OK | X_OK);
    if (!job.working_folder.empty()) all = all && can(job.working_folder.c_str(), X_OK);
    for (const auto& mount : job.mounts) {
        all = all && can(mount.to.c_str(), mount.writable ? R_OK | W_OK : R_OK);
    }
    return ::seteuid(0) == 0 && ::setegid(0) == 0 && all;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
}

/// In the child. Comes back only when something failed, having said what. Through `news` goes what
/// the filter asks with.
const char* become_the_program(const Order& order, int channel, int news,
                               const std::vector<pid_t>& protected_processes, char** arguments,
                               char** environment) noexcept {
    ::setsid();
    // /proc/self must be ours to write. The keeper, whose memory this is, undoes it.
    ::prctl(PR_SET_DUMPABLE, 1);
    volunteer_for_the_oom_killer();
    // Some containers forbid it; then the canary program of the sanitiser says so.
    // Where it is not asked for, the grader itself may have been started so.
    ::personality(order.job.fixed_addresses ? ADDR_NO_RANDOMIZE : 0);
    set_limits(order);
    if (::geteuid() == 0 && nobody_can_run(order.job) && !become_nobody()) {
        return "change to the user nobody";
    }
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!order.job.working_folder.empty() && ::chdir(order.job.working_folder.c_str()) != 0) {
        return "enter its working folder";
    }
    if (channel >= 0) {
        if (channel == channel_number) {
            ::fcntl(channel, F_SETFD, 0);
        } else if (::dup2(channel, channel_number) < 0) {
            return "take its channel";
        }
    }
    close_on_exec_from(channel >= 0 ? channel_number + 1 : channel_number);
    default_signals();
    const int listener = forbid_system_calls(protected_processes);
    if (listener >= 0) {
        const std::array<std::uint8_t, 1> listening{'l'};
        if (!send_message(news, listening, listener)) return "hand on its filter";
    }
    // A file that was written a moment ago may still be open in a process that was being started
    // by somebody else just then, between its fork and its exec.
    constexpr int attempts = 400;
    constexpr timespec pause{0, 5'000'000};
    for (int attempt = 0; attempt < attempts; ++attempt) {
        ::execve(arguments[0], arguments, environment);
        if (errno != ETXTBSY) break;
        ::nanosleep(&pause, nullptr);
        errno = ETXTBSY;
    }
    return "execute it";
}

}  // namespace

bool become_nobody() noexcept {
    if (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0 ||
        ::setresuid(nobody, nobody, nobody) != 0) {
        return false;
    }
    // With root went all capabilities that count; these are those that could be inherited.
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const std::array<__user_cap_data_struct, 2> none{};
    return ::syscall(SYS_capset, &header, none.data()) == 0;
}

Launched launch(const Order& order, int channel, const std::vector<pid_t>& protected_processes) {
    Launched launched;
    if (order.job.command.empty()) {
        launched.failure = "There is no program to start: the job's command is empty.";
        return launched;
    }
    std::vector<char*> arguments = pointers(order.job.command);
    std::vector<char*> environment = pointers(order.job.environment);
    auto [from_child, to_parent] = connected_sockets(SOCK_SEQPACKET);

    // The child borrows this memory until exec, which spares copying its page tables; it writes to
    // none of it that is read here afterwards.
    const pid_t child = ::vfork();
    if (child < 0) {
        launched.failure =
            std::string("A process could not be made: ") + std::strerror(errno) + ".";
        return launched;
    }
    if (child == 0) {
        // Away from the numbers that the program gets.
        const int report = ::fcntl(to_parent.get(), F_DUPFD_CLOEXEC, 64);
        const char* step = become_the_program(order, channel, report, protected_processes,
                                              arguments.data(), environment.data());
        Failure failure;
        failure.error = errno;
        std::strncpy(failure.step.data(), step, failure.step.size() - 1);
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(&failure);
        ::_exit(send_message(report, {bytes, sizeof failure}) ? 127 : 126);
    }
    to_parent.reset();
    // The end says that exec has closed the other end.
    Failure failure;
    for (Message message; !(message = receive_message(from_child.get())).bytes.empty();) {
        if (message.passed) launched.asks_to_signal = std::move(message.passed);
        if (message.bytes.size() == sizeof failure)
            std::memcpy(&failure, message.bytes.data(), sizeof failure);
    }
    if (failure.error != 0) {
        while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
        }
        launched.failure = order.job.command.front() + " could not " + failure.step.data() + ": " +
                           std::strerror(failure.error) +
                           ". Look whether it is there, and whether everyone may read and run it.";
        return launched;
    }
    launched.process = child;
    return launched;
}

}  // namespace lockstep
