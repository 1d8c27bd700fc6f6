// Built for memory points: every access goes through the lab, and means what it meant.
#include <lab/catch.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Pair {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    friend bool operator==(const Pair&, const Pair&) = default;
};

}  // namespace

TEMPLATE_TEST_CASE("atomic integers of every size keep their meaning", "[points]", std::uint8_t,
                   std::uint16_t, std::uint32_t, std::uint64_t, std::int8_t, std::int64_t) {
    const auto value = [](int number) { return static_cast<TestType>(number); };
    std::atomic<TestType> atomic{value(5)};
    CHECK(atomic.load() == value(5));
    atomic.store(value(12), std::memory_order_release);
    CHECK(atomic.exchange(value(10)) == value(12));
    CHECK(atomic.fetch_add(value(7), std::memory_order_relaxed) == value(10));
    CHECK(atomic.fetch_sub(value(3)) == value(17));
    CHECK(atomic.fetch_and(value(12)) == value(14));
    CHECK(atomic.fetch_or(value(3)) == value(12));
    CHECK(atomic.fetch_xor(value(5)) == value(15));
    CHECK(atomic.load(std::memory_order_acquire) == value(10));
    CHECK(__atomic_fetch_nand(reinterpret_cast<TestType*>(&atomic), value(6), __ATOMIC_SEQ_CST) ==
          value(10));
    CHECK(atomic.load() == value(~2));

    TestType expected = value(1);
    CHECK_FALSE(atomic.compare_exchange_strong(expected, value(9)));
    CHECK(expected == value(~2));
    CHECK(atomic.compare_exchange_strong(expected, value(9)));
    while (!atomic.compare_exchange_weak(expected, value(100))) {
    }
    CHECK(expected == value(9));
    CHECK(atomic.load() == value(100));
    CHECK(atomic++ == value(100));
    CHECK(--atomic == value(100));
}

TEST_CASE("atomic pointers and flags keep their meaning", "[points]") {
    std::array<int, 3> values{1, 2, 3};
    std::atomic<int*> pointer{values.data()};
    CHECK(*pointer.load() == 1);
    CHECK(*(++pointer) == 2);
    int* expected = values.data();
    CHECK_FALSE(pointer.compare_exchange_strong(expected, nullptr));
    CHECK(expected == values.data() + 1);
    std::atomic_flag flag;
    CHECK_FALSE(flag.test_and_set());
    CHECK(flag.test());
    flag.clear();
    CHECK_FALSE(flag.test_and_set());
}

TEST_CASE("plain accesses of every size and kind keep their meaning", "[points]") {
    struct [[gnu::packed]] Packed {
        char offset = 0;
        std::uint16_t two = 2;
        std::uint32_t four = 4;
        std::uint64_t eight = 8;
    };
    std::vector<Packed> packed(3);
    packed[1].two = static_cast<std::uint16_t>(packed[0].two + 1);
    packed[1].four = packed[0].four + 1;
    packed[1].eight = packed[0].eight + 1;
    CHECK(packed[1].two + packed[1].four + packed[1].eight == 17);
    std::vector<Pair> pairs(4, Pair{1, 2});
    pairs[2] = Pair{3, 4};
    pairs[3] = pairs[2];
    CHECK(pairs[3] == Pair{3, 4});
    std::vector<char> bytes(300, 'a');
    std::memmove(bytes.data() + 1, bytes.data(), 299);
    std::memset(bytes.data() + 100, 'b', 50);
    CHECK(std::string(bytes.begin() + 99, bytes.begin() + 102) == "abb");
    volatile int waver = 1;
    waver = waver + 1;
    CHECK(waver == 2);
}

TEST_CASE("many threads count right with atomics", "[points]") {
    std::atomic<int> count{0};
    std::atomic<std::uint8_t> small{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 1000; ++k) {
                ++count;
                small.fetch_xor(0xff);
                std::atomic_thread_fence(std::memory_order_seq_cst);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(count == 4000);
    CHECK(small == 0);
}

#if defined(__x86_64__)

TEST_CASE("atomics of sixteen bytes keep their meaning", "[points]") {
    __extension__ using Wide = unsigned __int128;
    alignas(16) static Wide wide = 1;
    const Wide big = static_cast<Wide>(7) << 100;
    // The one operation of this size that does not become a call of libatomic.
    CHECK(__sync_bool_compare_and_swap(&wide, Wide{1}, big));
    CHECK_FALSE(__sync_bool_compare_and_swap(&wide, Wide{1}, Wide{2}));
    CHECK((wide == big));
}

#endif
