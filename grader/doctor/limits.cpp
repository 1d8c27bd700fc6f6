#include <doctor/attempts.hpp>
#include <grading/race_detection.hpp>

#include <array>
#include <base/error.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <system_error>
#include <unistd.h>

namespace lockstep {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// A folder that is gone with the value.
class Scratch {
public:
    Scratch() : path_{fs::temp_directory_path() / fmt::format("lockstep-doctor.{}", ::getpid())} {
        fs::create_directories(path_);
    }
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] const fs::path& path() const noexcept { return path_; }

private:
    fs::path path_;
};

/// A program that breaks one limit, and how it must then end.
struct Breach {
    std::string_view name;
    std::vector<std::string> command;
    Limits limits;
    End end;
};

std::vector<Breach> breaches() {
    const auto limited = [](auto&& set) {
        Limits limits;
        limits.wall = 10s;
        limits.cpu = 10s;
        set(limits);
        return limits;
    };
    return {
        {"real time",
         {"/bin/sleep", "60"},
         limited([](Limits& limits) { limits.wall = 200ms; }),
         End::wall_time},
        {"CPU time",
         {"/bin/sh", "-c", "while :; do :; done"},
         limited([](Limits& limits) { limits.cpu = 200ms; }),
         End::cpu_time},
        {"memory",
         {"/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=256M", "count=1000"},
         limited([](Limits& limits) { limits.memory_bytes = std::size_t{64} << 20U; }),
         End::memory},
        {"output",
         {"/bin/sh", "-c", "while :; do echo lockstep; done"},
         limited([](Limits& limits) { limits.output_bytes = 4'096; }),
         End::output},
    };
}

}  // namespace

Symptom try_sandbox(const Containment& containment) {
    const Isolation& isolation = containment.isolation();
    if (isolation.sandbox) {
        return fine("sandbox", "bubblewrap isolates what is graded.");
    }
    return {
        "sandbox", Health::degraded, "There is no sandbox here.",
        "Submissions run under limits only, as a process of this machine: grade only those that "
        "you trust.",
        isolation.limitation};
}

Symptom try_limits(const Containment& containment) {
    std::vector<std::string_view> unheeded;
    std::string output;
    for (const Breach& breach : breaches()) {
        Job job;
        job.command = breach.command;
        job.working_folder = "/";
        job.environment = {"PATH=/usr/bin:/bin"};
        job.limits = breach.limits;
        const Outcome outcome = containment.run(job);
        if (outcome.end == End::not_started) {
            return {"limits", Health::broken,
                    fmt::format("A program can't even be started: {}", outcome.output),
                    "Nothing can be graded.",
                    "Ask whoever runs this machine to let programs start."};
        }
        if (outcome.end != breach.end) {
            unheeded.push_back(breach.name);
        }
    }
    if (unheeded.empty()) {
        return fine("limits", "Time, CPU time, memory and output of a program are bounded.");
    }
    return {"limits", Health::degraded,
            fmt::format("Not bounded on this machine: {}.", fmt::join(unheeded, ", ")),
            "A submission may take more than it should of this machine.",
            "Grade in a virtual machine or container that bounds it."};
}

Symptom try_processes(const Kit& kit, const Containment& containment) {
    const Limits& limits = kit.exercises().front().limits;
    if (const std::string shortage = containment.process_shortage(limits); !shortage.empty())
        return {"processes", Health::broken, "Programs don't get the processes they may have here.",
                "What fails for it is graded as the grader's failure.", shortage};
    return fine("processes",
                fmt::format("A program gets the {} processes it may have.", limits.processes));
}

Symptom try_race_detector(const Kit& kit, const Containment& containment) {
    const RaceDetection detection{containment, kit.program("canary")};
    if (const std::string limitation = detection.limitation(); !limitation.empty())
        return {
            "races", Health::degraded, limitation,
            "Checks for data races are skipped, and cost no points.",
            "Build the preset dev (./kit build); allow address randomisation to be switched off "
            "(personality(2), which Docker's default profile forbids), or set "
            "vm.mmap_rnd_bits to 28."};
    return fine("races", "ThreadSanitizer sees a race that is there.");
}

Symptom try_compiler(const Kit& kit, const Containment& containment) {
    const Scratch scratch;
    const Workshop workshop{kit, containment, scratch.path()};
    const Exercise& exercise = kit.exercises().front();
    for (const Submission& skeleton : collect(exercise.folder, kit, {exercise.id})) {
        const Built built = workshop.build(skeleton, Flavour::plain);
        if (!built.ok()) {
            return {"compiler", Health::broken,
                    fmt::format("The skeleton of {} does not build: {}", exercise.id,
                                built.diagnostics.substr(0, built.diagnostics.find('\n'))),
                    "Nothing can be graded.", "Build the toolkits again: ./kit build."};
        }
        const double seconds = std::chrono::duration<double>(built.compile + built.link).count();
        return fine("compiler", fmt::format("A submission of {} compiles and links ({:.1f} s).",
                                            exercise.id, seconds));
    }
    return {"compiler", Health::broken, fmt::format("{} has no skeleton.", exercise.id),
            "Nothing can be graded.", "Restore its files."};
}

}  // namespace lockstep
