// One mutex, one condition variable, one small state machine.
#include "job.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

struct Job::Inner {
    enum class State { fresh, working, ended };

    explicit Inner(Work w) : work(std::move(w)) {}

    Work work;
    std::mutex mutex;
    std::condition_variable changed;
    State state = State::fresh;
    bool stopping = false;
    unsigned done = 0;
    std::exception_ptr error;
    std::stop_source for_steps;
    std::thread thread;

    // True: go on with this step.
    bool may_begin(unsigned step) {
        std::unique_lock lock(mutex);
        if (step > 0) changed.wait_for(lock, work.pause, [this] { return stopping; });
        return !stopping;
    }

    void work_off() {
        try {
            for (unsigned step = 0; step < work.steps && may_begin(step); ++step) {
                work.step(step, for_steps.get_token());
                std::lock_guard lock(mutex);
                ++done;
            }
        } catch (...) {
            std::lock_guard lock(mutex);
            error = std::current_exception();
        }
        work.cleanup();
        std::lock_guard lock(mutex);
        state = State::ended;
        changed.notify_all();
    }
};

Job::Job(Work work) : inner_(std::make_unique<Inner>(std::move(work))) {}

Job::~Job() {
    cancel();
    if (inner_->thread.joinable()) inner_->thread.join();
}

void Job::start() {
    std::lock_guard lock(inner_->mutex);
    if (inner_->state != Inner::State::fresh) throw std::logic_error("start: only once");
    inner_->state = Inner::State::working;
    inner_->thread = std::thread(&Inner::work_off, inner_.get());
}

void Job::cancel() {
    {
        std::lock_guard lock(inner_->mutex);
        inner_->stopping = true;
        inner_->changed.notify_all();
    }
    inner_->for_steps.request_stop();
}

Job::End Job::wait() {
    std::unique_lock lock(inner_->mutex);
    if (inner_->state == Inner::State::fresh) throw std::logic_error("wait: start comes first");
    inner_->changed.wait(lock, [&] { return inner_->state == Inner::State::ended; });
    if (inner_->error) std::rethrow_exception(inner_->error);
    return inner_->done == inner_->work.steps ? End::finished : End::cancelled;
}

unsigned Job::steps_done() const {
    std::lock_guard lock(inner_->mutex);
    return inner_->done;
}
