// Lock-free stacks and rings. All accesses are atomic; what goes wrong is the algorithm.
//
// Nodes come from a fixed pool and are named by their index, so that a node which is taken twice
// is a wrong result and never a wild pointer.
#include "topics.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>

namespace corpus {
namespace {

using Kind = lab::Diagnosis::Kind;
using Flavour::memory_points;
using Flavour::tsan;

constexpr int nodes = 3;
constexpr int nothing = -1;

// A stack of node numbers ---------------------------------------------------------------------

/// `pop` believes that a head which is the same as before has the same successor as before.
class UntaggedStack {
public:
    int pop() {
        int top = head_;
        while (top != nothing) {
            const int below = next_[static_cast<std::size_t>(top)];
            if (head_.compare_exchange_strong(top, below)) {
                return top;
            }
        }
        return nothing;
    }

    void push(int node) {
        int top = head_;
        do {
            next_[static_cast<std::size_t>(node)] = top;
        } while (!head_.compare_exchange_strong(top, node));
    }

private:
    std::atomic<int> head_{nothing};
    std::array<std::atomic<int>, nodes> next_{};
};

/// The head's upper half counts its changes.
class TaggedStack {
public:
    int pop() {
        std::uint64_t top = head_;
        while (node_of(top) != nothing) {
            const int below = next_[static_cast<std::size_t>(node_of(top))];
            if (head_.compare_exchange_strong(top, after(top, below))) {
                return node_of(top);
            }
        }
        return nothing;
    }

    void push(int node) {
        std::uint64_t top = head_;
        do {
            next_[static_cast<std::size_t>(node)] = node_of(top);
        } while (!head_.compare_exchange_strong(top, after(top, node)));
    }

private:
    static int node_of(std::uint64_t head) { return static_cast<std::int32_t>(head); }

    static std::uint64_t after(std::uint64_t head, int node) {
        return ((head >> 32) + 1) << 32 | static_cast<std::uint32_t>(node);
    }

    std::atomic<std::uint64_t> head_{static_cast<std::uint32_t>(nothing)};
    std::array<std::atomic<int>, nodes> next_{};
};

/// One thread takes a node, after it has looked at some; the other takes two and puts the first
/// back. Afterwards each node is in one hand or on the stack, once.
template <class Stack>
void take_and_put_back() {
    Stack stack;
    for (int node = nodes - 1; node >= 0; --node) {
        stack.push(node);
    }
    int in_first_hand = nothing;
    int in_second_hand = nothing;
    {
        std::jthread first{[&stack, &in_first_hand] {
            for (int looked_at = 0; looked_at < 3; ++looked_at) {
                if (const int node = stack.pop(); node != nothing) {
                    stack.push(node);
                }
            }
            in_first_hand = stack.pop();
        }};
        std::jthread second{[&stack, &in_second_hand] {
            const int top = stack.pop();
            const int below = stack.pop();
            stack.push(top);
            in_second_hand = below;
        }};
    }
    std::array<int, nodes> seen{};
    const auto count = [&](int node) {
        if (node != nothing) {
            ++seen[static_cast<std::size_t>(node)];
        }
    };
    count(in_first_hand);
    count(in_second_hand);
    for (int i = 0; i < nodes; ++i) {
        count(stack.pop());
    }
    for (const int times : seen) {
        expect(times == 1, "a node is not in exactly one place");
    }
}

void aba_on_a_stack() { take_and_put_back<UntaggedStack>(); }
void tagged_stack() { take_and_put_back<TaggedStack>(); }

// A ring for one producer and one consumer ----------------------------------------------------

template <std::memory_order publish, std::memory_order observe>
class Ring {
public:
    bool put(int item) {
        const unsigned at = written_.load(std::memory_order_relaxed);
        if (at - read_.load(observe) == slots_.size()) {
            return false;
        }
        slots_[at % slots_.size()] = item;
        written_.store(at + 1, publish);
        return true;
    }

    std::optional<int> get() {
        const unsigned at = read_.load(std::memory_order_relaxed);
        if (at == written_.load(observe)) {
            return std::nullopt;
        }
        const int item = slots_[at % slots_.size()];
        read_.store(at + 1, publish);
        return item;
    }

private:
    std::array<int, 2> slots_{};
    std::atomic<unsigned> written_{0};
    std::atomic<unsigned> read_{0};
};

template <std::memory_order publish, std::memory_order observe>
void round_the_ring() {
    // On the heap: see publication.cpp.
    const auto ring = std::make_unique<Ring<publish, observe>>();
    int sum = 0;
    {
        std::jthread producer{[&] {
            for (int item = 1; item <= 4; ++item) {
                while (!ring->put(item)) {
                    std::this_thread::yield();
                }
            }
        }};
        for (int received = 0; received < 4;) {
            if (const std::optional<int> item = ring->get()) {
                sum += *item;
                ++received;
            } else {
                std::this_thread::yield();
            }
        }
    }
    expect(sum == 10, "an item was lost or came twice");
}

void relaxed_ring() { round_the_ring<std::memory_order_relaxed, std::memory_order_relaxed>(); }

void release_acquire_ring() {
    round_the_ring<std::memory_order_release, std::memory_order_acquire>();
}

constexpr Program table[] = {
    wrong("aba_on_a_stack", "The head is A again, but what was below it has gone.", aba_on_a_stack,
          10'000, "exactly one place", memory_points),
    correct("tagged_stack", "The head carries a count, so that A again is not A as before.",
            tagged_stack, memory_points),
    faulty("relaxed_ring", "A ring's indices are relaxed, so its items are not ordered by them.",
           relaxed_ring, Kind::data_race, 20, "lock_free.cpp", tsan),
    correct("release_acquire_ring", "A ring for one producer and one consumer.",
            release_acquire_ring),
};

}  // namespace

std::span<const Program> lock_free() { return table; }

}  // namespace corpus
