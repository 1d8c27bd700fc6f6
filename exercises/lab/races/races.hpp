// Data races: found by ThreadSanitizer where the program is built with it, and only there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lab {

struct RaceDetection {
    bool available = false;
    std::string reason;  ///< one sentence when it is not; "" when it is
};

/// Whether this process finds data races. Decided once, by a canary: a race that is there must be
/// reported. Throws nothing. Do not call it inside a run.
[[nodiscard]] const RaceDetection& race_detection();

namespace races {

/// One access of the two; or, in reports that are not about accesses, one of the places.
struct Access {
    std::string what;  ///< "write of 8 bytes", "previous atomic read of 4 bytes"; or ""
    const void* address = nullptr;
    std::size_t size = 0;  ///< bytes
    bool write = false;
    bool atomic = false;
    int tsan_thread = -1;             ///< TSan's own number
    std::uint64_t system_thread = 0;  ///< its kernel thread (gettid); 0 for a TSan fiber
    std::vector<void*> stack;         ///< return addresses, innermost first
};

struct Report {
    std::string what;              ///< "data race", "heap-use-after-free", "mutex-bad-unlock", …
    bool race = false;             ///< two unordered accesses (the freeing of memory is one, too)
    std::vector<Access> accesses;  ///< the later one first
    /// "a heap block of 40 bytes", "global variable 'hits'", "a stack", …; "" if unknown, as it is
    /// for the lab's own stacks.
    std::string location;
    std::vector<void*> location_stack;  ///< where the heap block was allocated
};

/// From `begin` to `end` reports are kept instead of printed, and do not count in the exit code of
/// the process. The lab calls both, around a run. `begin` forgets reports that were not taken.
void begin() noexcept;
void end() noexcept;

/// The reports since the last call, oldest first; the first 32 when nobody took them. Not callable
/// from within a report. One caller at a time.
[[nodiscard]] std::vector<Report> take();
/// Whether there are reports to take. A load; callable at every scheduling step.
[[nodiscard]] bool any() noexcept;

}  // namespace races
}  // namespace lab
