#include <lab/observe.hpp>

#include <support/todo.hpp>

#include <worker/player.hpp>
#include <worker/registry.hpp>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace lockstep::worker {
namespace {

class GivenWorkload final : public Workload {
public:
    explicit GivenWorkload(const Numbers& numbers) : numbers_{numbers} {}

    std::span<const std::int64_t> list(std::string_view name) const override {
        const auto found = numbers_.find(name);
        if (found == numbers_.end())
            throw std::out_of_range{"The workload has no '" + std::string{name} + "'."};
        return found->second;
    }

private:
    const Numbers& numbers_;
};

class Notes final : public Telling {
public:
    explicit Notes(Answer& answer) : answer_{answer} {}

    void list(std::string_view name, std::vector<std::int64_t> values) override {
        answer_.numbers.insert_or_assign(std::string{name}, std::move(values));
    }
    void text(std::string_view name, std::string_view value) override {
        answer_.texts.insert_or_assign(std::string{name}, std::string{value});
    }

private:
    Answer& answer_;
};

bool has_race(const lab::Trace& trace) {
    return std::ranges::any_of(trace.diagnoses(), [](const lab::Diagnosis& diagnosis) {
        return diagnosis.kind == lab::Diagnosis::Kind::data_race;
    });
}

lab::Options options_for(const Request& request, const Run& run) {
    lab::Options options;
    options.policy = run.policy;
    options.seed = run.seed;
    options.spurious_wakeups = run.spurious_wakeups;
    options.cores = request.cores;
    options.compute_takes_time = request.compute_takes_time;
    options.max_steps = request.max_steps;
    options.max_spin = request.max_spin;
    options.stacks = request.stacks ? lab::Stacks::all : lab::Stacks::none;
    return options;
}

}  // namespace

Finished play(const Request& request,
              const std::function<bool(const Answer&, lab::Trace&&)>& each) {
    const Registered scenario = scenario_named(request.scenario);
    if (scenario.play == nullptr)
        return {0, "The worker has no scenario '" + request.scenario + "'."};

    Finished finished;
    try {
        for (const Run& run : request.runs) {
            // Never freed: threads that a run has abandoned may still refer to it.
            auto* const answer = new Answer;
            auto* const workload = new GivenWorkload(request.workload);
            const auto body = [scenario, answer, workload] {
                Notes notes{*answer};
                try {
                    scenario.play(*workload, notes);
                    answer->finished = true;
                } catch (const Todo& todo) {
                    answer->unwritten =
                        Unwritten{std::string{todo.where().file}, todo.where().line, todo.what()};
                }
            };
            if (scenario.where == Where::outside) body();
            lab::Trace trace = scenario.where == Where::outside
                                   ? lab::observe([] {}, options_for(request, run))
                                   : lab::observe(body, options_for(request, run));
            ++finished.runs;
            const bool enough = !trace.completed() || (request.until_race && has_race(trace));
            if (!each(*answer, std::move(trace)) || enough) break;
            delete workload;
            delete answer;
        }
    } catch (const std::exception& failure) {
        // lab::Error, or an exception that no run should let out.
        finished.complaint = failure.what();
    } catch (...) {
        finished.complaint = "An exception that is no std::exception left the scenario.";
    }
    return finished;
}

}  // namespace lockstep::worker
