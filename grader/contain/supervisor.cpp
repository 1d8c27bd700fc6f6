// The supervisor: the program that every contained program runs under.
//
// Theory of operation
// -------------------
// For each job the grader starts one supervisor, gives it an Order through a socket and gets an
// Outcome back. Between the two there are these processes:
//
//   grader ── supervisor ── bwrap ══ keeper ── program ── whatever it starts
//                                 ║
//                     the sandbox ║ its own processes, network, mounts, users
//
// The *keeper* is this same program, started a second time with --inside. In the sandbox it is the
// first process, so every orphan becomes its child, no signal of the program reaches it, and when
// it dies, the kernel kills all others. It sets the limits, starts the program, reaps, and tells
// the supervisor through the *lifeline*, a socket, when the program has begun and how it has ended:
// not before everything else in there is dead, too. It is not killed but told to kill, so that the
// figures of a killed program are as good as those of another.
//
// The *supervisor* holds the clock, the output's pipe and the limits that concern all processes
// together. It looks at them from outside, through the sandbox's own /proc, of which the keeper
// hands it a descriptor. It waits for news, never for time to pass: a program that ends is answered
// at once.
//
// Whoever dies takes the rest along. Grader: the supervisor's socket ends, and it kills.
// Supervisor: bwrap dies with it (its parent-death signal; the supervisor has one thread, which
// lives), and the keeper with bwrap; the lifeline ends as well. Keeper: the kernel kills the
// sandbox.
//
// Without a sandbox there is no bwrap, and the keeper (--outside) is the orphans' subreaper
// instead. Then the program could signal the others; a system call filter asks the keeper for whom
// a signal is meant (signal_gate.hpp). As root, the program runs as nobody, in both cases: in the
// sandbox by way of a user namespace in which only root and nobody are known, because bubblewrap's
// own would give it root's number outside.
#include <contain/descriptor.hpp>
#include <contain/keeper.hpp>
#include <contain/supervision.hpp>
#include <contain/wire.hpp>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <latch>
#include <string_view>
#include <vector>

namespace {

using namespace lockstep;

constexpr int lifeline = 3;

int supervise_for_grader(int control, int channel) {
    ::setsid();
    ::signal(SIGPIPE, SIG_IGN);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_DUMPABLE, 0);
    ::fcntl(control, F_SETFD, FD_CLOEXEC);
    if (channel >= 0) ::fcntl(channel, F_SETFD, FD_CLOEXEC);

    const auto bytes = receive_frame(control);
    if (!bytes) return EXIT_FAILURE;
    const Outcome outcome = supervise(decode_order(*bytes), control, channel);
    send_frame(control, encode(outcome));
    return EXIT_SUCCESS;
}

/// Succeeds where there is room for so many processes at a time, and says so where there is none.
/// Threads take the same room (RLIMIT_NPROC and pids.max count both), and a tenth of the time.
int gather(int wanted) {
    std::latch all_are_there{1};
    std::vector<pthread_t> gathered;
    int error = 0;
    while (error == 0 && static_cast<int>(gathered.size()) < wanted) {
        const auto wait = [](void* latch) -> void* {
            static_cast<std::latch*>(latch)->wait();
            return nullptr;
        };
        pthread_t one{};
        error = ::pthread_create(&one, nullptr, wait, &all_are_there);
        if (error == 0) gathered.push_back(one);
    }
    if (error != 0) std::fprintf(stderr, "pthread_create: %s\n", std::strerror(error));
    all_are_there.count_down();
    for (const pthread_t one : gathered) ::pthread_join(one, nullptr);
    return error == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view role = argc > 1 ? argv[1] : "";
    try {
        if (role == "--probe" && argc == 2) return EXIT_SUCCESS;  // the sandbox's trial
        if (role == "--crowd" && argc == 3) return gather(std::atoi(argv[2]));
        if (role == "--supervise" && argc == 4) {
            return supervise_for_grader(std::atoi(argv[2]), std::atoi(argv[3]));
        }
        if (role == "--inside" && argc == 3) {
            return keep(lifeline, std::atoi(argv[2]), Surroundings::sandbox, {});
        }
        if (role == "--outside" && argc == 4) {
            return keep(lifeline, std::atoi(argv[2]), Surroundings::machine, {std::atoi(argv[3])});
        }
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "%s\n", problem.what());
        return EXIT_FAILURE;
    }
    std::fputs("This program is started by the grader of Lockstep, and by nobody else.\n", stderr);
    return EXIT_FAILURE;
}
