// What the driver is asked to do: one JSON object, written by the grading room.
#pragma once

#include <build/flavour.hpp>
#include <exercise/manifest.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace lockstep {

struct DriverJob {
    std::string exercise;  ///< its id
    /// Which of the exercise's checks: those that need one flavour of worker only.
    Flavour flavour = Flavour::plain;
    std::uint64_t seed = 1;
    std::filesystem::path worker;
    std::filesystem::path program;  ///< the exercise's own, which the worker starts; "" if none
    /// The same of the reference solution, so that findings show it beside; "" where they need not.
    std::filesystem::path reference;
    std::filesystem::path reference_program;
    Limits limits;  ///< of one play
};

[[nodiscard]] std::string to_json(const DriverJob& job);
/// Throws GraderError.
[[nodiscard]] DriverJob driver_job_from_json(std::string_view text);

}  // namespace lockstep
