// bench_schedules: how many schedules a second, with the lab's checks all on and the mixture of
// policies that `explore` uses by default.
//
// The bars are what exercises need to be explored while a student waits: they were set from the
// figures of the prototypes, 82,000 schedules a second for the queue and 35,000 for the event loop
// on a quiet machine, and 420 for the queue under ThreadSanitizer.
#include "bench.hpp"
#include "programs.hpp"

#include <lab/observe.hpp>
#include <lab/races/races.hpp>

#include <cstdint>

namespace {

using lab::Handover;

constexpr int repetitions = 9;
constexpr double cpu_seconds_a_repetition = 0.15;

struct Program {
    std::string_view name;
    void (*body)();
    double bar_plain;  ///< schedules a second at user level
    double bar_tsan;   ///< 0: none is set
};

constexpr Program programs[] = {
    {"bounded queue", bench::bounded_queue, 50'000, 400},
    {"event loop", bench::event_loop, 20'000, 0},
};

struct Rate {
    std::size_t threads = 0;
    double steps = 0;  ///< a schedule
    double per_second = 0;
    double per_cpu_second = 0;
    double step_ns = 0;  ///< CPU time
};

std::uint64_t next_seed = 1;

lab::Exploration explore(const Program& program, Handover handover, std::size_t schedules) {
    lab::ExploreOptions options;
    options.handover = handover;
    options.schedules = schedules;
    options.seed = next_seed;
    next_seed += schedules;
    lab::Exploration exploration = lab::explore(program.body, options);
    if (exploration.failed()) {
        fmt::print("{} is a correct program, and was accused:\n{}", program.name,
                   exploration.explain());
        std::exit(1);
    }
    return exploration;
}

Rate measure(const Program& program, Handover handover) {
    lab::Options plain;
    plain.handover = handover;
    plain.stacks = lab::Stacks::none;
    Rate rate;
    rate.threads = lab::observe(program.body, plain).threads().size();

    // As many as fill a repetition. This also makes the hosts.
    std::size_t schedules = 4;
    for (;;) {
        const double cpu = bench::cost_of([&] { (void)explore(program, handover, schedules); }).cpu;
        if (cpu > cpu_seconds_a_repetition / 4) {
            schedules = 1 + static_cast<std::size_t>(static_cast<double>(schedules) *
                                                     cpu_seconds_a_repetition / cpu);
            break;
        }
        schedules *= 4;
    }

    std::vector<bench::Cost> costs;
    double steps = 0;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        costs.push_back(bench::cost_of(
            [&] { steps += static_cast<double>(explore(program, handover, schedules).steps); }));
    }
    const bench::Cost typical = bench::median(costs);
    const auto runs = static_cast<double>(schedules);
    rate.steps = steps / (runs * repetitions);
    rate.per_second = runs / typical.wall;
    rate.per_cpu_second = runs / typical.cpu;
    rate.step_ns = 1e9 / (rate.per_cpu_second * rate.steps);
    return rate;
}

bool user_level_works() {
    lab::Options options;
    options.handover = Handover::user_level;
    try {
        (void)lab::observe([] {}, options);
        return true;
    } catch (const lab::Error& error) {
        fmt::print("\nuser level: {}\n", error.what());
        return false;
    }
}

}  // namespace

int main() {
    bench::introduce("Schedules");
    const lab::RaceDetection& races = lab::race_detection();
    fmt::print("{}\n", races.available ? "Data races are looked for." : races.reason);
    const bool user_level = user_level_works();

    const bench::Table table(
        fmt::format("Schedules a second: medians of {} repetitions", repetitions),
        {{"program", 14},
         {"hand-over", -10},
         {"threads"},
         {"steps"},
         {"schedules/s", 11},
         {"per CPU s", 11},
         {"ns a step", 9},
         {"bar", 8},
         {"met", -5},
         {"x futex", 7},
         {"by CPU", 6}});
    for (const Program& program : programs) {
        const Rate futex = measure(program, Handover::futex);
        const auto print = [&](const char* name, const Rate& rate, double bar) {
            table.row({std::string(program.name), name, fmt::format("{}", rate.threads),
                       bench::number(rate.steps), bench::grouped(rate.per_second),
                       bench::grouped(rate.per_cpu_second), bench::number(rate.step_ns),
                       bar > 0 ? bench::grouped(bar) : "",
                       bar <= 0                     ? ""
                       : rate.per_second >= bar     ? "yes"
                       : rate.per_cpu_second >= bar ? "by CPU"
                                                    : "NO",
                       fmt::format("{:.1f}", rate.per_second / futex.per_second),
                       fmt::format("{:.1f}", rate.per_cpu_second / futex.per_cpu_second)});
        };
        if (user_level) {
            print("user level", measure(program, Handover::user_level),
                  races.available ? program.bar_tsan : program.bar_plain);
        }
        print("futex", futex, 0);
    }
    fmt::print(
        "\n\"steps\" are those of one schedule. \"ns a step\" is CPU time, with a run's share of\n"
        "what is done once a thread and once a run. \"by CPU\": met when the time that neighbours\n"
        "took is left out. \"x futex\": how many times the schedules of the futex hand-over, in\n"
        "time on the wall and in CPU time.\n");
}
