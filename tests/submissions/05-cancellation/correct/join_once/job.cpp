// wait joins the thread, whoever comes first; the others wait for that in call_once.
#include "job.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

struct Job::Inner {
    Work work;
    std::stop_source stop;
    std::mutex mutex;
    std::condition_variable pause_over;
    std::once_flag joined;
    std::thread thread;
    std::atomic<bool> started{false};
    std::atomic<unsigned> done{0};
    bool was_cancelled = false;  // these two: written by the thread, read after the join
    std::exception_ptr error;

    void operator()();
    void join() {
        std::call_once(joined, [this] { thread.join(); });
    }
};

namespace {

template <typename Function>
struct Finally {
    Function function;
    ~Finally() { function(); }
};

}  // namespace

void Job::Inner::operator()() {
    const Finally cleanup{[this] { work.cleanup(); }};
    for (unsigned n = 0; n < work.steps; ++n) {
        if (n > 0) {
            const auto deadline = std::chrono::steady_clock::now() + work.pause;
            std::unique_lock lock{mutex};
            pause_over.wait_until(lock, deadline, [this] { return stop.stop_requested(); });
        }
        if (stop.stop_requested()) {
            was_cancelled = true;
            return;
        }
        try {
            work.step(n, stop.get_token());
        } catch (...) {
            error = std::current_exception();
            return;
        }
        ++done;
    }
}

Job::Job(Work work) : inner_{std::make_unique<Inner>()} { inner_->work = std::move(work); }

Job::~Job() {
    if (!inner_->started) return;
    cancel();
    inner_->join();
}

void Job::start() {
    std::lock_guard lock{inner_->mutex};
    if (inner_->started) throw std::logic_error{"second start"};
    inner_->thread = std::thread{[this] { (*inner_)(); }};
    inner_->started = true;
}

void Job::cancel() {
    {
        std::lock_guard lock{inner_->mutex};
        inner_->stop.request_stop();
    }
    inner_->pause_over.notify_all();
}

Job::End Job::wait() {
    if (!inner_->started) throw std::logic_error{"wait before start"};
    inner_->join();
    if (inner_->error) std::rethrow_exception(inner_->error);
    return inner_->was_cancelled ? End::cancelled : End::finished;
}

unsigned Job::steps_done() const { return inner_->done; }
