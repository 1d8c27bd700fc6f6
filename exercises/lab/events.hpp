// What the simulated world records in the trace, and what it asks of the lab's machine.
// Outside a run each of these does nothing.
#pragma once

#include <lab/trace.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace lab {

/// Records that something happened.
void event(std::string_view label, std::int64_t value = 0);

/// Records that something goes on, from construction to `end` or destruction. Spans may nest and
/// overlap. A span destroyed by an exception ends as `failed`.
class Span {
public:
    explicit Span(std::string_view label, std::int64_t value = 0);
    ~Span();
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

    /// The first call counts.
    void end(Outcome outcome = Outcome::done) noexcept;

private:
    std::uint32_t label_ = 0;
    std::int64_t value_ = 0;
    int exceptions_ = 0;
    bool open_ = false;
};

/// Charges CPU work to the calling thread: it takes a core of the modelled machine for `cost` of
/// virtual time, after waiting for one (first come, first served) if all are taken. Negative costs
/// count as zero; without Options::compute_takes_time all do.
void compute(Duration cost);

/// Ends the run with `Diagnosis::Kind::out_of_bounds`, in words that begin with the calling
/// thread's name ("thread 2 fetched a URL behind the last one"): for what comes after a step beyond
/// the end of an array is undefined, and proves nothing.
void out_of_bounds(std::string_view what);

/// Virtual time since the start of the run; zero outside one.
[[nodiscard]] Duration now() noexcept;

}  // namespace lab
