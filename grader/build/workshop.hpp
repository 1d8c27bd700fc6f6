// Build: from a submission's files to a worker, the program that plays scenarios with them.
#pragma once

#include <build/cache.hpp>
#include <build/flavour.hpp>
#include <collect/submission.hpp>
#include <contain/containment.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace lockstep {

struct Built {
    std::filesystem::path worker;   ///< "" when the submission does not build
    std::filesystem::path program;  ///< the exercise's own program (`Exercise::program`), or ""; in
                                    ///< the plain flavour only
    std::string
        diagnostics;      ///< the compiler's, capped, paths shortened to the student's own names
    std::string file;     ///< of the first error, as the student named it; "" if unknown
    unsigned line = 0;    ///< of the first error
    bool cached = false;  ///< it was there already, made from the same bytes
    std::chrono::nanoseconds compile{0};
    std::chrono::nanoseconds link{0};

    [[nodiscard]] bool ok() const noexcept { return !worker.empty(); }
};

/// Compiles and links inside the containment, and keeps what it made in a cache keyed by everything
/// that went into it. Thread-safe; two processes may share a cache.
class Workshop {
public:
    /// Of one compilation or link. A file of an exercise takes some seconds and 300 MiB; it is CPU
    /// time that can't be blamed on company.
    [[nodiscard]] static Limits usual_limits();

    /// Kit and containment must outlive it. Throws GraderError when the toolkit for `plain` is
    /// missing, or the cache can't be written.
    Workshop(const Kit& kit, const Containment& containment, std::filesystem::path cache,
             const Limits& limits = usual_limits());
    ~Workshop();

    /// Throws GraderError when the compiler or the flavour's toolkit is missing, or the machine
    /// fails; what is the submission's fault is in `diagnostics`. The worker stays where it is for
    /// a quarter of an hour at least, however full the cache gets.
    [[nodiscard]] Built build(const Submission& submission, Flavour flavour) const;

    /// A folder that goes away with the object, or, where its holder is killed, when something
    /// else is kept in the cache. Throws GraderError when there is no room for one.
    [[nodiscard]] Cache::Stage scratch() const;

    /// The file names that the worker's diagnoses have for a submission's files begin with this.
    static constexpr const char* student_folder = "/submission";

private:
    struct State;
    const Containment& containment_;
    std::unique_ptr<State> state_;
};

/// $LOCKSTEP_CACHE, else $XDG_CACHE_HOME/lockstep, else ~/.cache/lockstep, else a folder in /tmp.
[[nodiscard]] std::filesystem::path default_cache();

}  // namespace lockstep
