// Atomics as scheduling points in programs linked with ThreadSanitizer.
//
// The linker (tsan_wraps.ld) sends the program's calls of TSan's atomic functions here. Each makes
// a scheduling point and goes on to TSan's with a tail call: the runtime takes the place of an
// access from its return address, which must stay the program's, or every report would name this
// file. So compile it optimised, whatever the build: GCC and Clang turn calls in tail position into
// jumps from -O2 on. It must not be instrumented itself.
#include <lab/races/memory_point.hpp>

#include <cstdint>

namespace {

using lab::runtime::memory_point;
using lab::runtime::MemoryAccess;

__extension__ using Wide = unsigned __int128;

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier,bugprone-macro-parentheses)
// NOLINTBEGIN(readability-identifier-naming)

#define POINT(ADDRESS, SIZE, KIND)                                                            \
    memory_point(const_cast<const void*>(static_cast<const volatile void*>(ADDRESS)), (SIZE), \
                 MemoryAccess::KIND, __builtin_return_address(0))

#define UPDATE(BITS, VALUE, NAME)                                                          \
    VALUE __real___tsan_atomic##BITS##_##NAME(volatile VALUE* a, VALUE value, int order);  \
    VALUE __wrap___tsan_atomic##BITS##_##NAME(volatile VALUE* a, VALUE value, int order) { \
        POINT(a, sizeof(VALUE), atomic_update);                                            \
        return __real___tsan_atomic##BITS##_##NAME(a, value, order);                       \
    }

#define COMPARE_EXCHANGE(BITS, VALUE, NAME)                                                    \
    int __real___tsan_atomic##BITS##_##NAME(volatile VALUE* a, VALUE* expected, VALUE desired, \
                                            int order, int failure);                           \
    int __wrap___tsan_atomic##BITS##_##NAME(volatile VALUE* a, VALUE* expected, VALUE desired, \
                                            int order, int failure) {                          \
        POINT(a, sizeof(VALUE), atomic_update);                                                \
        return __real___tsan_atomic##BITS##_##NAME(a, expected, desired, order, failure);      \
    }

#define ATOMICS_OF(BITS, VALUE)                                                               \
    VALUE __real___tsan_atomic##BITS##_load(const volatile VALUE* a, int order);              \
    VALUE __wrap___tsan_atomic##BITS##_load(const volatile VALUE* a, int order) {             \
        POINT(a, sizeof(VALUE), atomic_load);                                                 \
        return __real___tsan_atomic##BITS##_load(a, order);                                   \
    }                                                                                         \
    void __real___tsan_atomic##BITS##_store(volatile VALUE* a, VALUE value, int order);       \
    void __wrap___tsan_atomic##BITS##_store(volatile VALUE* a, VALUE value, int order) {      \
        POINT(a, sizeof(VALUE), atomic_store);                                                \
        __real___tsan_atomic##BITS##_store(a, value, order);                                  \
    }                                                                                         \
    UPDATE(BITS, VALUE, exchange)                                                             \
    UPDATE(BITS, VALUE, fetch_add)                                                            \
    UPDATE(BITS, VALUE, fetch_sub)                                                            \
    UPDATE(BITS, VALUE, fetch_and)                                                            \
    UPDATE(BITS, VALUE, fetch_or)                                                             \
    UPDATE(BITS, VALUE, fetch_xor)                                                            \
    UPDATE(BITS, VALUE, fetch_nand)                                                           \
    COMPARE_EXCHANGE(BITS, VALUE, compare_exchange_strong)                                    \
    COMPARE_EXCHANGE(BITS, VALUE, compare_exchange_weak)                                      \
    VALUE __real___tsan_atomic##BITS##_compare_exchange_val(                                  \
        volatile VALUE* a, VALUE expected, VALUE desired, int order, int failure);            \
    VALUE __wrap___tsan_atomic##BITS##_compare_exchange_val(                                  \
        volatile VALUE* a, VALUE expected, VALUE desired, int order, int failure) {           \
        POINT(a, sizeof(VALUE), atomic_update);                                               \
        return __real___tsan_atomic##BITS##_compare_exchange_val(a, expected, desired, order, \
                                                                 failure);                    \
    }

extern "C" {

ATOMICS_OF(8, std::uint8_t)
ATOMICS_OF(16, std::uint16_t)
ATOMICS_OF(32, std::uint32_t)
ATOMICS_OF(64, std::uint64_t)
ATOMICS_OF(128, Wide)

void __real___tsan_atomic_thread_fence(int order);
void __wrap___tsan_atomic_thread_fence(int order) {
    POINT(nullptr, 0, atomic_update);
    __real___tsan_atomic_thread_fence(order);
}

}  // extern "C"

// NOLINTEND(readability-identifier-naming)
// NOLINTEND(bugprone-reserved-identifier,bugprone-macro-parentheses)
