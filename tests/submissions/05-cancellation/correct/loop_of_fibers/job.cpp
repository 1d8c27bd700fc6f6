#include "job.hpp"

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <variant>

namespace {

using Clock = std::chrono::steady_clock;

// A coroutine of our own kind: begins when it is resumed for the first time, gives one value.
template <class T>
class Fiber {
public:
    struct promise_type {
        std::variant<std::monostate, T, std::exception_ptr> outcome;

        Fiber get_return_object() {
            return Fiber{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_value(T value) { outcome.template emplace<1>(std::move(value)); }
        void unhandled_exception() { outcome.template emplace<2>(std::current_exception()); }
    };

    Fiber(Fiber&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
    Fiber& operator=(Fiber&&) = delete;
    ~Fiber() {
        if (handle_) handle_.destroy();
    }

    [[nodiscard]] std::coroutine_handle<> handle() const { return handle_; }
    [[nodiscard]] const auto& outcome() const { return handle_.promise().outcome; }

private:
    explicit Fiber(std::coroutine_handle<promise_type> handle) : handle_{handle} {}
    std::coroutine_handle<promise_type> handle_;
};

// A little event loop: it knows nothing but sleepers. One thread runs it, any may hurry it.
class Loop {
public:
    struct Sleep {
        Loop& loop;
        Clock::time_point until;

        [[nodiscard]] bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> sleeper) {
            loop.sleepers_.emplace(until, sleeper);
        }
        void await_resume() const noexcept {}
    };

    Sleep sleep(std::chrono::nanoseconds time) { return {*this, Clock::now() + time}; }

    // From now on whoever sleeps is woken.
    void hurry() {
        const std::lock_guard lock{mutex_};
        hurried_ = true;
        changed_.notify_one();
    }

    void run(std::coroutine_handle<> first) {
        sleepers_.emplace(Clock::now(), first);
        while (!sleepers_.empty()) {
            const auto next = sleepers_.begin();
            {
                std::unique_lock lock{mutex_};
                changed_.wait_until(lock, next->first, [this] { return hurried_; });
            }
            const std::coroutine_handle<> sleeper = next->second;
            sleepers_.erase(next);
            sleeper.resume();
        }
    }

private:
    std::multimap<Clock::time_point, std::coroutine_handle<>> sleepers_;  // of the loop's thread
    std::mutex mutex_;
    std::condition_variable changed_;
    bool hurried_ = false;  // guarded by the mutex
};

}  // namespace

struct Job::Inner {
    using Outcome = std::variant<std::monostate, End, std::exception_ptr>;

    explicit Inner(Work w) : work{std::move(w)} {}

    const Work work;
    std::stop_source stop;
    Loop loop;
    std::atomic<unsigned> done{0};
    std::atomic<std::shared_ptr<const Outcome>> ended;
    std::atomic<bool> started{false};
    std::thread thread;

    Fiber<End> steps() {
        const std::stop_token token = stop.get_token();
        for (unsigned number = 0; number < work.steps; ++number) {
            if (number > 0 && !token.stop_requested()) co_await loop.sleep(work.pause);
            if (token.stop_requested()) co_return End::cancelled;
            work.step(number, token);
            ++done;
        }
        co_return End::finished;
    }

    void run() {
        std::shared_ptr<const Outcome> outcome;
        {
            const Fiber<End> fiber = steps();
            loop.run(fiber.handle());
            outcome = std::make_shared<const Outcome>(fiber.outcome());
        }
        work.cleanup();
        ended.store(std::move(outcome));
        ended.notify_all();
    }

    std::shared_ptr<const Outcome> outcome() {
        for (;;) {
            ended.wait(nullptr);
            if (auto outcome = ended.load()) return outcome;
        }
    }
};

Job::Job(Work work) : inner_{std::make_unique<Inner>(std::move(work))} {}

Job::~Job() {
    cancel();
    if (inner_->thread.joinable()) inner_->thread.join();
}

void Job::start() {
    if (inner_->started.exchange(true)) throw std::logic_error{"Job: started before"};
    inner_->thread = std::thread{[inner = inner_.get()] { inner->run(); }};
}

void Job::cancel() {
    if (inner_->stop.request_stop()) inner_->loop.hurry();
}

Job::End Job::wait() {
    if (!inner_->started) throw std::logic_error{"Job: not started"};
    const auto outcome = inner_->outcome();
    if (const auto* error = std::get_if<std::exception_ptr>(outcome.get()))
        std::rethrow_exception(*error);
    return std::get<End>(*outcome);
}

unsigned Job::steps_done() const { return inner_->done; }
