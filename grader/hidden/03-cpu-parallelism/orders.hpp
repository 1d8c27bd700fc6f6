// How well threads that share out a range keep busy, by the order in which they take its numbers.
// All figures are work over n times the makespan: 1 is perfect, 1/n is one alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lockstep::cpu_parallelism {

/// How long each number of a range takes, in any unit.
using Costs = std::vector<std::int64_t>;

/// In which of n slices the number lies that stands at `at` in a range: those that begin at
/// size * i / n.
[[nodiscard]] std::size_t slice_at(std::size_t at, std::size_t size, std::size_t n) noexcept;

/// Whoever is free takes the next `piece` numbers.
[[nodiscard]] double on_demand(const Costs& costs, std::int64_t n, std::size_t piece);

/// The worst of those who balance on demand, as the header of the exercise asks: the numbers going
/// up, going down, from both ends inwards and from the middle outwards, up to an eighth of an even
/// share at a time; and from a lot of one's own, a slice or every nth number, first, and then one
/// number or half of the rest from whoever has most left.
[[nodiscard]] double worst_on_demand(const Costs& costs, std::int64_t n);

/// What no order is worse than, if whoever is free takes the next number, whichever that is: R. L.
/// Graham, "Bounds on Multiprocessing Timing Anomalies", 1969.
[[nodiscard]] double bound_in_any_order(const Costs& costs, std::int64_t n);

/// Of several ways, the two between which all lie.
struct Span {
    double worst;
    double best;
};

/// Of those who take a quarter of an even share at a time, or a third, or half of it.
[[nodiscard]] Span in_large_pieces(const Costs& costs, std::int64_t n);

/// Everybody has a slice, the remainder spread over them.
[[nodiscard]] double in_slices(const Costs& costs, std::int64_t n);

/// The best of those who share out beforehand: in slices, or as cards are dealt, by up to four.
[[nodiscard]] double best_beforehand(const Costs& costs, std::int64_t n);

}  // namespace lockstep::cpu_parallelism
