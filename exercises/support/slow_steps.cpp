#include <support/slow_steps.hpp>

#include <lab/events.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace lockstep {

void SlowSteps::step(unsigned number, const std::stop_token& stop) const {
    lab::Span span{"step", static_cast<std::int64_t>(number)};
    const Entry& entry = entries_.at(number);
    if (entry.listens) {
        std::mutex mutex;
        std::condition_variable_any asked;
        std::unique_lock lock{mutex};
        asked.wait_for(lock, stop, entry.time, [] { return false; });
        if (stop.stop_requested()) span.end(lab::Outcome::cancelled);
    } else {
        std::this_thread::sleep_for(entry.time);
    }
    if (entry.fails) throw StepError{number};
}

void SlowSteps::clean_up() const {
    const lab::Span span{"cleanup"};
    std::this_thread::sleep_for(cleanup_);
}

}  // namespace lockstep
