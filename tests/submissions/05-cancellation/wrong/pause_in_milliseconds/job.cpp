#include "job.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

struct Job::Inner {
    explicit Inner(Work what)
        : work{std::move(what)},
          gap{std::chrono::duration_cast<std::chrono::milliseconds>(work.pause)} {}

    const Work work;
    const std::chrono::milliseconds gap;  // between two steps
    std::stop_source stop;
    std::atomic<unsigned> done{0};

    std::mutex mutex;  // for all below
    std::condition_variable_any bed;
    std::condition_variable ended;
    bool started = false;
    bool over = false;
    End end = End::finished;
    std::exception_ptr error;

    std::thread thread;

    void pause(const std::stop_token& token) {
        std::unique_lock lock{mutex};
        bed.wait_for(lock, token, gap, [] { return false; });
    }

    End steps() {
        const std::stop_token token = stop.get_token();
        for (unsigned number = 0; number < work.steps; ++number) {
            if (number > 0) pause(token);
            if (token.stop_requested()) return End::cancelled;
            work.step(number, token);
            ++done;
        }
        return End::finished;
    }

    void run() {
        End how = End::finished;
        std::exception_ptr thrown;
        try {
            how = steps();
        } catch (...) {
            thrown = std::current_exception();
        }
        work.cleanup();
        const std::lock_guard lock{mutex};
        end = how;
        error = thrown;
        over = true;
        ended.notify_all();
    }
};

Job::Job(Work work) : inner_{std::make_unique<Inner>(std::move(work))} {}

Job::~Job() {
    cancel();
    if (inner_->thread.joinable()) inner_->thread.join();
}

void Job::start() {
    const std::lock_guard lock{inner_->mutex};
    if (inner_->started) throw std::logic_error{"The job was started before."};
    inner_->started = true;
    inner_->thread = std::thread{[inner = inner_.get()] { inner->run(); }};
}

void Job::cancel() { inner_->stop.request_stop(); }

Job::End Job::wait() {
    std::unique_lock lock{inner_->mutex};
    if (!inner_->started) throw std::logic_error{"The job has not been started."};
    inner_->ended.wait(lock, [this] { return inner_->over; });
    if (inner_->error) std::rethrow_exception(inner_->error);
    return inner_->end;
}

unsigned Job::steps_done() const { return inner_->done; }
