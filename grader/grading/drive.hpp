// Has the driver examine one worker.
#pragma once

#include <driver/job.hpp>
#include <score/finding_json.hpp>

#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

namespace lockstep {

/// The drivers that run at the moment, so that they can be stopped. Thread-safe.
class Drivers {
public:
    explicit Drivers(std::filesystem::path driver) : driver_{std::move(driver)} {}

    /// Blocks until the driver has come to the end of its checks. `begun` is told each check's id
    /// as it begins. `scratch`: a folder for what the two tell each other, empty, and the caller's
    /// to remove. Throws GraderError when the driver can't be started, fails, or is stopped.
    [[nodiscard]] std::vector<CheckFinding> examine(
        const DriverJob& job, const std::filesystem::path& scratch,
        const std::function<void(const std::string&)>& begun);

    /// Ends them all, and every one that is started later. With a driver, what it runs dies too.
    void stop() noexcept;
    [[nodiscard]] bool stopped() const;

private:
    std::filesystem::path driver_;
    mutable std::mutex mutex_;
    std::set<pid_t> running_;
    bool stopped_ = false;
};

}  // namespace lockstep
