// What a time limit throws that has passed.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

namespace lockstep {

class TimedOut : public std::runtime_error {
public:
    explicit TimedOut(std::chrono::steady_clock::duration limit)
        : std::runtime_error{"The time limit of " + milliseconds(limit) + " ms has passed."},
          limit_{limit} {}

    /// The limit that has passed, as it was asked for: it tells nested limits apart.
    [[nodiscard]] std::chrono::steady_clock::duration limit() const noexcept { return limit_; }

private:
    static std::string milliseconds(std::chrono::steady_clock::duration limit) {
        return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(limit).count());
    }

    std::chrono::steady_clock::duration limit_;
};

}  // namespace lockstep
