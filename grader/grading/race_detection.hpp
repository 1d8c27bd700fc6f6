// Whether this machine can tell data races: decided by a canary that has one.
#pragma once

#include <contain/containment.hpp>

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

namespace lockstep {

class RaceDetection {
public:
    /// `canary`: a program that races under ThreadSanitizer (grader/doctor/canary.cpp).
    RaceDetection(const Containment& containment, std::filesystem::path canary);

    /// "" where races are detected; else a sentence that says why not. Tried once. Thread-safe.
    [[nodiscard]] std::string limitation() const;

private:
    const Containment& containment_;
    std::filesystem::path canary_;
    mutable std::mutex mutex_;
    mutable std::optional<std::string> limitation_;
};

}  // namespace lockstep
