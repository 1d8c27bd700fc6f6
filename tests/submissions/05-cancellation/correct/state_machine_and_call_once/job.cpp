#include "job.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

struct Job::Inner {
    explicit Inner(Work w) : work{std::move(w)} {}

    const Work work;
    std::stop_source off;
    std::atomic<unsigned> count{0};

    // The end of the thread is the end of the job: whoever waits first joins it, and whoever comes
    // meanwhile is held up by call_once until that is done.
    std::mutex door;
    bool out = false;
    std::thread worker;
    std::once_flag back;

    // The worker's, until it has been joined.
    End end = End::finished;
    std::exception_ptr error;

    bool started() {
        const std::lock_guard lock{door};
        return out;
    }

    void join() {
        std::call_once(back, [this] { worker.join(); });
    }

    void do_steps() {
        std::mutex mutex;
        std::condition_variable_any pause;
        const std::stop_token token = off.get_token();
        for (unsigned number = 0;; ++number) {
            if (number == work.steps) return;
            if (number > 0) {
                std::unique_lock lock{mutex};
                pause.wait_for(lock, token, work.pause, [] { return false; });
            }
            if (token.stop_requested()) break;
            work.step(number, token);
            ++count;
        }
        end = End::cancelled;
    }

    void do_all() {
        try {
            do_steps();
        } catch (...) {
            error = std::current_exception();
        }
        work.cleanup();
    }
};

Job::Job(Work work) : inner_{std::make_unique<Inner>(std::move(work))} {}

Job::~Job() {
    cancel();
    if (inner_->started()) inner_->join();
}

void Job::start() {
    const std::lock_guard lock{inner_->door};
    if (inner_->out) throw std::logic_error{"It is out already."};
    inner_->worker = std::thread{&Inner::do_all, inner_.get()};
    inner_->out = true;
}

void Job::cancel() { inner_->off.request_stop(); }

Job::End Job::wait() {
    if (!inner_->started()) throw std::logic_error{"It has not gone out."};
    inner_->join();
    if (inner_->error) std::rethrow_exception(inner_->error);
    return inner_->end;
}

unsigned Job::steps_done() const { return inner_->count; }
