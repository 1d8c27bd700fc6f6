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
// instead. Then the program could signal the others; a system call filter forbids that. As root,
// the program runs as nobody, in both cases: in the sandbox by way of a user namespace in which
// only root and nobody are known, because bubblewrap's own would give it root's number outside.
#include <contain/descriptor.hpp>
#include <contain/keeper.hpp>
#include <contain/supervision.hpp>
#include <contain/wire.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

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

/// Has so many processes at a time as are asked for. Says so where it can't.
int gather(int wanted) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) return EXIT_FAILURE;
    int gathered = 0;
    while (gathered < wanted) {
        const pid_t process = ::fork();
        if (process == 0) {
            // Until the other end is closed, by everybody.
            ::close(pipe[1]);
            char nothing = 0;
            (void)!::read(pipe[0], &nothing, 1);
            ::_exit(EXIT_SUCCESS);
        }
        if (process < 0) {
            std::perror("fork");
            break;
        }
        ++gathered;
    }
    ::close(pipe[1]);
    while (::wait(nullptr) > 0) {
    }
    return gathered == wanted ? EXIT_SUCCESS : EXIT_FAILURE;
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
