#include <lab/observe.hpp>
#include <lab/runtime/recycling.hpp>
#include <lab/runtime/session.hpp>
#include <lab/timeline/timeline.hpp>

#include <algorithm>

namespace lab {

namespace {

/// The policy for the schedule with this number.
void choose_policy(ExploreOptions& options, std::size_t number, std::uint32_t plain_steps) {
    if (number == 0) {
        options.policy = Policy::round_robin();
        return;
    }
    // Small programs' bugs are found sooner by random walks than by PCT, whose guarantee pays off
    // for rare orders; so most of the budget goes to the former.
    if (number % 5 == 0)
        options.policy =
            Policy::pct(2 + static_cast<unsigned>(number / 5 % 3), std::max(16U, plain_steps));
    else
        options.policy = Policy::random_walk();
    // The more points, the rarer the orders of synchronisation calls in which only those matter.
    options.memory_points = number % 2 == 1;
    options.spurious_wakeups = number % 4 == 3 ? 32 : 0;
}

}  // namespace

Exploration explore(const std::function<void()>& body, const ExploreOptions& given,
                    const Judge& judge) {
    const runtime::Session session(given.patience);
    Exploration result;
    ExploreOptions options = given;
    options.stacks = Stacks::none;
    TraceParts memory;
    std::uint32_t plain_steps = 0;
    const auto begin = std::chrono::steady_clock::now();

    while (result.schedules < given.schedules) {
        if (given.budget.count() > 0 && result.schedules > 0 &&
            std::chrono::steady_clock::now() - begin > given.budget)
            break;
        options.seed = given.seed + result.schedules;
        if (!given.fixed_policy) choose_policy(options, result.schedules, plain_steps);
        Trace trace = runtime::play(body, options, std::move(memory));
        ++result.schedules;
        result.steps += trace.steps();
        if (result.schedules == 1) plain_steps = trace.steps();

        std::optional<std::string> objection;
        if (trace.clean() && judge) objection = judge(trace);
        if (trace.clean() && !objection) {
            memory = TraceBuilder::take_apart(std::move(trace));
            continue;
        }
        if (objection) result.objection = std::move(*objection);
        if (given.explain) {
            options.stacks = Stacks::all;
            // A run that never ended repeats itself: its last steps tell as much as all.
            constexpr std::uint32_t told_steps = 5'000;
            options.stacks_from = trace.steps() > told_steps ? trace.steps() - told_steps : 0;
            Trace told = runtime::play(body, options, {});
            // The same run, unless the body keeps state between runs or asks the outside world.
            if (std::ranges::equal(told.schedule(), trace.schedule()) &&
                std::ranges::equal(told.diagnoses(), trace.diagnoses(), {}, &Diagnosis::kind,
                                   &Diagnosis::kind))
                trace = std::move(told);
        }
        result.failure = std::move(trace);
        break;
    }
    return result;
}

std::string Exploration::explain() const {
    if (!failure) return "no failure in " + std::to_string(schedules) + " schedules\n";
    std::string text;
    if (!objection.empty()) text += objection + "\n";
    for (const Diagnosis& diagnosis : failure->diagnoses()) text += diagnosis.explain();
    text += "\n" + draw_text(*failure) + "\n" + failure->story(24) + "\nfound at schedule " +
            std::to_string(schedules) + "; play it again with " + failure->recipe() + "\n";
    return text;
}

}  // namespace lab
