#include "guest.hpp"

#include <asm/sockios.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>
#include <thread>

namespace guest {
namespace {

/// Comes back in the parent when there is a daemon that has cut all ties.
void become_father_of_a_daemon(bool keep_output) {
    int ready[2];
    if (::pipe(ready) != 0) return;
    if (::fork() == 0) {
        ::setsid();
        if (::fork() != 0) ::_exit(0);
        ::signal(SIGTERM, SIG_IGN);
        ::signal(SIGHUP, SIG_IGN);
        if (!keep_output) {
            ::close(1);
            ::close(2);
        }
        if (::write(ready[1], "r", 1) != 1) ::_exit(1);
        sleep_for_ever();
    }
    ::wait(nullptr);
    char byte = 0;
    if (::read(ready[0], &byte, 1) != 1) return;
}

/// In how many ways a process could be signalled, or be given a limit that signals it.
int ways_to_reach(pid_t process) {
    int ways = 0;
    const auto count = [&ways](bool reached) { ways += reached ? 1 : 0; };
    siginfo_t info{};
    info.si_code = SI_QUEUE;
    count(::kill(process, SIGURG) == 0);
    count(::syscall(SYS_tkill, process, SIGURG) == 0);
    count(::syscall(SYS_tgkill, process, process, SIGURG) == 0);
    count(::syscall(SYS_rt_sigqueueinfo, process, SIGURG, &info) == 0);
    count(::syscall(SYS_rt_tgsigqueueinfo, process, process, SIGURG, &info) == 0);
    count(::syscall(SYS_pidfd_open, process, 0) >= 0);
    const std::string folder = "/proc/" + std::to_string(process);
    const int by_folder = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
    count(by_folder >= 0 && ::syscall(SYS_pidfd_send_signal, by_folder, SIGURG, nullptr, 0) == 0);
    ::rlimit64 limit{};
    count(::syscall(SYS_prlimit64, process, RLIMIT_CPU, nullptr, &limit) == 0);
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()) == 0) {
        count(::fcntl(sockets[0], F_SETOWN, process) == 0);
        count(::ioctl(sockets[0], FIOSETOWN, &process) == 0);
    }
    return ways;
}

const char* outcome_of(long result) { return result < 0 ? std::strerror(errno) : "done"; }

}  // namespace

Deeds outlaws() {
    return {
        {"daemons",  // <how many>
         [](const Arguments& a) {
             for (int i = 0; i < std::stoi(a.at(0)); ++i) become_father_of_a_daemon(false);
             return 0;
         }},
        {"keep_the_pipe",
         [](const Arguments&) {
             std::cout << "said" << std::flush;
             become_father_of_a_daemon(true);
             return 0;
         }},
        {"leave_threads",
         [](const Arguments&) {
             for (int i = 0; i < 8; ++i) std::thread(sleep_for_ever).detach();
             return 0;
         }},
        {"leave_zombies",  // children that ended and were not waited for
         [](const Arguments&) {
             for (int i = 0; i < 3; ++i) {
                 int ended[2];
                 if (::pipe(ended) != 0) return 1;
                 if (::fork() == 0) ::_exit(0);
                 ::close(ended[1]);
                 char byte = 0;
                 if (::read(ended[0], &byte, 1) != 0) return 1;
             }
             siginfo_t info;
             return ::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0 ? 0 : 1;
         }},
        {"ignore_signals",
         [](const Arguments&) -> int {
             for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_IGN);
             std::cout << "deaf" << std::endl;
             sleep_for_ever();
         }},
        {"kill_everybody",
         [](const Arguments&) {
             const long result = ::kill(-1, SIGKILL);
             std::cout << "everybody: " << outcome_of(result) << std::endl;
             return 0;
         }},
        {"kill_parents",
         [](const Arguments&) {
             ::kill(::getppid(), SIGKILL);
             ::kill(::getppid(), SIGSTOP);
             ::kill(0, SIGCONT);
             std::cout << "alive" << std::endl;
             return 0;
         }},
        {"reach",  // <process>
         [](const Arguments& a) {
             std::cout << ways_to_reach(std::stoi(a.at(0))) << " ways" << std::endl;
             return 0;
         }},
        {"signal_its_own",  // a child, what a child left, a group, a thread, itself
         [](const Arguments&) {
             std::array<int, 2> numbers{};
             if (::pipe(numbers.data()) != 0) return 1;
             const pid_t child = ::fork();
             if (child == 0) {
                 ::setpgid(0, 0);
                 const pid_t grandchild = ::fork();
                 if (grandchild == 0) sleep_for_ever();
                 if (::write(numbers[1], &grandchild, sizeof grandchild) < 0) ::_exit(1);
                 sleep_for_ever();
             }
             pid_t grandchild = 0;
             if (::read(numbers[0], &grandchild, sizeof grandchild) < 0) return 1;
             std::cout << outcome_of(::kill(-child, SIGCONT)) << '\n';
             std::cout << outcome_of(::syscall(SYS_pidfd_open, child, 0)) << '\n';
             std::cout << outcome_of(::kill(child, SIGKILL)) << '\n';
             if (::waitpid(child, nullptr, 0) != child) return 1;
             std::cout << outcome_of(::kill(grandchild, SIGKILL)) << '\n';
             std::cout << outcome_of(::kill(::getpid(), SIGURG)) << '\n';
             std::thread([] {
                 std::cout << outcome_of(::syscall(SYS_tkill, ::gettid(), SIGURG)) << '\n';
             }).join();
             std::cout << outcome_of(::kill(child, SIGURG)) << std::endl;
             return 0;
         }},
        {"stop_itself",
         [](const Arguments&) {
             ::raise(SIGSTOP);
             return 0;
         }},
        {"trace_parent",
         [](const Arguments&) {
             std::cout << outcome_of(::ptrace(PTRACE_ATTACH, ::getppid(), 0, 0)) << std::endl;
             return 0;
         }},
        {"new_namespace",
         [](const Arguments&) {
             std::cout << outcome_of(::unshare(CLONE_NEWUSER)) << std::endl;
             return 0;
         }},
    };
}

}  // namespace guest
