// Schedule policies: who runs next.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lab {

/// How the scheduler chooses among the threads that can run. Together with a seed it determines
/// a run wholly.
struct Policy {
    enum class Kind : std::uint8_t {
        round_robin,  ///< the next thread in order of creation, at every step; ignores the seed
        random_walk,  ///< every runnable thread with the same chance, at every step
        pct,          ///< random priorities with depth − 1 random demotions; see below
        replay,       ///< the recorded choices, one a step
    };

    Kind kind = Kind::random_walk;

    /// For pct: a bug that needs `depth` ordered events among `length` steps of n threads is found
    /// with a chance of at least 1 / (n · length^(depth−1)) a run (Burckhardt et al., "A Randomized
    /// Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010). At least 1.
    unsigned depth = 3;
    unsigned length = 256;

    /// For replay: thread numbers (`Trace::schedule`). Where they run out, or name a thread that
    /// cannot run, round robin takes over and `Diagnosis::Kind::diverged` is reported.
    std::vector<std::uint16_t> choices;

    [[nodiscard]] static Policy round_robin();
    [[nodiscard]] static Policy random_walk();
    [[nodiscard]] static Policy pct(unsigned depth, unsigned length);
    [[nodiscard]] static Policy replay(std::vector<std::uint16_t> choices);

    /// "random walk", "PCT (depth 3, length 256)", …
    [[nodiscard]] std::string describe() const;
    friend bool operator==(const Policy&, const Policy&) = default;
};

}  // namespace lab
