#include <contain/supervision.hpp>

#include <contain/descriptor.hpp>
#include <contain/kept_output.hpp>
#include <contain/process_tree.hpp>
#include <contain/sandbox.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

// How long the machine may take to set up a sandbox, and the keeper to end a program.
constexpr milliseconds patience_for_start{30'000};
constexpr milliseconds patience_for_end{2'000};

// Looking costs time that the program could use: a tenth of a core at most. A program that grows
// towards its limit is looked at more often.
constexpr milliseconds shortest_look{2};
constexpr milliseconds longest_look{20};
constexpr int share_of_looking = 10;

nanoseconds own_cpu_time() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

// A program that waited for a processor did not have that time; but who starts very many threads
// that wait for each other's does not get for ever.
constexpr int longest_grace = 20;

class Supervision {
public:
    Supervision(const Order& order, int control) : order_(order), control_(control) {}

    Outcome run(Descriptor channel) {
        start(std::move(channel));
        while (!ended_ && !keeper_gone_) step();
        drain();
        clear_up();
        return outcome();
    }

private:
    void start(Descriptor channel) {
        auto [ours, theirs] = connected_sockets(SOCK_SEQPACKET);
        std::array<int, 2> pipe{};
        if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
            throw std::system_error(errno, std::generic_category(), "pipe2");
        }
        output_.reset(pipe[0]);
        const Descriptor output_end(pipe[1]);
        ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);
        const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        child_ =
            start_keeper(order_, {nothing.get(), output_end.get(), theirs.get(), channel.get()});
        child_ended_ = hold(child_);
        lifeline_ = std::move(ours);
        if (!send_message(lifeline_.get(), encode(order_))) {
            // Then the lifeline has ended, and what is in the pipe says why.
            keeper_gone_ = true;
        }
        deadline_ = Clock::now() + patience_for_start;
    }

    void step() {
        std::array<pollfd, 4> wanted{{{lifeline_.get(), POLLIN, 0},
                                      {killing_ ? -1 : output_.get(), POLLIN, 0},
                                      {killing_ ? -1 : control_, POLLIN, 0},
                                      {started_ ? -1 : child_ended_.get(), POLLIN, 0}}};
        const auto until = tree_ && !killing_ ? std::min(deadline_, next_look_) : deadline_;
        const nanoseconds left = std::max(nanoseconds{0}, nanoseconds(until - Clock::now()));
        const timespec timeout{static_cast<time_t>(left.count() / 1'000'000'000),
                               static_cast<long>(left.count() % 1'000'000'000)};
        if (::ppoll(wanted.data(), wanted.size(), &timeout, nullptr) < 0) return;

        if (wanted[1].revents != 0) read_output();
        if (wanted[0].revents != 0) hear_keeper();
        if (wanted[2].revents != 0) kill_for(End::interrupted);
        // Bubblewrap was killed, and what it had forked waits for it, with the lifeline in hand.
        if (wanted[3].revents != 0 && wanted[0].revents == 0) keeper_gone_ = true;
        if (ended_ || keeper_gone_) return;
        const auto now = Clock::now();
        if (now >= deadline_) {
            out_of_time();
        } else if (tree_ && !killing_ && now >= next_look_) {
            look();
        }
    }

    void read_output() {
        std::array<char, 65536> part{};
        const ssize_t size = ::read(output_.get(), part.data(), part.size());
        if (size > 0) {
            kept_.add({part.data(), static_cast<std::size_t>(size)});
            if (kept_.total_bytes() > order_.job.limits.output_bytes) kill_for(End::output);
        } else if (size == 0) {
            output_.reset();  // everybody has closed it; ppoll skips what is -1
        }
    }

    void hear_keeper() {
        Message message = receive_message(lifeline_.get());
        if (message.bytes.empty()) {
            keeper_gone_ = true;
            return;
        }
        Report report = decode_report(message.bytes);
        switch (report.kind) {
        case Report::Kind::started:
            started_ = true;
            tree_.emplace(message.passed ? ProcessTree::of_sandbox(std::move(message.passed))
                                         : ProcessTree::below(child_));
            begun_ = Clock::now();
            if (!killing_) deadline_ = begun_ + order_.job.limits.wall;
            next_look_ = Clock::now() + shortest_look;
            break;
        case Report::Kind::failed:
            failure_ = std::move(report.failure);
            keeper_gone_ = true;
            break;
        case Report::Kind::ended: ended_ = std::move(report); break;
        }
    }

    void look() {
        const nanoseconds before = own_cpu_time();
        const Use use = tree_->use();
        const nanoseconds cost = own_cpu_time() - before;
        const Limits& limits = order_.job.limits;
        peak_memory_ = std::max(peak_memory_, use.resident_bytes);
        if (use.resident_bytes > limits.memory_bytes) return kill_for(End::memory);
        if (use.cpu > limits.cpu) return kill_for(End::cpu_time);
        if (use.processes > limits.processes) return kill_for(End::processes);

        const bool near = use.resident_bytes > limits.memory_bytes / 2;
        pause_ =
            near ? nanoseconds(shortest_look) : std::min<nanoseconds>(pause_ * 3 / 2, longest_look);
        next_look_ = Clock::now() + std::max(pause_, share_of_looking * cost);
    }

    void out_of_time() {
        if (!started_ && !killing_) {
            failure_ =
                "The sandbox took longer to start than half a minute: is the machine "
                "overloaded?";
            kill_for(End::not_started);
        } else if (!killing_) {
            const nanoseconds limit = order_.job.limits.wall;
            const std::optional<nanoseconds> queued = tree_->queued();
            if (!queued && !over_) {
                // It has ended, and the keeper waits for a processor to say so.
                over_ = true;
                deadline_ = Clock::now() + patience_for_end;
                return;
            }
            deadline_ = begun_ + limit + std::min(queued.value_or(0ns), longest_grace * limit);
            if (Clock::now() >= deadline_) kill_for(End::wall_time);
        } else {
            // The keeper did not do it.
            signal_below(::getpid(), SIGKILL);
            deadline_ = Clock::now() + patience_for_end;
        }
    }

    void kill_for(End why) {
        if (killing_ || ended_) return;
        killing_ = why;
        deadline_ = Clock::now() + patience_for_end;
        const std::array<std::uint8_t, 1> order{'k'};
        send_message(lifeline_.get(), order);
    }

    /// What is still in the pipe. Not until its end, for nobody knows who holds the other one.
    void drain() {
        while (output_) {
            const std::size_t before = kept_.total_bytes();
            read_output();
            if (kept_.total_bytes() == before) return;
        }
    }

    /// Nothing is left: the keeper's word is good, but where it died before it could give it.
    void clear_up() {
        lifeline_.reset();
        do {
            // Orphans, too: they come to this process.
            if (!ended_) signal_below(::getpid(), SIGKILL);
        } while (::waitpid(-1, nullptr, 0) >= 0 || errno != ECHILD);
    }

    Outcome outcome() const {
        Outcome outcome;
        outcome.output = kept_.text();
        outcome.output_bytes = kept_.total_bytes();
        outcome.peak_memory_bytes = peak_memory_;
        if (!ended_) {
            if (started_) {
                outcome.end = killing_.value_or(End::signalled);
                outcome.status = SIGKILL;
            } else if (killing_ == End::interrupted) {
                outcome.end = End::interrupted;
            } else if (!failure_.empty()) {
                outcome.output = failure_;
            } else if (outcome.output.empty()) {
                // What fails says why.
                outcome.output = "What was to start the program was killed before it began.";
                outcome.lost = true;
            }
            return outcome;
        }
        const Limits& limits = order_.job.limits;
        outcome.status = ended_->status;
        outcome.wall = ended_->wall;
        outcome.cpu = ended_->cpu;
        outcome.peak_memory_bytes = std::max(peak_memory_, ended_->peak_memory_bytes);
        outcome.left_behind = ended_->left_behind;
        // What went over a limit between two looks went over it all the same: a verdict is not a
        // matter of luck.
        if (killing_) {
            outcome.end = *killing_;
        } else if (outcome.peak_memory_bytes > limits.memory_bytes) {
            outcome.end = End::memory;
        } else if (outcome.cpu > limits.cpu || (ended_->signalled && ended_->status == SIGXCPU)) {
            outcome.end = End::cpu_time;
        } else if (outcome.output_bytes > limits.output_bytes) {
            outcome.end = End::output;
        } else {
            outcome.end = ended_->signalled ? End::signalled : End::exited;
        }
        return outcome;
    }

    const Order& order_;
    int control_;
    pid_t child_ = -1;
    Descriptor child_ended_;  ///< readable when it has
    Descriptor lifeline_;
    Descriptor output_;
    KeptOutput kept_;
    std::optional<ProcessTree> tree_;
    Clock::time_point begun_;
    Clock::time_point deadline_;
    Clock::time_point next_look_;
    nanoseconds pause_{shortest_look};
    std::size_t peak_memory_ = 0;
    bool started_ = false;
    bool over_ = false;  ///< nobody was alive when the time was over
    bool keeper_gone_ = false;
    std::string failure_;
    std::optional<End> killing_;
    std::optional<Report> ended_;
};

}  // namespace

Outcome supervise(const Order& order, int control, int channel) {
    try {
        return Supervision(order, control).run(Descriptor(channel));
    } catch (const std::exception& problem) {
        Outcome outcome;
        outcome.output = problem.what();
        return outcome;
    }
}

}  // namespace lockstep
