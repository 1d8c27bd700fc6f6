// What the checks of exercise 04's fetch_first plan, and what has to come of it.
#pragma once

#include "calls.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace lockstep::timeout {

/// What a mirror does. `slow`: it would give the page after per_try; `aborting`: it throws
/// operation_aborted, though nobody has cancelled it; `odd`: it throws an int; `limited`: it throws
/// a TimedOut of its own, with a limit that is neither per_try nor total.
enum class Reply : std::int64_t { page, broken, unconnected, slow, aborting, odd, limited };

/// The limit in a `limited` mirror's TimedOut; as in scenarios_mirrors.cpp.
inline constexpr std::int64_t own_limit = 7 * millisecond;

struct Try {
    Reply reply = Reply::page;
    std::int64_t time = 0;
    std::int64_t tidying = 0;
};

/// The names are those of scenarios_mirrors.cpp; times in nanoseconds, and whole milliseconds.
struct Tries {
    std::vector<Try> mirrors;
    std::int64_t per_try = 0;
    std::int64_t total = 0;
    std::int64_t cancel = never;
    std::int64_t salt = 0;
    std::int64_t blank = -1;  ///< the page of this mirror has no text
    bool beside = false;      ///< another search is under way in the same loop

    [[nodiscard]] Numbers workload() const;
};

/// A mirror for each reply, and a total that does not matter.
[[nodiscard]] Tries drawn_tries(Draw& draw, std::initializer_list<Reply> replies);

struct Upshot {
    std::vector<std::int64_t> begins;  ///< when each mirror that is tried is begun
    End end;
};
[[nodiscard]] Upshot outcome_of(const Tries& tries);

[[nodiscard]] End end_of_tries(const Played& run);

/// "per_try 200 ms, total 2 s, mirrors: too slow, a MirrorError after 80 ms, a page after 90 ms"
[[nodiscard]] std::string described(const Tries& tries);

}  // namespace lockstep::timeout
