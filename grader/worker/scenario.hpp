// A scenario: how a student's code is called. It is the one part of the hidden tests that runs
// beside that code, so it holds no expected value: it builds a world from its workload, calls, and
// tells what came back.
//
// It runs on the body's thread of a run in the lab, unless it says otherwise. What it throws
// becomes a diagnosis of that run; where a student's exception is part of what is judged, the
// scenario catches and tells it.
#pragma once

#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::worker {

/// What a scenario is played with.
class Workload {
public:
    virtual ~Workload() = default;
    /// Throws std::out_of_range, as does `number`, when there is none of that name.
    [[nodiscard]] virtual std::span<const std::int64_t> list(std::string_view name) const = 0;
    [[nodiscard]] std::int64_t number(std::string_view name) const { return list(name).front(); }
};

/// What a scenario tells beside its trace. Kept also where the run ends in the middle.
class Telling {
public:
    virtual ~Telling() = default;
    virtual void list(std::string_view name, std::vector<std::int64_t> values) = 0;
    virtual void text(std::string_view name, std::string_view value) = 0;
    void number(std::string_view name, std::int64_t value) { list(name, {value}); }
};

using Play = void (*)(const Workload&, Telling&);

enum class Where {
    lab,
    /// Not in the lab: for code that starts real processes, which the lab has no hold on. What it
    /// is judged by is what it tells; its trace is that of a run in which nothing happened.
    outside,
};

/// Makes a scenario known to the worker that it is linked into; one at namespace scope each.
class Scenario {
public:
    Scenario(std::string_view name, Play play, Where where = Where::lab);
};

}  // namespace lockstep::worker
