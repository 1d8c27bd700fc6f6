// bench_bugs [--stress-seconds N] [--schedules N] [--name PROGRAM]
//
// How long it takes to find the bugs of the corpus (tests/lab/corpus): under `explore`, and by
// running the program freely in a stress loop, for N seconds (3; 0: not at all). Programs that take
// hours, or an exact time, are not run freely.
//
// The stress loop is corpus_stress, a process of its own, whose path this program is compiled with.
// It runs code that was compiled without memory points, also beside bench_bugs_points. In a build
// with ThreadSanitizer it runs with it, and its first report counts.
#include "bench.hpp"

#include <lab/observe.hpp>
#include <lab/races/races.hpp>

#include <corpus/program.hpp>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

namespace {

using corpus::Flavour;
using corpus::Program;

struct Wanted {
    unsigned stress_seconds = 3;
    std::size_t schedules = 20'000;
    std::string_view name;
};

Flavour flavour_here() {
    if (lab::race_detection().available) {
        return Flavour::tsan;
    }
    return __tsan_read4 != nullptr ? Flavour::memory_points : Flavour::sync_points;
}

constexpr std::string_view describe(Flavour flavour) {
    switch (flavour) {
    case Flavour::sync_points: return "points at synchronisation calls";
    case Flavour::memory_points: return "points at memory accesses";
    case Flavour::tsan: return "ThreadSanitizer";
    }
    return "";
}

/// Five explorations, from seeds far apart.
struct Search {
    std::vector<double> schedules;
    std::vector<double> seconds;
    std::size_t missed = 0;
};

Search search(const Program& program, const Wanted& wanted) {
    Search all;
    for (std::uint64_t seed = 1; seed < 5'000'000; seed += 1'000'000) {
        lab::ExploreOptions options;
        options.seed = seed;
        options.schedules = wanted.schedules;
        options.patience = std::chrono::milliseconds{500};
        options.explain = false;
        bool found = false;
        std::size_t schedules = 0;
        const bench::Cost cost = bench::cost_of([&] {
            const lab::Exploration exploration = lab::explore(program.body, options);
            found = exploration.failed();
            schedules = exploration.schedules;
        });
        all.schedules.push_back(static_cast<double>(schedules));
        all.seconds.push_back(cost.wall);
        all.missed += found ? 0 : 1;
    }
    return all;
}

/// What the stress loop said.
struct Stress {
    bool run = false;
    bool seen = false;
    std::string what;  ///< "hang", "wrong result", "crash (signal 11)", …
    unsigned long iterations = 0;
    double seconds = 0;
};

std::string output_of(const std::string& command) {
    std::string output;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    if (!pipe) {
        return output;
    }
    char part[512];
    while (std::fgets(part, sizeof part, pipe.get()) != nullptr) {
        output += part;
    }
    return output;
}

Stress stress(const Program& program, unsigned seconds) {
    Stress result;
    if (program.virtual_only || seconds == 0) {
        return result;
    }
    const std::string output =
        output_of(fmt::format("TSAN_OPTIONS=halt_on_error=1 '{}' {} {} 2>/dev/null",
                              LOCKSTEP_CORPUS_STRESS, program.name, seconds));
    const std::string_view text = output;
    constexpr std::string_view first_seen = ", first seen in iteration ";
    constexpr std::string_view not_seen = "not seen in ";
    const std::size_t what = text.find(": ");
    if (what == std::string_view::npos) {
        return result;
    }
    if (const std::size_t at = text.find(first_seen); at != std::string_view::npos) {
        result.seen = true;
        result.what = text.substr(what + 2, at - what - 2);
        result.run = std::sscanf(output.c_str() + at + first_seen.size(), "%lu, after %lf",
                                 &result.iterations, &result.seconds) == 2;
    } else if (const std::size_t none = text.find(not_seen); none != std::string_view::npos) {
        result.run = std::sscanf(output.c_str() + none + not_seen.size(), "%lu iterations, %lf",
                                 &result.iterations, &result.seconds) == 2;
    }
    return result;
}

struct Tally {
    std::size_t programs = 0;
    std::size_t found = 0;
    std::size_t run_freely = 0;
    std::size_t seen_freely = 0;
    double lab_seconds = 0;
    double free_seconds = 0;
};

void compare(const Program& program, const Wanted& wanted, const bench::Table& table,
             Tally& tally) {
    const Search lab = search(program, wanted);
    const Stress free = stress(program, wanted.stress_seconds);
    ++tally.programs;
    tally.found += lab.missed == 0 ? 1 : 0;
    tally.lab_seconds += bench::median(lab.seconds);
    if (free.run) {
        ++tally.run_freely;
        tally.seen_freely += free.seen ? 1 : 0;
        tally.free_seconds += free.seconds;
    }
    table.row({std::string(program.name), std::string(lab::name_of(*program.bug)),
               lab.missed == 0 ? bench::grouped(bench::median(lab.schedules))
                               : fmt::format("missed {}/5", lab.missed),
               bench::grouped(*std::ranges::max_element(lab.schedules)),
               bench::number(1e3 * bench::median(lab.seconds)),
               !free.run ? std::string(program.virtual_only ? "cannot be" : "-")
               : free.seen
                   ? bench::grouped(static_cast<double>(free.iterations))
                   : fmt::format("> {}", bench::grouped(static_cast<double>(free.iterations))),
               free.run ? bench::number(1e3 * free.seconds) : "",
               !free.run || free.seen ? free.what : "NOT SEEN"});
}

bool parse(std::string_view text, auto& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

std::optional<Wanted> parse(int count, char** arguments) {
    Wanted wanted;
    for (int i = 1; i < count; i += 2) {
        const std::string_view option = arguments[i];
        const std::string_view value = i + 1 < count ? arguments[i + 1] : "";
        const bool good = option == "--stress-seconds" ? parse(value, wanted.stress_seconds)
                          : option == "--schedules"    ? parse(value, wanted.schedules)
                          : option == "--name"         ? !(wanted.name = value).empty()
                                                       : false;
        if (!good) {
            return std::nullopt;
        }
    }
    return wanted;
}

}  // namespace

int main(int count, char** arguments) {
    const std::optional<Wanted> wanted = parse(count, arguments);
    if (!wanted) {
        fmt::print(stderr,
                   "Usage: bench_bugs [--stress-seconds N] [--schedules N] [--name PROGRAM]\n");
        return 2;
    }
    const Flavour here = flavour_here();
    bench::introduce("Bugs");
    const bench::Table table(
        fmt::format("The corpus' bugs that take {}: explored from five seeds, and run freely for "
                    "{} s",
                    describe(here), wanted->stress_seconds),
        {{"program", 42},
         {"bug", -18},
         {"schedules", 10},
         {"most", 6},
         {"ms", 7},
         {"iterations", 10},
         {"ms", 7},
         {"seen as", -22}});
    Tally tally;
    for (const Program& program : corpus::programs()) {
        if (program.correct() || program.needs != here) {
            continue;
        }
        if (wanted->name.empty() || wanted->name == program.name) {
            compare(program, *wanted, table, tally);
        }
    }
    fmt::print(
        "\n{} programs. Explored: all five times found in {}, {:.1f} s in all. Run freely: {}, of "
        "which\nthe bug was seen in {}, {:.1f} s in all.\n"
        "\"schedules\" and the first \"ms\" are medians of the five, \"most\" the largest of the "
        "five.\nA hang is seen after a second, which is in its time.\n",
        tally.programs, tally.found, tally.lab_seconds, tally.run_freely, tally.seen_freely,
        tally.free_seconds);
}
