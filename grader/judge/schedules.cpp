#include <judge/schedules.hpp>

namespace lockstep {

std::vector<Run> schedules(std::uint64_t seed, std::size_t count) {
    // PCT spreads its change points over this many steps: about what an exercise's run takes.
    constexpr unsigned usual_steps = 200;
    constexpr unsigned spurious_one_in = 32;
    std::vector<Run> runs(count);
    for (std::size_t i = 0; i < count; ++i) {
        Run& run = runs[i];
        run.seed = seed + i;
        if (i == 0) {
            run.policy = lab::Policy::round_robin();
        } else if (i % 5 == 0) {
            run.policy = lab::Policy::pct(2 + static_cast<unsigned>(i / 5 % 3), usual_steps);
        } else {
            run.policy = lab::Policy::random_walk();
        }
        run.spurious_wakeups = i % 4 == 3 ? spurious_one_in : 0;
    }
    return runs;
}

}  // namespace lockstep
