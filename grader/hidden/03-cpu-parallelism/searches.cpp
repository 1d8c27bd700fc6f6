#include "searches.hpp"

#include "orders.hpp"

#include <base/error.hpp>
#include <lab/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <set>

namespace lockstep::cpu_parallelism {
namespace {

Costs costs_of(const Search& search) {
    Costs costs;
    for (std::int64_t start = search.first; start < search.last; ++start)
        costs.push_back(static_cast<std::int64_t>(flight_of(start).size()));
    return costs;
}

// What the header asks for is 0.75; the difference is for what starting and ending takes. Who lets
// a thread for each number run as the scheduler likes has no order, and may be unlucky.
constexpr double bound_on_demand = 0.80;
constexpr double bound_in_bad_luck = 0.755;
constexpr double bound_beforehand = 0.70;
constexpr double bound_in_large_pieces = 0.72;

bool pays_on_demand(const Costs& costs, std::int64_t n) {
    return bound_in_any_order(costs, n) >= bound_in_bad_luck &&
           worst_on_demand(costs, n) >= bound_on_demand;
}

/// The first drawn search that will do. One in 1000 does, at least; so many draws never fail.
Search drawn(Draw draw, std::int64_t n, std::int64_t size,
             const std::function<bool(const Search&)>& will_do) {
    constexpr int most = 40'000;
    for (int i = 0; i < most; ++i) {
        const std::int64_t first = draw.number(1'000, 60'000);
        const Search search{first, first + size, n};
        if (will_do(search)) return search;
    }
    throw GraderError{"No range was found for a check of exercise 03: run `grader verify`."};
}

}  // namespace

Flight flight_of(std::int64_t start) {
    Flight values{start};
    while (start > 1 && values.back() >= start) {
        const std::int64_t value = values.back();
        values.push_back(value % 2 == 0 ? value / 2 : 3 * value + 1);
    }
    return values;
}

Flight longest_of(std::int64_t first, std::int64_t last) {
    Flight best;
    for (std::int64_t start = first; start < last; ++start)
        if (Flight next = flight_of(start); next.size() > best.size()) best = std::move(next);
    return best;
}

std::int64_t Search::work() const {
    const Costs costs = costs_of(*this);
    return std::accumulate(costs.begin(), costs.end(), std::int64_t{0});
}

Numbers Search::workload() const { return {{"first", {first}}, {"last", {last}}, {"n", {n}}}; }

Search drawn_tied(Draw draw, std::int64_t n, std::int64_t size) {
    return drawn(draw, n, size, [](const Search& search) {
        const Costs costs = costs_of(search);
        const auto most = std::ranges::max_element(costs);
        const auto last = std::find(costs.rbegin(), costs.rend(), *most).base() - 1;
        const auto slice = [&](Costs::const_iterator at) {
            return slice_at(static_cast<std::size_t>(at - costs.begin()), costs.size(),
                            static_cast<std::size_t>(search.n));
        };
        return slice(most) != slice(last);
    });
}

Search drawn_last_number() {
    // Flights of 2, 4 and 2 values, for even numbers and those that leave 1 when divided by 4: one
    // thread takes 4 to its two, and the other one to its only one.
    const std::int64_t first = 4 * draw("03 the last number").number(100, 10'000);
    return {first, first + 4, 2};
}

Search drawn_equals() {
    constexpr std::int64_t threads = 6;
    return drawn_tied(draw("03 equals"), threads, threads);
}

Search drawn_met(Draw draw) {
    constexpr std::int64_t threads = 2;
    constexpr std::int64_t size = 8;
    return drawn(draw, threads, size, [](const Search& search) {
        const Costs costs = costs_of(search);
        const std::int64_t longest = std::ranges::max(costs);
        if (std::ranges::count(costs, longest) != 1) return false;
        // When each flight ends, if whoever is free takes the next number.
        std::array<std::int64_t, threads> free_at{};
        std::vector<std::int64_t> ends;
        for (const std::int64_t cost : costs) {
            std::int64_t& time = *std::ranges::min_element(free_at);
            time += cost;
            ends.push_back(time);
        }
        const std::int64_t met =
            ends[static_cast<std::size_t>(std::ranges::max_element(costs) - costs.begin())];
        std::int64_t before = 0;
        std::int64_t other = 0;
        for (std::size_t i = 0; i < costs.size(); ++i) {
            if (ends[i] < met) before = std::max(before, costs[i]);
            if (ends[i] == met && costs[i] != longest) other = std::max(other, costs[i]);
        }
        return other > before;
    });
}

Search drawn_even(Draw draw, std::int64_t n, std::int64_t size) {
    return drawn(draw, n, size, [](const Search& search) {
        const Costs costs = costs_of(search);
        return in_slices(costs, search.n) >= bound_on_demand &&
               in_large_pieces(costs, search.n).worst >= bound_on_demand &&
               pays_on_demand(costs, search.n);
    });
}

Search drawn_uneven(Draw draw, std::int64_t n, std::int64_t size) {
    return drawn(draw, n, size, [](const Search& search) {
        const Costs costs = costs_of(search);
        return best_beforehand(costs, search.n) <= bound_beforehand &&
               pays_on_demand(costs, search.n);
    });
}

Search drawn_coarse(Draw draw, std::int64_t n, std::int64_t size) {
    return drawn(draw, n, size, [](const Search& search) {
        const Costs costs = costs_of(search);
        return in_large_pieces(costs, search.n).best <= bound_in_large_pieces &&
               pays_on_demand(costs, search.n);
    });
}

Search drawn_long(Draw draw, std::int64_t n, std::int64_t size) {
    // No smaller number flies for longer; 893 values of eight bytes each, and of more than 32 bits.
    // Of those above, all that are known leave 64 bits. https://oeis.org/A060412 and A060413.
    constexpr std::int64_t record = 12'235'060'455;
    const std::int64_t first = record - draw.number(1, size - 2);
    return {first, first + size, n};
}

// Complaints -----------------------------------------------------------------------------------

std::optional<Complaint> right_flight(const Search& search, const Played& run) {
    using lab::printable::clean;
    Complaint complaint;
    complaint.expected =
        fmt::format("For the numbers from {} to {} and n = {}: what longest_flight finds.",
                    search.first, search.last - 1, search.n);
    if (const std::string_view threw = run.answer.text("threw"); !threw.empty()) {
        complaint.happened =
            fmt::format("It threw {}: {}", threw, clean(run.answer.text("what"), 200));
        complaint.hint = "Read what the exception says, and find out who throws it.";
        return complaint;
    }
    const Flight expected = longest_of(search.first, search.last);
    const Flight& found = run.answer.list("flight");
    if (found == expected) return std::nullopt;
    if (search.size() <= 0) {
        complaint.expected = "For an empty range: the empty flight.";
        complaint.happened = "A flight came back.";
        complaint.hint = "Where there is no number, there is no longest flight.";
    } else if (found.empty()) {
        complaint.happened = "An empty flight came back.";
        complaint.hint = "Collect the best flight of each worker, and compare them with beats.";
    } else if (found.size() == expected.size() && found == flight_of(found.front())) {
        complaint.happened = fmt::format(
            "The flight of {} came back. That of {} has as many values, {}, and a smaller start.",
            found.front(), expected.front(), expected.size());
        complaint.hint =
            "A tie must not depend on who was faster: compare with beats wherever two flights "
            "meet.";
    } else if (found == flight_of(found.front())) {
        complaint.happened =
            fmt::format("The flight of {} came back, with {} values. That of {} has {}.",
                        found.front(), found.size(), expected.front(), expected.size());
        complaint.hint = "See that every number is searched, and every worker's flight compared.";
    } else {
        complaint.happened =
            fmt::format("What came back is no flight: {} values, the first of which is {}.",
                        found.size(), found.front());
        complaint.hint = "A flight goes through unchanged: all its values, in their order.";
    }
    return complaint;
}

std::optional<Complaint> each_once(const Search& search, std::vector<std::int64_t> starts) {
    std::ranges::sort(starts);
    Complaint complaint;
    complaint.expected = fmt::format("flight is called exactly once for each number from {} to {}.",
                                     search.first, search.last - 1);
    const std::set<std::int64_t> different{starts.begin(), starts.end()};
    const auto twice = std::ranges::adjacent_find(starts);
    std::int64_t strange = 0;
    for (const std::int64_t start : different)
        if (start < search.first || start >= search.last) strange = start;
    if (twice != starts.end()) {
        complaint.happened = fmt::format("For {} it was called more than once.", *twice);
        complaint.hint = "Slices must not overlap, and each number is handed out once.";
    } else if (strange != 0) {
        complaint.happened = fmt::format("It was called for {}, too.", strange);
        complaint.hint = "A range ends before its `last`.";
    } else if (static_cast<std::int64_t>(different.size()) < search.size()) {
        std::int64_t missing = search.first;
        while (different.contains(missing)) ++missing;
        complaint.happened = fmt::format("For {} it was never called.", missing);
        complaint.hint =
            "The slices must add up to the range, also where n does not divide its length.";
    } else {
        return std::nullopt;
    }
    return complaint;
}

std::optional<Complaint> of_order(std::optional<Complaint> complaint) {
    if (complaint && complaint->verdict == Verdict::wrong) complaint->hint = check_then_act;
    return complaint;
}

std::optional<Complaint> nothing_searched(const Played& run, std::size_t calls) {
    if (calls > 0 || !run.answer.text("threw").empty()) return std::nullopt;
    return Complaint{.expected = "The numbers are searched.",
                     .happened = "flight was never called.",
                     .hint = "Every number is to be searched, by one of the workers."};
}

std::optional<Complaint> refused(const Played& run, bool computed) {
    Complaint complaint{.expected = "n = 0 throws std::invalid_argument, and nothing is computed.",
                        .hint = "Check the arguments first."};
    const std::string_view threw = run.answer.text("threw");
    if (computed)
        complaint.happened = "Something was computed.";
    else if (threw.empty())
        complaint.happened = "It returned as if nothing were wrong.";
    else if (threw != "std::invalid_argument")
        complaint.happened = fmt::format("It threw {}.", threw);
    else
        return std::nullopt;
    return complaint;
}

}  // namespace lockstep::cpu_parallelism
