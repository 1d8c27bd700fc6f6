// Numbers drawn from a seed: what a student can't know beforehand, and an instructor can draw
// again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep {

/// A stream of numbers, the same on every machine and with every standard library (whose
/// distributions differ). The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable
/// pseudorandom number generators", OOPSLA 2014).
class Draw {
public:
    /// Streams of other names are unrelated, also for the same seed.
    Draw(std::uint64_t seed, std::string_view name) : state_{seed} {
        for (const char letter : name) {
            state_ ^= static_cast<unsigned char>(letter);
            state_ = bits();
        }
    }

    std::uint64_t bits() noexcept {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }

    /// From `least` to `most`, both included. The bias is below (most - least) / 2^64.
    std::int64_t number(std::int64_t least, std::int64_t most) noexcept {
        return least +
               static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(most - least + 1));
    }

    std::vector<std::int64_t> numbers(std::size_t count, std::int64_t least, std::int64_t most) {
        std::vector<std::int64_t> drawn(count);
        for (std::int64_t& each : drawn) each = number(least, most);
        return drawn;
    }

    /// Fisher and Yates' shuffle.
    template <typename T>
    void shuffle(std::vector<T>& list) noexcept {
        for (std::size_t left = list.size(); left > 1; --left)
            std::swap(list[left - 1], list[bits() % left]);
    }

    /// 0 … count - 1 in some order.
    std::vector<std::int64_t> order(std::size_t count) {
        std::vector<std::int64_t> all(count);
        for (std::size_t i = 0; i < count; ++i) all[i] = static_cast<std::int64_t>(i);
        shuffle(all);
        return all;
    }

private:
    std::uint64_t state_;
};

}  // namespace lockstep
