// Futures: a promise that is kept by cancel ends the pauses, another one tells how it ended.
#include "job.hpp"

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

struct Job::Inner {
    Work work;
    std::atomic<bool> started = false;
    std::atomic<unsigned> done = 0;
    std::stop_source stop;
    std::atomic<bool> asked = false;
    std::promise<void> asking;
    std::shared_future<void> stopped = asking.get_future().share();
    std::promise<End> ending;
    std::shared_future<End> ended = ending.get_future().share();
    std::jthread thread;

    End steps() {
        for (unsigned i = 0; i < work.steps; ++i) {
            const auto patience = i == 0 ? std::chrono::nanoseconds::zero() : work.pause;
            if (stopped.wait_for(patience) == std::future_status::ready) return End::cancelled;
            work.step(i, stop.get_token());
            done.fetch_add(1);
        }
        return End::finished;
    }
    void main() {
        std::promise<End> result;
        std::future<End> kept = result.get_future();
        try {
            result.set_value(steps());
        } catch (...) {
            result.set_exception(std::current_exception());
        }
        work.cleanup();
        try {
            ending.set_value(kept.get());
        } catch (...) {
            ending.set_exception(std::current_exception());
        }
    }
};

Job::Job(Work work) : inner_(new Inner) { inner_->work = std::move(work); }

Job::~Job() { cancel(); }

void Job::start() {
    if (inner_->started.exchange(true)) throw std::logic_error("already started");
    inner_->thread = std::jthread([inner = inner_.get()] { inner->main(); });
}

void Job::cancel() {
    if (inner_->asked.exchange(true)) return;  // a promise can be kept once
    inner_->asking.set_value();
    inner_->stop.request_stop();
}

Job::End Job::wait() {
    if (!inner_->started) throw std::logic_error("not started yet");
    const std::shared_future<End> mine = inner_->ended;  // each thread a copy of its own
    return mine.get();
}

unsigned Job::steps_done() const { return inner_->done.load(); }
