#include "job.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

struct Job::Inner {
    explicit Inner(Work given) : work{std::move(given)} {}

    void run();
    End do_steps(const std::stop_token& stop);

    const Work work;
    std::atomic<unsigned> done{0};

    // A source of our own, not the jthread's: it is there before the thread is, so that cancelling
    // before the start needs no case of its own.
    std::stop_source stop;

    std::mutex mutex;
    std::condition_variable_any changed;
    bool started = false;
    std::optional<End> end;    // guarded by mutex; set when all is over, the cleanup included
    std::exception_ptr error;  // what a step has thrown
    std::jthread thread;       // the last member: joined before the others go
};

Job::End Job::Inner::do_steps(const std::stop_token& token) {
    for (unsigned number = 0; number < work.steps; ++number) {
        if (number > 0) {
            // This overload knows the token. It misses no request, however close to the start of
            // the wait it comes, and the predicate keeps it from waking up for nothing.
            std::unique_lock lock{mutex};
            changed.wait_for(lock, token, work.pause, [] { return false; });
        }
        if (token.stop_requested()) return End::cancelled;
        work.step(number, token);
        ++done;
    }
    return End::finished;
}

void Job::Inner::run() {
    End how = End::cancelled;
    std::exception_ptr what;
    try {
        how = do_steps(stop.get_token());
    } catch (...) {
        what = std::current_exception();
    }
    work.cleanup();  // the one place that every way comes through
    {
        const std::lock_guard lock{mutex};
        end = how;
        error = what;
    }
    changed.notify_all();
}

Job::Job(Work work) : inner_{std::make_unique<Inner>(std::move(work))} {}

Job::~Job() { cancel(); }  // then the jthread joins

void Job::start() {
    if (inner_->started) throw std::logic_error{"The job has been started before: make another."};
    inner_->started = true;
    inner_->thread = std::jthread{[inner = inner_.get()] { inner->run(); }};
}

void Job::cancel() { inner_->stop.request_stop(); }

Job::End Job::wait() {
    std::unique_lock lock{inner_->mutex};
    if (!inner_->started) throw std::logic_error{"The job has not been started: call start first."};
    // Not a join: only one thread may join another, and that is the destructor's affair.
    inner_->changed.wait(lock, [&] { return inner_->end.has_value(); });
    if (inner_->error) std::rethrow_exception(inner_->error);
    return *inner_->end;
}

unsigned Job::steps_done() const { return inner_->done; }
