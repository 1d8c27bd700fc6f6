#include "job.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace asio = boost::asio;

struct Job::Inner {
    explicit Inner(Work w) : work(std::move(w)) {}

    Work work;
    std::stop_source stop;
    std::atomic<unsigned> done{0};

    asio::io_context loop{1};
    asio::steady_timer timer{loop};  // the loop's thread only

    std::mutex mutex;
    std::condition_variable changed;
    bool started = false;
    bool over = false;
    End end = End::finished;
    std::exception_ptr error;

    std::thread thread;

    // One step, then the timer for the next one. Returns without a timer when it was the last.
    void handle(unsigned number, End& how, std::exception_ptr& thrown) {
        if (number == work.steps) return;
        if (stop.stop_requested()) {
            how = End::cancelled;
            return;
        }
        try {
            work.step(number, stop.get_token());
        } catch (...) {
            thrown = std::current_exception();
            return;
        }
        ++done;
        if (number + 1 == work.steps) return;
        timer.expires_after(work.pause);
        timer.async_wait([this, number, &how, &thrown](const boost::system::error_code&) {
            handle(number + 1, how, thrown);  // it looks at the token itself
        });
    }

    void run() {
        End how = End::finished;
        std::exception_ptr thrown;
        asio::post(loop, [&] { handle(0, how, thrown); });
        loop.run();  // until no timer is left
        work.cleanup();
        const std::lock_guard lock{mutex};
        end = how;
        error = thrown;
        over = true;
        changed.notify_all();
    }
};

Job::Job(Work work) : inner_{std::make_unique<Inner>(std::move(work))} {}

Job::~Job() {
    cancel();
    if (inner_->thread.joinable()) inner_->thread.join();
}

void Job::start() {
    const std::lock_guard lock{inner_->mutex};
    if (inner_->started) throw std::logic_error{"A job can be started once."};
    inner_->thread = std::thread{&Inner::run, inner_.get()};
    inner_->started = true;
}

void Job::cancel() {
    // The token first: whichever pause the handler misses, the step behind it looks at the token.
    if (inner_->stop.request_stop())
        asio::post(inner_->loop, [inner = inner_.get()] { inner->timer.cancel(); });
}

Job::End Job::wait() {
    std::unique_lock lock{inner_->mutex};
    if (!inner_->started) throw std::logic_error{"The job has not been started."};
    inner_->changed.wait(lock, [&] { return inner_->over; });
    if (inner_->error) std::rethrow_exception(inner_->error);
    return inner_->end;
}

unsigned Job::steps_done() const { return inner_->done; }
