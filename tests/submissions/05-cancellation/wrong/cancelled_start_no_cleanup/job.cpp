#include "job.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace {

// Raised once, seen by all who look, and for ever: nobody reads the counter.
class Flag {
public:
    Flag() : descriptor_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
        if (descriptor_ < 0)
            throw std::system_error{errno, std::generic_category(), "eventfd"};
    }
    Flag(const Flag&) = delete;
    Flag& operator=(const Flag&) = delete;
    ~Flag() { ::close(descriptor_); }

    void raise() {
        const std::uint64_t one = 1;
        // It could fail only when the counter is full: then it is raised already.
        [[maybe_unused]] const ssize_t written = ::write(descriptor_, &one, sizeof one);
    }

    void await() const { poll(nullptr); }

    void await_for(std::chrono::nanoseconds time) const {
        using std::chrono::steady_clock;
        const auto until = steady_clock::now() + time;
        do {
            const std::chrono::nanoseconds left =
                std::max(std::chrono::nanoseconds{0},
                         std::chrono::nanoseconds{until - steady_clock::now()});
            const timespec timeout{static_cast<std::time_t>(left.count() / 1'000'000'000),
                                   static_cast<long>(left.count() % 1'000'000'000)};
            if (poll(&timeout)) return;
        } while (steady_clock::now() < until);
    }

private:
    // Whether it is raised. Without a timeout that is what it waits for.
    bool poll(const timespec* timeout) const {
        pollfd entry{descriptor_, POLLIN, 0};
        int ready = 0;
        do {
            ready = ::ppoll(&entry, 1, timeout, nullptr);
        } while (timeout == nullptr && ready <= 0);
        return ready > 0;
    }

    int descriptor_;
};

}  // namespace

struct Job::Inner {
    explicit Inner(Work w) : work{std::move(w)} {}

    const Work work;
    std::stop_source source;
    Flag stop;
    Flag over;

    mutable std::mutex mutex;  // for the following
    bool started = false;
    unsigned done = 0;
    End end = End::finished;
    std::exception_ptr error;

    std::thread thread;

    void run() {
        End how = End::finished;
        std::exception_ptr thrown;
        for (unsigned number = 0; number < work.steps; ++number) {
            if (number > 0) stop.await_for(work.pause);
            if (source.stop_requested()) {
                how = End::cancelled;
                break;
            }
            try {
                work.step(number, source.get_token());
            } catch (...) {
                thrown = std::current_exception();
                break;
            }
            const std::scoped_lock lock{mutex};
            ++done;
        }
        work.cleanup();
        {
            const std::scoped_lock lock{mutex};
            end = how;
            error = thrown;
        }
        over.raise();
    }
};

Job::Job(Work work) : inner_{std::make_unique<Inner>(std::move(work))} {}

Job::~Job() {
    cancel();
    if (inner_->thread.joinable()) inner_->thread.join();
}

void Job::start() {
    const std::scoped_lock lock{inner_->mutex};
    if (inner_->started) throw std::logic_error{"EALREADY"};
    inner_->started = true;
    if (inner_->source.stop_requested()) {  // nothing to do: a thread is not worth it
        inner_->end = End::cancelled;
        inner_->over.raise();
        return;
    }
    inner_->thread = std::thread{[inner = inner_.get()] { inner->run(); }};
}

void Job::cancel() {
    if (inner_->source.request_stop()) inner_->stop.raise();
}

Job::End Job::wait() {
    {
        const std::scoped_lock lock{inner_->mutex};
        if (!inner_->started) throw std::logic_error{"ECHILD"};
    }
    inner_->over.await();
    const std::scoped_lock lock{inner_->mutex};
    if (inner_->error) std::rethrow_exception(inner_->error);
    return inner_->end;
}

unsigned Job::steps_done() const {
    const std::scoped_lock lock{inner_->mutex};
    return inner_->done;
}
