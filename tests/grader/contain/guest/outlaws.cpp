#include "guest.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
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
