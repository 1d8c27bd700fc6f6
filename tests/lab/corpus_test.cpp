// corpus_test [--topic TOPIC] [--name PROGRAM] [--schedules N] [--show]
//
// Holds the lab against the corpus: every program with a bug must be found out, with the declared
// diagnosis, within the declared number of schedules, from five different seeds; no correct one may
// be accused in N schedules. In each flavour of the lab only the programs that show there are run.
#include <lab/observe.hpp>
#include <lab/races/races.hpp>

#include <corpus/program.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

// Only the programs with memory points have this function without ThreadSanitizer's runtime.
extern "C" [[gnu::weak]] void __tsan_read4(void*);

namespace {

using corpus::Flavour;
using corpus::Program;

struct Wanted {
    std::string_view topic;
    std::string_view name;
    std::size_t schedules = 1'000;
    bool show = false;
};

Flavour flavour_here() {
    if (lab::race_detection().available) return Flavour::tsan;
    return __tsan_read4 != nullptr ? Flavour::memory_points : Flavour::sync_points;
}

// Under ThreadSanitizer the program's atomics are points, too, but its plain accesses are not.
bool shows_in(const Program& program, Flavour here) {
    return program.needs == Flavour::sync_points || program.needs == here ||
           (program.correct() && here == Flavour::tsan);
}

bool mentions(const lab::Diagnosis& diagnosis, std::string_view word) {
    return diagnosis.explain().find(word) != std::string::npos;
}

/// What is wrong with the lab's verdict; "" when nothing is.
std::string objection(const Program& program, const lab::Exploration& exploration) {
    if (program.correct())
        return exploration.failed() ? "a correct program was accused" : std::string();
    if (!exploration.failed()) return "the bug was not found";
    for (const lab::Diagnosis& diagnosis : exploration.failure->diagnoses())
        if ((diagnosis.kind == *program.bug || diagnosis.kind == program.or_bug) &&
            mentions(diagnosis, program.must_mention))
            return {};
    return fmt::format("the diagnosis should have been {}{}, mentioning \"{}\"",
                       lab::name_of(*program.bug),
                       program.or_bug ? fmt::format(" or {}", lab::name_of(*program.or_bug)) : "",
                       program.must_mention);
}

bool check(const Program& program, const Wanted& wanted) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::size_t> found;
    std::string wrong;
    lab::Exploration last;
    const std::vector<std::uint64_t> seeds =
        program.correct() ? std::vector<std::uint64_t>{1}
                          : std::vector<std::uint64_t>{1, 100'001, 200'001, 300'001, 400'001};
    for (const std::uint64_t seed : seeds) {
        lab::ExploreOptions options;
        options.seed = seed;
        options.schedules = program.correct() ? wanted.schedules : program.within;
        options.patience = std::chrono::milliseconds{500};
        last = lab::explore(program.body, options);
        wrong = objection(program, last);
        if (!wrong.empty()) break;
        found.push_back(last.schedules);
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    fmt::print("{:4}  {:44}  {:>7}  {:6.2f} s  {}\n", wrong.empty() ? "ok" : "FAIL", program.name,
               program.correct() ? fmt::format("{}", last.schedules)
               : found.empty()
                   ? "-"
                   : fmt::format("{}/{}", *std::ranges::max_element(found), program.within),
               seconds, wrong);
    if (!wrong.empty() || wanted.show) fmt::print("{}\n", last.explain());
    std::fflush(stdout);
    return wrong.empty();
}

}  // namespace

int main(int count, char** arguments) {
    Wanted wanted;
    for (int i = 1; i < count; ++i) {
        const std::string_view option = arguments[i];
        const bool has_value = i + 1 < count;
        if (option == "--topic" && has_value)
            wanted.topic = arguments[++i];
        else if (option == "--name" && has_value)
            wanted.name = arguments[++i];
        else if (option == "--schedules" && has_value)
            wanted.schedules = std::strtoul(arguments[++i], nullptr, 10);
        else if (option == "--show")
            wanted.show = true;
        else {
            fmt::print(stderr, "corpus_test: unknown option {}; see the top of corpus_test.cpp\n",
                       option);
            return 2;
        }
    }
    const Flavour here = flavour_here();
    std::size_t run = 0;
    std::size_t failed = 0;
    for (const corpus::Topic& topic : corpus::topics()) {
        if (!wanted.topic.empty() && wanted.topic != topic.name) continue;
        for (const Program& program : topic.rows()) {
            if (!wanted.name.empty() && wanted.name != program.name) continue;
            if (!shows_in(program, here)) continue;
            ++run;
            if (!check(program, wanted)) ++failed;
        }
    }
    fmt::print("{} programs, {} failed\n", run, failed);
    // A topic may have nothing to show in this flavour; a misspelt one must not pass.
    const bool known = wanted.topic.empty() ||
                       std::ranges::any_of(corpus::topics(), [&](const corpus::Topic& topic) {
                           return topic.name == wanted.topic;
                       });
    return failed == 0 && known ? EXIT_SUCCESS : EXIT_FAILURE;
}
