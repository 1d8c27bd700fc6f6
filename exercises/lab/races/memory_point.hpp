// Scheduling points at memory accesses: what the instrumented program calls into.
//
// Two kinds of programs reach it. In one that is compiled with -fsanitize=thread but linked with
// memory_points.cpp in the runtime's place, every access and every atomic does; in one that is
// linked with ThreadSanitizer, only the atomics do (tsan_atomics.cpp).
#pragma once

#include <cstddef>
#include <cstdint>

namespace lab::runtime {

enum class MemoryAccess : std::uint8_t {
    read,
    write,
    atomic_load,
    atomic_store,
    atomic_update,  ///< an exchange, a fetch_…, a compare_exchange, whether it succeeds or not
};

/// Called before the access. `caller` is the return address into the program. Must be cheap outside
/// a run, and may be called from anywhere: before main, in signal handlers, and from within the lab
/// itself, for the linker may have merged an inline function of the lab with the instrumented one
/// of the program.
void memory_point(const void* address, std::size_t size, MemoryAccess kind, void* caller) noexcept;

}  // namespace lab::runtime
