// The CPU-heavy job of exercise 03: which number of a range flies longest?
//
// Take a number; halve it when it is even, else multiply it by three and add one; and again
// (Collatz's rule). A number's flight is what it goes through for as long as that is not below the
// number itself: 7, 22, 11, 34, 17, 52, 26, 13, 40, 20, 10, 5. Every even number lands at once, and
// a few odd ones fly for hundreds of steps: nobody knows beforehand where the work is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace lockstep {

/// The numbers from `first` to `last`, without `last`. Empty when `last` is not above `first`.
struct Range {
    std::uint64_t first = 1;
    std::uint64_t last = 1;

    [[nodiscard]] constexpr std::uint64_t size() const noexcept {
        return last > first ? last - first : 0;
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return size() == 0; }
    friend constexpr bool operator==(const Range&, const Range&) = default;
};

/// All values of a flight, the start first, the landing last; {1} for the number one. Empty: none.
using Flight = std::vector<std::uint64_t>;

/// The given work, which every thread or process does a part of. Takes a microsecond of processor
/// time or so for each value, on purpose: in the lab exactly one, on a virtual core. Pure, so any
/// number of threads may call it at once. A start of 0 throws std::invalid_argument, and a flight
/// beyond 64 bits std::overflow_error.
///
/// In the lab each call leaves a span "flight" with its start.
[[nodiscard]] Flight flight(std::uint64_t start);

/// The serial version: the flight with the most values of all that start in the range; of several
/// such, that of the smallest start. Empty for an empty range.
[[nodiscard]] Flight longest_flight(Range range);

/// Whether `flight` beats `best`: it has more values, or as many and a smaller start.
[[nodiscard]] bool beats(const Flight& flight, const Flight& best) noexcept;

/// The program that worker.cpp became: it lies beside the one that runs, or where LOCKSTEP_WORKER
/// says.
[[nodiscard]] std::string worker_program();

/// A worker process has failed. `what()` is a sentence that says how; `slice()` names the worker by
/// the numbers that it was given.
class WorkerError : public std::runtime_error {
public:
    WorkerError(Range slice, const std::string& sentence)
        : std::runtime_error{sentence}, slice_{slice} {}

    [[nodiscard]] Range slice() const noexcept { return slice_; }

private:
    Range slice_;
};

}  // namespace lockstep
