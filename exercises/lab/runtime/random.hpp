// The lab's random numbers: small, fast, and the same everywhere.
#pragma once

#include <cstdint>

namespace lab::runtime {

/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014):
/// one addition and a mix a number, and every seed, 0 included, starts a sequence of its own.
class Random {
public:
    explicit Random(std::uint64_t seed = 0, std::uint64_t stream = 0) noexcept
        : state_(seed ^ (stream * 0xd1342543de82ef95ULL)) {
        next();
    }

    std::uint64_t next() noexcept {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

    /// 0 … bound − 1, as good as uniform: the bias is below bound / 2^32. Precondition: bound > 0.
    std::uint32_t below(std::uint32_t bound) noexcept {
        return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
    }

private:
    std::uint64_t state_;
};

}  // namespace lab::runtime
