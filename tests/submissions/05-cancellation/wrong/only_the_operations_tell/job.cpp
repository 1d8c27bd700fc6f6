#include "job.hpp"

#include <atomic>
#include <concepts>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>

namespace {

template <std::invocable F>
class scope_exit {
public:
    explicit scope_exit(F f) : f_(std::move(f)) {}
    scope_exit(const scope_exit&) = delete;
    scope_exit& operator=(const scope_exit&) = delete;
    ~scope_exit() { f_(); }

private:
    F f_;
};

template <typename... Fs>
struct overloaded : Fs... {
    using Fs::operator()...;
};
template <typename... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

template <typename T>
using expected = std::variant<T, std::exception_ptr>;

// What a call gives: its value, or the exception that it threw.
template <std::invocable F>
auto capture(F&& f) -> expected<std::invoke_result_t<F>> {
    try {
        return std::forward<F>(f)();
    } catch (...) {
        return std::current_exception();
    }
}

// Set once, read by as many as like.
template <std::copyable T>
class oneshot {
public:
    void set(T value) {
        {
            std::scoped_lock lock(mutex_);
            value_.emplace(std::move(value));
        }
        set_.notify_all();
    }
    T get() const {
        std::unique_lock lock(mutex_);
        set_.wait(lock, [this] { return value_.has_value(); });
        return *value_;
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable set_;
    std::optional<T> value_;
};

// A sleep that a token ends.
template <typename Rep, typename Period>
void sleep_for(std::stop_token stop, std::chrono::duration<Rep, Period> time) {
    std::mutex mutex;
    std::condition_variable_any condition;
    std::unique_lock lock(mutex);
    condition.wait_for(lock, std::move(stop), time, std::false_type{});
}

}  // namespace

struct Job::Inner {
    explicit Inner(Work&& w) : work(std::move(w)) {}

    End steps() {
        const scope_exit tidy([this] { work.cleanup(); });
        const auto stop = source.get_token();
        for (const unsigned number : std::views::iota(0u, work.steps)) {
            if (number != 0) sleep_for(stop, work.pause);
            if (stop.stop_requested()) return End::cancelled;
            work.step(number, stop);
            done.fetch_add(1, std::memory_order_release);
        }
        return End::finished;
    }

    void operator()() {
        outcome.set(capture([this] { return steps(); }));
    }

    Work work;
    std::stop_source source;
    std::atomic<unsigned> done = 0;
    std::atomic<bool> started = false;
    oneshot<expected<End>> outcome;
    std::optional<std::jthread> thread;
};

Job::Job(Work work) : inner_(std::make_unique<Inner>(std::move(work))) {}

Job::~Job() {
    cancel();
    inner_->thread.reset();  // joins
}

void Job::start() {
    if (inner_->started.exchange(true)) throw std::logic_error("Job::start: twice");
    inner_->thread.emplace(std::ref(*inner_));
}

void Job::cancel() { inner_->source.request_stop(); }

Job::End Job::wait() {
    if (!inner_->started) throw std::logic_error("Job::wait: not started");
    return std::visit(
        overloaded{
            [](End end) { return end; },
            [](const std::exception_ptr& error) -> End { std::rethrow_exception(error); },
        },
        inner_->outcome.get());
}

unsigned Job::steps_done() const { return inner_->done.load(std::memory_order_acquire); }
