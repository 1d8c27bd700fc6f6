// The simulated world of exercise 05's thread: steps that take their time, and a cleanup.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace lockstep {

/// Thrown by `SlowSteps::step`.
class StepError : public std::runtime_error {
public:
    explicit StepError(unsigned step)
        : std::runtime_error{"Step " + std::to_string(step) + " has failed."}, step_{step} {}

    [[nodiscard]] unsigned step() const noexcept { return step_; }

private:
    unsigned step_;
};

/// Never changes once it is made, so threads may use one at the same time.
class SlowSteps {
public:
    struct Entry {
        std::chrono::nanoseconds time{0};  ///< how long the step takes
        bool listens = false;              ///< a stop request ends it early
        bool fails = false;                ///< it throws StepError at its end
    };

    SlowSteps(std::vector<Entry> entries, std::chrono::nanoseconds cleanup)
        : entries_{std::move(entries)}, cleanup_{cleanup} {}

    [[nodiscard]] unsigned size() const noexcept { return static_cast<unsigned>(entries_.size()); }

    /// Blocks for the step's time, or, if it listens, until `stop` is asked for. In the lab each
    /// call leaves a span "step" with the step's number; it ends as failed when this throws, and as
    /// cancelled when it ended early. A step that there is not throws std::out_of_range.
    void step(unsigned number, const std::stop_token& stop) const;

    /// Blocks for its time; leaves a span "cleanup".
    void clean_up() const;

private:
    std::vector<Entry> entries_;
    std::chrono::nanoseconds cleanup_;
};

}  // namespace lockstep
