// bench_growth: what a schedule costs as the program grows, in threads and in steps.
#include "bench.hpp"

#include <lab/observe.hpp>

#include <cstdint>
#include <mutex>

namespace {

using lab::Handover;

constexpr int repetitions = 5;
constexpr double cpu_seconds_a_repetition = 0.1;

/// `threads` of them, each of which takes and releases one and the same lock `times` times.
void count_together(unsigned threads, unsigned times) {
    std::mutex mutex;
    unsigned count = 0;
    {
        std::vector<std::jthread> all;
        all.reserve(threads);
        for (unsigned i = 0; i < threads; ++i) {
            all.emplace_back([&] {
                for (unsigned k = 0; k < times; ++k) {
                    const std::lock_guard lock{mutex};
                    ++count;
                }
            });
        }
    }
    if (count != threads * times) {
        fmt::print("A count was lost.\n");
        std::exit(1);
    }
}

struct Price {
    double steps = 0;     ///< a schedule
    double schedule = 0;  ///< CPU seconds
};

Price price_of(unsigned threads, unsigned times, Handover handover) {
    lab::ExploreOptions options;
    options.handover = handover;
    options.fixed_policy = true;  // a random walk: round robin and PCT cost less
    options.max_steps = 100'000'000;
    options.schedules = 1;
    const auto play = [&] {
        lab::Exploration exploration =
            lab::explore([&] { count_together(threads, times); }, options);
        options.seed += options.schedules;
        if (exploration.failed()) {
            fmt::print("A correct program was accused:\n{}", exploration.explain());
            std::exit(1);
        }
        return exploration.steps;
    };

    // Once for the hosts, once to know how often a repetition plays it.
    play();
    const bench::Cost once = bench::cost_of(play);
    options.schedules =
        1 + static_cast<std::size_t>(cpu_seconds_a_repetition / std::max(once.cpu, 1e-6));

    std::vector<bench::Cost> costs;
    std::uint64_t steps = 0;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        costs.push_back(bench::cost_of([&] { steps += play(); }));
    }
    const auto schedules = static_cast<double>(options.schedules);
    return {static_cast<double>(steps) / (schedules * repetitions),
            bench::median(costs).cpu / schedules};
}

const std::vector<bench::Table::Column> columns{
    {"threads"},           {"times each", 10}, {"steps", 9},        {"schedules/CPU s", 15},
    {"ms a schedule", 13}, {"ns a step", 9},   {"futex: ns a step"}};

void row(const bench::Table& table, unsigned threads, unsigned times) {
    const Price price = price_of(threads, times, Handover::automatic);
    const Price futex = price_of(threads, times, Handover::futex);
    table.row({fmt::format("{}", threads), fmt::format("{}", times), bench::number(price.steps),
               bench::number(1 / price.schedule), bench::number(1e3 * price.schedule),
               bench::number(1e9 * price.schedule / price.steps),
               bench::number(1e9 * futex.schedule / futex.steps)});
}

}  // namespace

int main() {
    bench::introduce("Growth");
    const bench::Table by_threads("With threads, each of which takes one lock four times", columns);
    for (unsigned threads = 2; threads <= 256; threads *= 2) {
        row(by_threads, threads, 4);
    }
    const bench::Table by_steps("With steps: four threads", columns);
    for (unsigned times = 10; times <= 100'000; times *= 10) {
        row(by_steps, 4, times);
    }
    fmt::print("\nThe threads are beside the body's own. All times are CPU times.\n");
}
