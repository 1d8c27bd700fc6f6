#include "job.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace {

void pause_for(std::chrono::nanoseconds time, const std::stop_token& token) {
    std::mutex mutex;
    std::condition_variable condition;
    bool asked = false;
    // Destroyed after the lock: it may have to wait for the callback, which wants the mutex.
    const std::stop_callback on_stop{token, [&] {
                                         {
                                             const std::lock_guard lock{mutex};
                                             asked = true;
                                         }
                                         condition.notify_one();
                                     }};
    std::unique_lock lock{mutex};
    condition.wait_for(lock, time, [&] { return asked; });
}

}  // namespace

struct Job::Inner {
    explicit Inner(Work w) : work{std::move(w)}, result{promise.get_future().share()} {}

    Work work;
    std::stop_source stop;
    std::atomic<unsigned> returned{0};
    std::promise<End> promise;
    std::shared_future<End> result;

    std::mutex mutex;
    bool started = false;
    std::thread thread;

    End steps(const std::stop_token& token) {
        unsigned next = 0;
        while (next < work.steps) {
            if (next > 0) pause_for(work.pause, token);
            if (token.stop_requested()) return End::cancelled;
            work.step(next++, token);
            returned.store(next, std::memory_order_release);
        }
        return End::finished;
    }

    void run() {
        End end = End::finished;
        std::exception_ptr error;
        try {
            end = steps(stop.get_token());
        } catch (...) {
            error = std::current_exception();
        }
        work.cleanup();
        if (error)
            promise.set_exception_at_thread_exit(error);
        else
            promise.set_value_at_thread_exit(end);
    }
};

Job::Job(Work work) : inner_{std::make_unique<Inner>(std::move(work))} {}

Job::~Job() {
    inner_->stop.request_stop();
    if (inner_->thread.joinable()) inner_->thread.join();
}

void Job::start() {
    const std::lock_guard lock{inner_->mutex};
    if (std::exchange(inner_->started, true)) throw std::logic_error{"Job: only one start"};
    inner_->thread = std::thread{[inner = inner_.get()] { inner->run(); }};
}

void Job::cancel() { inner_->stop.request_stop(); }

Job::End Job::wait() {
    std::shared_future<End> result;
    {
        const std::lock_guard lock{inner_->mutex};
        if (!inner_->started) throw std::logic_error{"Job: wait before start"};
        result = inner_->result;
    }
    return result.get();
}

unsigned Job::steps_done() const { return inner_->returned.load(std::memory_order_acquire); }
