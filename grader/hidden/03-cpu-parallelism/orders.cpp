#include "orders.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

namespace lockstep::cpu_parallelism {
namespace {

double efficiency(const Costs& costs, std::int64_t makespan, std::int64_t n) {
    const auto work = std::accumulate(costs.begin(), costs.end(), std::int64_t{0});
    return static_cast<double>(work) / static_cast<double>(makespan * n);
}

/// Pieces of this many numbers, dealt out in turn.
double dealt(const Costs& costs, std::int64_t n, std::size_t piece) {
    Costs sums(static_cast<std::size_t>(n), 0);
    for (std::size_t i = 0; i < costs.size(); ++i) sums[i / piece % sums.size()] += costs[i];
    return efficiency(costs, std::ranges::max(sums), n);
}

Costs reversed(const Costs& costs) { return {costs.rbegin(), costs.rend()}; }

/// First, last, second, last but one, …
Costs inwards(const Costs& costs) {
    Costs order;
    for (std::size_t i = 0; i < costs.size(); ++i)
        order.push_back(i % 2 == 0 ? costs[i / 2] : costs[costs.size() - 1 - i / 2]);
    return order;
}

/// How threads with lots of their own go about it.
struct Habit {
    bool comb = false;       ///< every nth number is one's own, not a slice
    bool own_back = false;   ///< takes its own numbers from the back
    bool from_back = false;  ///< takes other's numbers from the back
    bool half = false;       ///< takes half of what another has left, not one number
};

/// Whoever has nothing left takes from the one who has most.
double by_stealing(const Costs& costs, std::int64_t n, const Habit& habit) {
    const auto threads = static_cast<std::size_t>(n);
    std::vector<std::deque<std::int64_t>> lots(threads);
    for (std::size_t i = 0; i < costs.size(); ++i)
        lots[habit.comb ? i % threads : slice_at(i, costs.size(), threads)].push_back(costs[i]);

    using Free = std::pair<std::int64_t, std::size_t>;  // when, and who
    std::priority_queue<Free, std::vector<Free>, std::greater<>> free;
    for (std::size_t thread = 0; thread < threads; ++thread) free.emplace(0, thread);
    std::int64_t makespan = 0;
    while (!free.empty()) {
        const auto [now, thread] = free.top();
        free.pop();
        std::deque<std::int64_t>& own = lots[thread];
        if (own.empty()) {
            std::deque<std::int64_t>& rich =
                *std::ranges::max_element(lots, {}, &std::deque<std::int64_t>::size);
            if (rich.empty()) continue;
            const std::size_t booty = habit.half ? (rich.size() + 1) / 2 : 1;
            for (std::size_t i = 0; i < booty; ++i) {
                own.push_back(habit.from_back ? rich.back() : rich.front());
                habit.from_back ? rich.pop_back() : rich.pop_front();
            }
            if (habit.from_back) std::ranges::reverse(own);
        }
        const std::int64_t next = habit.own_back ? own.back() : own.front();
        habit.own_back ? own.pop_back() : own.pop_front();
        makespan = std::max(makespan, now + next);
        free.emplace(now + next, thread);
    }
    return efficiency(costs, makespan, n);
}

}  // namespace

std::size_t slice_at(std::size_t at, std::size_t size, std::size_t n) noexcept {
    std::size_t slice = at * n / size;
    while (size * (slice + 1) / n <= at) ++slice;
    return slice;
}

double on_demand(const Costs& costs, std::int64_t n, std::size_t piece) {
    std::priority_queue<std::int64_t, Costs, std::greater<>> free_at;
    for (std::int64_t i = 0; i < n; ++i) free_at.push(0);
    std::int64_t makespan = 0;
    for (std::size_t at = 0; at < costs.size(); at += piece) {
        std::int64_t time = free_at.top();
        free_at.pop();
        for (std::size_t i = at; i < std::min(at + piece, costs.size()); ++i) time += costs[i];
        makespan = std::max(makespan, time);
        free_at.push(time);
    }
    return efficiency(costs, makespan, n);
}

double worst_on_demand(const Costs& costs, std::int64_t n) {
    const std::size_t largest =
        std::max<std::size_t>(1, costs.size() / (8 * static_cast<std::size_t>(n)));
    double worst = 1.0;
    for (const Costs& order : {costs, reversed(costs)})
        for (std::size_t piece = 1; piece <= largest; ++piece)
            worst = std::min(worst, on_demand(order, n, piece));
    const Costs ends = inwards(costs);
    for (const Costs& order : {ends, reversed(ends)})
        worst = std::min(worst, on_demand(order, n, 1));
    for (const bool comb : {false, true})
        for (const bool own_back : {false, true})
            for (const bool from_back : {false, true})
                for (const bool half : {false, true})
                    worst =
                        std::min(worst, by_stealing(costs, n, {comb, own_back, from_back, half}));
    return worst;
}

double bound_in_any_order(const Costs& costs, std::int64_t n) {
    const auto work = static_cast<double>(std::accumulate(costs.begin(), costs.end(), 0LL));
    const auto longest = static_cast<double>(std::ranges::max(costs));
    const auto threads = static_cast<double>(n);
    return work / (work + longest * (threads - 1.0));
}

Span in_large_pieces(const Costs& costs, std::int64_t n) {
    const std::size_t share = costs.size() / static_cast<std::size_t>(n);
    Span span{1.0, 0.0};
    for (const std::size_t part : {2, 3, 4}) {
        const double one = on_demand(costs, n, (share + part - 1) / part);
        span.worst = std::min(span.worst, one);
        span.best = std::max(span.best, one);
    }
    return span;
}

double in_slices(const Costs& costs, std::int64_t n) {
    Costs sums(static_cast<std::size_t>(n), 0);
    for (std::size_t i = 0; i < costs.size(); ++i)
        sums[slice_at(i, costs.size(), sums.size())] += costs[i];
    return efficiency(costs, std::ranges::max(sums), n);
}

double best_beforehand(const Costs& costs, std::int64_t n) {
    double best = in_slices(costs, n);
    for (const std::size_t piece : {1, 2, 3, 4}) best = std::max(best, dealt(costs, n, piece));
    return best;
}

}  // namespace lockstep::cpu_parallelism
