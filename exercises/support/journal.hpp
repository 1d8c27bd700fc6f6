// What the processes of a real run share: a page of memory in which the given work writes who did
// what, and by which the run is made the same on every machine (real_run.hpp).
//
// The page is a file that an environment variable names, so that whoever is started with the
// environment finds it. Outside a real run there is none, and nothing here does anything.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sys/types.h>

namespace lockstep::journal {

/// What befalls the worker that comes to a certain number.
enum class Mishap : std::uint32_t {
    none,
    killed,             ///< a signal ends it
    garbage,            ///< it prints what is no result, and ends well
    silence,            ///< it ends well, and has printed nothing
    status,             ///< it prints its result, and ends with exit code 3
    last,               ///< nothing bad: it goes on when everybody else has ended, or waits
    killed_at_the_end,  ///< it prints its result, and then a signal ends it
    status_last,        ///< as `last`, and then as `status`
    noise,              ///< it prints what is no result, and then its result, and ends well
};

/// One call of the given work.
struct Record {
    std::int32_t process;
    std::uint32_t values;  ///< how much work it was
    std::uint64_t start;
    std::int64_t begin_ns;  ///< CLOCK_MONOTONIC
    std::int64_t end_ns;
};

/// A process that has called the given work.
struct Worker {
    std::int32_t process;
    std::uint32_t program;            ///< 1: it is the exercise's worker program
    std::uint64_t arguments;          ///< bytes of its command line
    std::atomic<std::uint32_t> done;  ///< calls it has come back from; `gone` when it has ended
};
inline constexpr std::uint32_t gone = 0xffff'ffffU;

struct Page {
    // Written before the run.
    std::int32_t caller = 0;  ///< the process that was asked for the result
    std::uint32_t workers = 0;
    Mishap mishap = Mishap::none;
    std::uint64_t mishap_at = 0;
    std::int64_t nap_ns = 0;

    // Written in it.
    std::atomic<std::uint32_t> turn{0};      ///< counts whatever somebody may be waiting for
    std::atomic<std::uint32_t> waiting{0};   ///< processes that wait for others here
    std::atomic<std::uint32_t> arrived{0};   ///< workers that have come so far
    std::atomic<std::uint32_t> met{0};       ///< 1: as many as were asked for
    std::atomic<std::uint32_t> released{0};  ///< nobody waits here any more
    std::atomic<std::uint32_t> programs{0};  ///< worker programs that were started
    std::atomic<std::uint32_t> records{0};
    std::array<Worker, 128> worker{};
    std::array<Record, 65'536> record{};
    std::array<char, 512> unwritten{};  ///< what todo() said
    // Written at its end, by the caller.
    std::uint32_t returned = 0;
    std::uint32_t left_running = 0;
    std::uint32_t left_dead = 0;
    std::uint32_t left_threads = 0;
    std::uint64_t bytes_moved = 0;
    std::int64_t wall_ns = 0;
    std::uint32_t told_size = 0;
    std::array<char, 65'536> told{};
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

inline constexpr const char* variable = "LOCKSTEP_JOURNAL";

/// This process's page; null outside a real run.
[[nodiscard]] Page* page() noexcept;
/// From now on this is the page of this process, and of those that it forks.
void attach(Page* page) noexcept;

/// Everybody who waits at the page looks again.
void wake_all(Page& page) noexcept;

/// Keeps what todo() says, for the process that says it may be a worker.
void note_unwritten(std::string_view text) noexcept;

/// A call of the given work outside the lab.
class Entry {
public:
    Entry(std::uint64_t start, std::size_t values) noexcept
        : page_{page()}, start_{start}, values_{values} {}

    /// Whether there is a page to write it to.
    [[nodiscard]] bool wanted() const noexcept { return page_ != nullptr; }
    /// Waits for its turn, suffers what is to be suffered, and writes it down.
    void compute() noexcept;

private:
    Page* page_;
    std::uint64_t start_;
    std::size_t values_;
};

}  // namespace lockstep::journal
