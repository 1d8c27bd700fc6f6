#include <contain/keeper.hpp>

#include <contain/launch.hpp>
#include <contain/process_tree.hpp>
#include <contain/signal_gate.hpp>
#include <contain/wire.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

class Keeper {
public:
    Keeper(pid_t leader, bool outside)
        : leader_(leader), outside_(outside), started_(Clock::now()) {}

    [[nodiscard]] bool leader_ended() const noexcept { return leader_ended_; }

    /// Takes note of every process that has ended.
    void reap() {
        int status = 0;
        for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) != 0;) {
            if (ended < 0) {
                if (errno == EINTR) continue;
                return;
            }
            note(ended, status, false);
        }
    }

    /// Kills what still runs, and comes back when nothing is left. Inside a sandbox this is its
    /// first process, to which every orphan comes; outside it is their subreaper, to the same end.
    void end_all() {
        for (;;) {
            if (outside_) {
                // One by one, and they may fork meanwhile: so none may run when the killing begins.
                signal_below(::getpid(), SIGSTOP);
                signal_below(::getpid(), SIGKILL);
            } else {
                ::kill(-1, SIGKILL);
            }
            // All that have ended by now: looking for the others takes long where there are many.
            int status = 0;
            pid_t ended = ::waitpid(-1, &status, 0);
            if (ended < 0 && errno == ECHILD) return;
            for (; ended > 0; ended = ::waitpid(-1, &status, WNOHANG)) note(ended, status, true);
        }
    }

    [[nodiscard]] Report ended() const {
        rusage use{};
        ::getrusage(RUSAGE_CHILDREN, &use);
        const auto time = [](const timeval& t) {
            return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
        };
        Report report;
        report.kind = Report::Kind::ended;
        report.signalled = WIFSIGNALED(status_);
        report.status = report.signalled ? WTERMSIG(status_) : WEXITSTATUS(status_);
        report.wall = ended_ - started_;
        report.cpu = time(use.ru_utime) + time(use.ru_stime);
        report.peak_memory_bytes = static_cast<std::size_t>(use.ru_maxrss) * 1024;
        report.left_behind = left_behind_;
        return report;
    }

private:
    void note(pid_t ended, int status, bool killing) {
        if (ended == leader_) {
            leader_ended_ = true;
            status_ = status;
            ended_ = Clock::now();
        } else if (killing && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
            // Others had ended before, and only nobody had asked.
            ++left_behind_;
        }
    }

    pid_t leader_;
    bool outside_;
    Clock::time_point started_;
    Clock::time_point ended_;
    bool leader_ended_ = false;
    int status_ = 0;
    unsigned left_behind_ = 0;
};

void report_failure(int lifeline, std::string sentence) {
    Report report;
    report.failure = std::move(sentence);
    send_message(lifeline, encode(report));
}

}  // namespace

int keep(int lifeline, int channel, Surroundings surroundings,
         std::vector<pid_t> protected_processes) {
    const bool outside = surroundings == Surroundings::machine;
    // Nobody may look into this process, or trace it.
    ::prctl(PR_SET_DUMPABLE, 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (outside) {
        ::setsid();
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
        protected_processes.push_back(::getpid());
        protected_processes.push_back(::getppid());
    } else {
        protected_processes.clear();  // it sees none of them
    }

    sigset_t child_ended;
    ::sigemptyset(&child_ended);
    ::sigaddset(&child_ended, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child_ended, nullptr);
    const Descriptor signals(::signalfd(-1, &child_ended, SFD_CLOEXEC | SFD_NONBLOCK));

    const Order order = decode_order(receive_message(lifeline).bytes);
    if (!outside && ::geteuid() == 0 && !become_nobody()) {
        report_failure(lifeline, std::string("The sandbox could not change to the user nobody: ") +
                                     std::strerror(errno) + ".");
        return 1;
    }
    Launched launched = launch(order, channel, protected_processes);
    ::prctl(PR_SET_DUMPABLE, 0);  // changing the user, and launching, have reset it
    if (launched.process < 0) {
        report_failure(lifeline, launched.failure);
        return 1;
    }
    Keeper keeper(launched.process, outside);
    const SignalGate gate(std::move(launched.asks_to_signal));
    // From here on the program alone holds what it was given.
    if (channel >= 0) ::close(channel);
    const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        ::dup2(nothing.get(), number);
    }

    Report started;
    started.kind = Report::Kind::started;
    {
        const Descriptor proc(outside ? -1 : ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        send_message(lifeline, encode(started), proc.get());
    }

    while (!keeper.leader_ended()) {
        std::array<pollfd, 3> wanted{
            {{signals.get(), POLLIN, 0}, {lifeline, POLLIN, 0}, {gate.descriptor(), POLLIN, 0}}};
        if (::poll(wanted.data(), wanted.size(), -1) < 0) continue;
        if (wanted[0].revents != 0) {
            signalfd_siginfo discarded{};
            while (::read(signals.get(), &discarded, sizeof discarded) > 0) {
            }
            keeper.reap();
        }
        if (wanted[1].revents != 0) break;
        if ((wanted[2].revents & POLLIN) != 0) gate.answer();
    }
    keeper.reap();
    keeper.end_all();
    send_message(lifeline, encode(keeper.ended()));
    return 0;
}

}  // namespace lockstep
