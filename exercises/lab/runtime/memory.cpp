// Scheduling points at memory accesses, in programs that are built for it.
#include <lab/runtime/tenancy.hpp>
#include <lab/runtime/world.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace lab::runtime {

namespace {

// What is on a thread's own stack is its own, nearly always. Where it is shared, the other threads'
// accesses to it are points, and an update lost there is as well lost.
bool on_own_stack(const Thread& self, const void* address) noexcept {
    const auto* at = static_cast<const std::byte*>(address);
    return at >= self.host->stack_low && at < self.host->stack_end;
}

// The insides of what the standard library and Asio offer as a whole are theirs. Points there would
// show faults of theirs (libstdc++ 12's std::counting_semaphore can sleep for ever: GCC bug
// 104928; its std::atomic<std::shared_ptr> spins on a lock of its own), which the program cannot
// help, and bury its own accesses. So a call into such a
// primitive is one point, and what only keeps objects alive is none.
Accessor find_accessor(void* caller) {
    const auto is_in = [](std::string_view function, auto... parts) {
        return ((function.find(parts) != std::string_view::npos) || ...);
    };
    for (const Place& place : places_of({&caller, 1})) {
        if (place.owner == Owner::program) break;
        if (is_in(place.function, "std::counting_semaphore", "std::__atomic_semaphore",
                  "std::latch", "std::barrier", "std::__tree_barrier", "std::__detail::__waiter",
                  "std::_Sp_atomic"))
            return Accessor::primitive;
        if (is_in(place.function, "std::_Sp_counted", "std::__shared_count",
                  "_Stop_state_t::_M_add_owner", "_Stop_state_t::_M_release_ownership",
                  "_Stop_state_t::_M_add_ssrc", "_Stop_state_t::_M_sub_ssrc", "boost::asio::"))
            return Accessor::plumbing;
    }
    return Accessor::program;
}

/// What is in an atomic, or enough of it to tell whether it has changed.
std::uint64_t value_at(const void* address, std::size_t size) noexcept {
    const auto load = [](const auto* at) { return __atomic_load_n(at, __ATOMIC_RELAXED); };
    switch (size) {
    case 1: return load(static_cast<const std::uint8_t*>(address));
    case 2: return load(static_cast<const std::uint16_t*>(address));
    case 4: return load(static_cast<const std::uint32_t*>(address));
    case 8: return load(static_cast<const std::uint64_t*>(address));
    case 16: {
        const auto* halves = static_cast<const std::uint64_t*>(address);
        constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;  // so that the halves do not cancel out
        return load(halves) + odd * load(halves + 1);
    }
    default: return 0;
    }
}

/// Looking at the same few atomics over and over is waiting for them to change. So is an update
/// that finds what the thread's last one of the same atomic found: a compare_exchange that failed,
/// or an exchange for what was there.
Progress progress_of(Thread& self, const void* address, std::size_t size, MemoryAccess kind) {
    if (kind == MemoryAccess::atomic_load) {
        const bool again = std::ranges::find(self.last_loads, address) != self.last_loads.end();
        self.last_loads[self.load_count++ % self.last_loads.size()] = address;
        return again ? Progress::none : Progress::possible;
    }
    if (kind == MemoryAccess::atomic_update && address != nullptr) {
        const std::uint64_t found = value_at(address, size);
        const bool again =
            std::exchange(self.last_update, address) == address && self.found_there == found;
        self.found_there = found;
        return again ? Progress::none : Progress::possible;
    }
    return Progress::possible;
}

}  // namespace

Accessor World::accessor(void* caller) {
    const auto [found, is_new] = accessors_.try_emplace(caller, Accessor::program);
    if (is_new) found->second = find_accessor(caller);
    return found->second;
}

void World::access(Thread& self, const void* address, std::size_t size, MemoryAccess kind,
                   void* caller) {
    const Accessor whose = accessor(caller);
    if (whose == Accessor::plumbing) return;
    if (whose == Accessor::primitive) {
        // Such a call begins with a load, and ends with an update or with a wait.
        const bool begins = kind == MemoryAccess::atomic_load && !self.within_primitive;
        self.within_primitive = kind == MemoryAccess::atomic_load;
        if (!begins) return;
    } else {
        self.within_primitive = false;
    }
    const Progress progress = progress_of(self, address, size, kind);
    if (!options_.memory_points && progress == Progress::possible) return;
    record(self, EventKind::accessed, 0, static_cast<std::int64_t>(kind));
    point(self, progress);
}

void memory_point(const void* address, std::size_t size, MemoryAccess kind, void* caller) noexcept {
    Thread* self = current;
    if (self == nullptr) return;
    const bool plain = kind == MemoryAccess::read || kind == MemoryAccess::write;
    if (plain && on_own_stack(*self, address)) return;
    const Visit visit(*self);
    world().access(*self, address, size, kind, caller);
}

}  // namespace lab::runtime
