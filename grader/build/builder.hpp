// One build: its commands, their limits, and what their ends mean.
#pragma once

#include <build/cache.hpp>
#include <build/diagnostics.hpp>
#include <build/toolkit.hpp>
#include <build/workshop.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

class Builder {
public:
    /// All must outlive it. `origin` tells what every object depends on beside its sources: the
    /// compiler, the toolkit and the exercise. Throws GraderError.
    Builder(const Toolkit& toolkit, const Toolkit::Scenarios& scenarios,
            const Containment& containment, const Cache& cache, const Submission& submission,
            const Limits& limits, const std::string& origin);

    /// `Built::worker` and `Built::program` lie in a stage that goes with this object. Throws
    /// GraderError.
    [[nodiscard]] Built build(bool with_program);

    /// Whether another build of the same might end otherwise: real time ran out, or somebody killed
    /// the compiler.
    [[nodiscard]] bool depends_on_the_machine() const noexcept { return machine_; }

private:
    [[nodiscard]] Outcome run(const std::vector<std::string>& command);
    [[nodiscard]] Outcome run_once(std::vector<std::string> command);
    /// As Outcome::struck_down, also of a part of the compiler.
    [[nodiscard]] static bool struck_down(const Outcome& outcome);
    [[nodiscard]] Outcome compile(const std::string& source, const std::string& object,
                                  const std::vector<std::string>& options, Built& built);
    [[nodiscard]] Outcome compile_afresh(const std::string& source, const std::string& object,
                                         const std::vector<std::string>& options, Built& built);
    [[nodiscard]] bool compile_file(const std::string& file, Built& built);
    [[nodiscard]] bool compile_scenarios(const std::string& source, Built& built);
    [[nodiscard]] bool link(const std::vector<std::string>& objects,
                            const std::vector<std::string>& libraries, const char* name,
                            Built& built);
    [[nodiscard]] bool build_program(Built& built);

    [[nodiscard]] std::vector<std::string> compile_command(const std::string& source,
                                                           const std::string& object,
                                                           bool with_prelude) const;
    /// What an object is kept by; "" where it must not be.
    [[nodiscard]] std::string key_of(const std::string& source,
                                     const std::vector<std::string>& options) const;
    [[nodiscard]] bool succeeded(const Outcome& outcome, const std::string& object) const;
    /// A sentence where it did not end by telling what is wrong with the source.
    [[nodiscard]] std::string cut_short(const Outcome& outcome, const std::string& what);

    /// For whoever runs in the containment.
    [[nodiscard]] std::string source_path(const std::string& file) const;
    [[nodiscard]] std::string object_path(const std::string& name) const;
    [[nodiscard]] ShorterPaths shorter_paths() const;
    [[nodiscard]] bool mentions(std::string_view word) const;
    [[nodiscard]] std::string_view prelude() const;

    const Toolkit& toolkit_;
    const Toolkit::Scenarios& scenarios_;
    const Containment& containment_;
    const Cache& cache_;
    const Submission& submission_;
    const Limits& limits_;
    const std::string& exercise_;
    const std::string& origin_;

    Cache::Stage stage_;
    std::filesystem::path files_;  ///< the student's files; outside
    std::filesystem::path made_;   ///< objects and the worker; outside
    std::string files_inside_;
    std::string made_inside_;
    std::vector<std::string> names_;    ///< the student's files
    std::vector<std::string> objects_;  ///< in the order of the link
    bool machine_ = false;
};

}  // namespace lockstep
