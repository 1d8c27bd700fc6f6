// Memory accesses as scheduling points: the functions that a program compiled with
// -fsanitize=thread calls, for programs that are linked without ThreadSanitizer's runtime.
//
// The functions are those that GCC's and Clang's passes emit (gcc/sanitizer.def, gcc/tsan.cc;
// llvm/lib/Transforms/Instrumentation/ThreadSanitizer.cpp; compiler-rt's tsan_interface.h). Their
// names are made by the compiler, hence the macros. This file itself must not be instrumented.
#include <lab/races/memory_point.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

using lab::runtime::memory_point;
using lab::runtime::MemoryAccess;

__extension__ using Wide = unsigned __int128;

// The atomics are carried out seq_cst whatever was asked for: the lab explores interleavings, not
// weak memory, and threads outside of a run lose nothing but a little time.
template <class Value>
struct Atomic {
    static Value load(const volatile Value* address) {
        return __atomic_load_n(address, __ATOMIC_SEQ_CST);
    }
    static void store(volatile Value* address, Value value) {
        __atomic_store_n(address, value, __ATOMIC_SEQ_CST);
    }
    template <class Operation>
    static Value update(volatile Value* address, Operation operation) {
        Value old = load(address);
        while (!__atomic_compare_exchange_n(address, &old, operation(old), true, __ATOMIC_SEQ_CST,
                                            __ATOMIC_SEQ_CST)) {
        }
        return old;
    }
    static bool compare_exchange(volatile Value* address, Value* expected, Value desired) {
        return __atomic_compare_exchange_n(address, expected, desired, false, __ATOMIC_SEQ_CST,
                                           __ATOMIC_SEQ_CST);
    }
};

// Sixteen bytes would need libatomic. All users come through here, so a lock makes them atomic: so
// does TSan itself where the processor cannot (tsan_interface_atomic.cpp, mutex128). No scheduling
// point comes between its acquisition and release.
constinit std::atomic_flag wide_lock;

struct WideLock {
    WideLock() {
        while (wide_lock.test_and_set(std::memory_order_acquire)) {
        }
    }
    ~WideLock() { wide_lock.clear(std::memory_order_release); }
    WideLock(const WideLock&) = delete;
    WideLock& operator=(const WideLock&) = delete;
};

template <>
struct Atomic<Wide> {
    static Wide load(const volatile Wide* address) {
        const WideLock lock;
        return *address;
    }
    static void store(volatile Wide* address, Wide value) {
        const WideLock lock;
        *address = value;
    }
    template <class Operation>
    static Wide update(volatile Wide* address, Operation operation) {
        const WideLock lock;
        const Wide old = *address;
        *address = operation(old);
        return old;
    }
    static bool compare_exchange(volatile Wide* address, Wide* expected, Wide desired) {
        const WideLock lock;
        const Wide old = *address;
        const bool equal = old == *expected;
        if (equal) *address = desired;
        *expected = old;
        return equal;
    }
};

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier,bugprone-macro-parentheses)
// NOLINTBEGIN(readability-identifier-naming,readability-inconsistent-declaration-parameter-name)

#define POINT(ADDRESS, SIZE, KIND)                                                            \
    memory_point(const_cast<const void*>(static_cast<const volatile void*>(ADDRESS)), (SIZE), \
                 MemoryAccess::KIND, __builtin_return_address(0))

#define ACCESS(NAME, SIZE, KIND) \
    void __tsan_##NAME##SIZE(void* a) { POINT(a, SIZE, KIND); }

#define ACCESSES_OF(SIZE)                       \
    ACCESS(read, SIZE, read)                    \
    ACCESS(write, SIZE, write)                  \
    ACCESS(read_write, SIZE, write)             \
    ACCESS(unaligned_read, SIZE, read)          \
    ACCESS(unaligned_write, SIZE, write)        \
    ACCESS(unaligned_read_write, SIZE, write)   \
    ACCESS(volatile_read, SIZE, read)           \
    ACCESS(volatile_write, SIZE, write)         \
    ACCESS(unaligned_volatile_read, SIZE, read) \
    ACCESS(unaligned_volatile_write, SIZE, write)

