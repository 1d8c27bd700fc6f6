// Atomics that are waited on, and a condition_variable_any for the pause.
#include "job.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

struct Job::Inner {
    enum State : int { fresh, running, finished, cancelled, failed };
    const Work work;
    std::atomic<int> state{fresh};
    std::atomic<unsigned> done{0};
    std::exception_ptr error;  // written before state is, read after it
    std::stop_source stop{};
    std::optional<std::jthread> thread{};
};

namespace {

void rest(std::chrono::nanoseconds time, const std::stop_token& token) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    never.wait_for(lock, token, time, [] { return false; });
}

}  // namespace

Job::Job(Work work) : inner_{new Inner{std::move(work)}} {}

Job::~Job() { inner_->stop.request_stop(); }

void Job::start() {
    int expected = Inner::fresh;
    if (!inner_->state.compare_exchange_strong(expected, Inner::running))
        throw std::logic_error{"The job was started before."};
    inner_->thread.emplace([job = inner_.get()] {
        const std::stop_token token = job->stop.get_token();
        int how = Inner::finished;
        for (unsigned number = 0; number < job->work.steps; ++number) {
            if (number > 0) rest(job->work.pause, token);
            if (token.stop_requested()) {
                how = Inner::cancelled;
                break;
            }
            try {
                job->work.step(number, token);
            } catch (...) {
                job->error = std::current_exception();
                how = Inner::failed;
                break;
            }
            job->done.store(number + 1);
        }
        job->work.cleanup();
        job->state.store(how);
        job->state.notify_all();
    });
}

void Job::cancel() { inner_->stop.request_stop(); }

Job::End Job::wait() {
    for (;;) {
        const int state = inner_->state.load();
        switch (state) {
        case Inner::fresh: throw std::logic_error{"The job was not started."};
        case Inner::running: inner_->state.wait(state); break;
        case Inner::finished: return End::finished;
        case Inner::cancelled: return End::cancelled;
        default: std::rethrow_exception(inner_->error);
        }
    }
}

unsigned Job::steps_done() const { return inner_->done.load(); }
