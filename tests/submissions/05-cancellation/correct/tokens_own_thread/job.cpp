// The jthread's own stop token; a stop_callback wakes a plain condition variable.
#include "job.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

struct Job::Inner {
    Work work;
    mutable std::mutex mutex;
    std::condition_variable wake;
    std::condition_variable over;
    bool started = false;
    bool cancelled = false;
    bool ended = false;
    unsigned done = 0;
    End end = End::cancelled;
    std::exception_ptr error;
    std::jthread thread;

    void pause(const std::stop_token& token) {
        const std::stop_callback told{token, [this] {
                                          const std::lock_guard lock{mutex};
                                          wake.notify_all();
                                      }};
        const auto until = std::chrono::steady_clock::now() + work.pause;
        std::unique_lock lock{mutex};
        while (!token.stop_requested()) {
            if (wake.wait_until(lock, until) == std::cv_status::timeout) break;
        }
    }

    void run(const std::stop_token& token) {
        // start() has the lock until it has passed on a cancel that came before it.
        { const std::lock_guard begun{mutex}; }
        End how = End::finished;
        std::exception_ptr thrown;
        try {
            for (unsigned step = 0; step != work.steps; ++step) {
                if (step != 0) pause(token);
                if (token.stop_requested()) {
                    how = End::cancelled;
                    break;
                }
                work.step(step, token);
                const std::lock_guard lock{mutex};
                ++done;
            }
        } catch (...) {
            thrown = std::current_exception();
        }
        work.cleanup();
        const std::lock_guard lock{mutex};
        end = how;
        error = thrown;
        ended = true;
        over.notify_all();
    }
};

Job::Job(Work work) : inner_{new Inner} { inner_->work = std::move(work); }

Job::~Job() = default;  // the jthread asks its thread to stop, and joins it

void Job::start() {
    const std::lock_guard lock{inner_->mutex};
    if (inner_->started) throw std::logic_error{"started twice"};
    inner_->started = true;
    inner_->thread = std::jthread{[this](const std::stop_token& token) { inner_->run(token); }};
    if (inner_->cancelled) inner_->thread.request_stop();
}

void Job::cancel() {
    std::stop_source source{std::nostopstate};
    {
        const std::lock_guard lock{inner_->mutex};
        inner_->cancelled = true;
        source = inner_->thread.get_stop_source();
    }
    // Without the lock, for the callback takes it.
    if (source.stop_possible()) source.request_stop();
}

Job::End Job::wait() {
    std::unique_lock lock{inner_->mutex};
    if (!inner_->started) throw std::logic_error{"not started"};
    inner_->over.wait(lock, [this] { return inner_->ended; });
    if (inner_->error) std::rethrow_exception(inner_->error);
    return inner_->end;
}

unsigned Job::steps_done() const {
    const std::lock_guard lock{inner_->mutex};
    return inner_->done;
}