#define UPDATE(BITS, VALUE, NAME, EXPRESSION)                                               \
    VALUE __tsan_atomic##BITS##_##NAME(volatile VALUE* a, VALUE value, int) {               \
        POINT(a, sizeof(VALUE), atomic_update);                                             \
        return Atomic<VALUE>::update(                                                       \
            a, [&]([[maybe_unused]] VALUE old) { return static_cast<VALUE>(EXPRESSION); }); \
    }

#define COMPARE_EXCHANGE(BITS, VALUE, NAME)                                                  \
    int __tsan_atomic##BITS##_##NAME(volatile VALUE* a, VALUE* expected, VALUE desired, int, \
                                     int) {                                                  \
        POINT(a, sizeof(VALUE), atomic_update);                                              \
        return Atomic<VALUE>::compare_exchange(a, expected, desired) ? 1 : 0;                \
    }

#define ATOMICS_OF(BITS, VALUE)                                                         \
    VALUE __tsan_atomic##BITS##_load(const volatile VALUE* a, int) {                    \
        POINT(a, sizeof(VALUE), atomic_load);                                           \
        return Atomic<VALUE>::load(a);                                                  \
    }                                                                                   \
    void __tsan_atomic##BITS##_store(volatile VALUE* a, VALUE value, int) {             \
        POINT(a, sizeof(VALUE), atomic_store);                                          \
        Atomic<VALUE>::store(a, value);                                                 \
    }                                                                                   \
    UPDATE(BITS, VALUE, exchange, value)                                                \
    UPDATE(BITS, VALUE, fetch_add, old + value)                                         \
    UPDATE(BITS, VALUE, fetch_sub, old - value)                                         \
    UPDATE(BITS, VALUE, fetch_and, old& value)                                          \
    UPDATE(BITS, VALUE, fetch_or, old | value)                                          \
    UPDATE(BITS, VALUE, fetch_xor, old ^ value)                                         \
    UPDATE(BITS, VALUE, fetch_nand, ~(old & value))                                     \
    COMPARE_EXCHANGE(BITS, VALUE, compare_exchange_strong)                              \
    COMPARE_EXCHANGE(BITS, VALUE, compare_exchange_weak)                                \
    VALUE __tsan_atomic##BITS##_compare_exchange_val(volatile VALUE* a, VALUE expected, \
                                                     VALUE desired, int, int) {         \
        POINT(a, sizeof(VALUE), atomic_update);                                         \
        Atomic<VALUE>::compare_exchange(a, &expected, desired);                         \
        return expected;                                                                \
    }

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_ignore_thread_begin() {}
void __tsan_ignore_thread_end() {}

ACCESSES_OF(1)
ACCESSES_OF(2)
ACCESSES_OF(4)
ACCESSES_OF(8)
ACCESSES_OF(16)

void __tsan_read_range(void* a, std::size_t size) { POINT(a, size, read); }
void __tsan_write_range(void* a, std::size_t size) { POINT(a, size, write); }
void __tsan_vptr_read(void** a) { POINT(a, sizeof *a, read); }
void __tsan_vptr_update(void** a, void*) { POINT(a, sizeof *a, write); }

// Clang 15 and newer, in place of the plain functions.
void* __tsan_memcpy(void* to, const void* from, std::size_t size) {
    POINT(from, size, read);
    POINT(to, size, write);
    return std::memcpy(to, from, size);
}
void* __tsan_memmove(void* to, const void* from, std::size_t size) {
    POINT(from, size, read);
    POINT(to, size, write);
    return std::memmove(to, from, size);
}
void* __tsan_memset(void* to, int value, std::size_t size) {
    POINT(to, size, write);
    return std::memset(to, value, size);
}

ATOMICS_OF(8, std::uint8_t)
ATOMICS_OF(16, std::uint16_t)
ATOMICS_OF(32, std::uint32_t)
ATOMICS_OF(64, std::uint64_t)
ATOMICS_OF(128, Wide)

// A fence is a point, too: between a store and what the fence is to keep behind it.
void __tsan_atomic_thread_fence(int) {
    POINT(nullptr, 0, atomic_update);
    std::atomic_thread_fence(std::memory_order_seq_cst);
}
void __tsan_atomic_signal_fence(int) { std::atomic_signal_fence(std::memory_order_seq_cst); }

}  // extern "C"

// NOLINTEND(readability-identifier-naming,readability-inconsistent-declaration-parameter-name)
// NOLINTEND(bugprone-reserved-identifier,bugprone-macro-parentheses)
