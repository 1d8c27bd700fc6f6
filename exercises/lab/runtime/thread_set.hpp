// A set of thread numbers of one run, ordered by number.
#pragma once

#include <lab/trace.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace lab::runtime {

/// The most threads a run may have in all, the body's included.
inline constexpr std::size_t max_threads = 512;

/// 64 bytes, so that "everybody who waits for this lock can run now" is eight instructions.
class ThreadSet {
public:
    void add(ThreadId id) noexcept { word(id) |= bit(id); }
    void remove(ThreadId id) noexcept { word(id) &= ~bit(id); }
    void clear() noexcept { words_ = {}; }
    [[nodiscard]] bool contains(ThreadId id) const noexcept {
        return (words_[id / 64] & bit(id)) != 0;
    }

    [[nodiscard]] bool empty() const noexcept {
        std::uint64_t all = 0;
        for (const std::uint64_t w : words_) all |= w;
        return all == 0;
    }
    [[nodiscard]] unsigned size() const noexcept {
        unsigned count = 0;
        for (const std::uint64_t w : words_)
            if (w != 0) count += ones(w);
        return count;
    }

    ThreadSet& operator|=(const ThreadSet& other) noexcept {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
        return *this;
    }
    ThreadSet& operator-=(const ThreadSet& other) noexcept {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
        return *this;
    }
    [[nodiscard]] bool subset_of(const ThreadSet& other) const noexcept {
        std::uint64_t outside = 0;
        for (std::size_t i = 0; i < words_.size(); ++i) outside |= words_[i] & ~other.words_[i];
        return outside == 0;
    }

    /// The member with `rank` smaller ones. Precondition: rank < size().
    [[nodiscard]] ThreadId at(unsigned rank) const noexcept {
        for (std::size_t i = 0;; ++i) {
            std::uint64_t w = words_[i];
            const unsigned count = w != 0 ? ones(w) : 0;
            if (rank >= count) {
                rank -= count;
                continue;
            }
            for (; rank > 0; --rank) w &= w - 1;
            return static_cast<ThreadId>(i * 64 + static_cast<unsigned>(std::countr_zero(w)));
        }
    }

    /// The smallest member above `id`, or else the smallest of all. Precondition: not empty.
    [[nodiscard]] ThreadId after(ThreadId id) const noexcept {
        std::size_t i = (id + std::size_t{1}) / 64;
        if (i < words_.size()) {
            std::uint64_t w = words_[i] & (~std::uint64_t{0} << ((id + 1U) % 64));
            while (w == 0 && ++i < words_.size()) w = words_[i];
            if (w != 0)
                return static_cast<ThreadId>(i * 64 + static_cast<unsigned>(std::countr_zero(w)));
        }
        return at(0);
    }

    /// Calls `use(id)` for each member, in order. `use` may change this set.
    template <class Use>
    void each(Use use) const {
        for (std::size_t i = 0; i < words_.size(); ++i)
            for (std::uint64_t w = words_[i]; w != 0; w &= w - 1)
                use(static_cast<ThreadId>(i * 64 + static_cast<unsigned>(std::countr_zero(w))));
    }

private:
    // The baseline x86-64 has no instruction for it, and std::popcount there is a function call.
    // SWAR, as in Knuth, "The Art of Computer Programming", volume 4A, 7.1.3.
    [[nodiscard]] static unsigned ones(std::uint64_t w) noexcept {
        w -= (w >> 1) & 0x5555555555555555ULL;
        w = (w & 0x3333333333333333ULL) + ((w >> 2) & 0x3333333333333333ULL);
        w = (w + (w >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
        return static_cast<unsigned>((w * 0x0101010101010101ULL) >> 56);
    }
    [[nodiscard]] std::uint64_t& word(ThreadId id) noexcept { return words_[id / 64]; }
    [[nodiscard]] static std::uint64_t bit(ThreadId id) noexcept {
        return std::uint64_t{1} << (id % 64);
    }

    std::array<std::uint64_t, max_threads / 64> words_{};
};

}  // namespace lab::runtime
