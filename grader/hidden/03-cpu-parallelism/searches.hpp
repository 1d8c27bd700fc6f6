// What the checks of exercise 03 ask for, and what should come of it.
#pragma once

#include <judge/examination.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lockstep::cpu_parallelism {

using Flight = std::vector<std::int64_t>;

/// The reference: what flights.hpp says, written a second time.
[[nodiscard]] Flight flight_of(std::int64_t start);
[[nodiscard]] Flight longest_of(std::int64_t first, std::int64_t last);

/// A range, and by how many it is to be searched. Names as in scenarios.cpp.
struct Search {
    std::int64_t first = 1;
    std::int64_t last = 1;
    std::int64_t n = 1;

    [[nodiscard]] std::int64_t size() const { return last - first; }
    [[nodiscard]] std::int64_t work() const;  ///< values in all its flights
    [[nodiscard]] Numbers workload() const;
};

/// The longest flight has an equal, and both are in different slices.
[[nodiscard]] Search drawn_tied(Draw draw, std::int64_t n, std::int64_t size);

/// Two threads come to the last number at the same time: whoever looks whether there is one and
/// then takes it, takes it twice, or one too many.
[[nodiscard]] Search drawn_last_number();

/// A number for each thread, and two of the longest flights, which end at the same time: who
/// compares with the best one and then puts its own there may lose the other one's.
[[nodiscard]] Search drawn_equals();

/// Two threads, of which one comes back with the longest flight at the same time as the other with
/// one that is shorter, and longer than all before.
[[nodiscard]] Search drawn_met(Draw draw);

/// Slices of equal length are nearly equal work, and so are halves, thirds and quarters of them
/// that are taken on demand. Here as below, whoever is free and takes any number at all is at least
/// 0.755 n times as fast as one alone.
[[nodiscard]] Search drawn_even(Draw draw, std::int64_t n, std::int64_t size);

/// Whoever takes few numbers at a time, in whatever order (orders.hpp), is at least 0.8 n times as
/// fast as one alone; who cuts the range beforehand, in slices or like a comb, at most 0.7 n times.
[[nodiscard]] Search drawn_uneven(Draw draw, std::int64_t n, std::int64_t size);

/// Whoever takes few numbers at a time is as fast as with drawn_uneven; who takes a quarter of an
/// even share at a time, or more, at most 0.72 n times as fast as one alone.
[[nodiscard]] Search drawn_coarse(Draw draw, std::int64_t n, std::int64_t size);

/// The longest flight has more values than go into a pipe of 4 KiB, of whatever bytes; and the
/// numbers more bits than an int.
[[nodiscard]] Search drawn_long(Draw draw, std::int64_t n, std::int64_t size);

/// What is wrong with the result: thrown, another flight, the wrong one of two equals.
[[nodiscard]] std::optional<Complaint> right_flight(const Search& search, const Played& run);

/// Each number was computed exactly once: `starts`, in any order.
[[nodiscard]] std::optional<Complaint> each_once(const Search& search,
                                                 std::vector<std::int64_t> starts);

/// It came back, and never called the given work.
[[nodiscard]] std::optional<Complaint> nothing_searched(const Played& run, std::size_t calls);

/// For a search that is right in other orders: the mistake is one of order, and the hint says so.
[[nodiscard]] std::optional<Complaint> of_order(std::optional<Complaint> complaint);

/// `n` is 0: refused, and nothing computed.
[[nodiscard]] std::optional<Complaint> refused(const Played& run, bool computed);

}  // namespace lockstep::cpu_parallelism
