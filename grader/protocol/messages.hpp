// The messages between the driver and a worker; README.md beside this file draws the conversation.
#pragma once

#include <lab/trace.hpp>

#include <protocol/wire.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// Increased with every change of a message's bytes.
inline constexpr std::uint64_t protocol_version = 3;

inline constexpr std::size_t max_runs = 10'000;

/// Named lists of numbers: what a scenario is played with, and what it answers.
using Numbers = std::map<std::string, std::vector<std::int64_t>, std::less<>>;

/// One run of a scenario in the lab.
struct Run {
    lab::Policy policy;
    std::uint64_t seed = 1;
    unsigned spurious_wakeups = 0;

    friend bool operator==(const Run&, const Run&) = default;
};

/// What the worker is to play.
struct Request {
    std::string scenario;
    Numbers workload;
    std::vector<Run> runs;
    unsigned cores = 4;
    bool compute_takes_time = true;
    std::uint32_t max_steps = 1'000'000;
    std::uint32_t max_spin = 200'000;
    bool stacks = false;      ///< record the stack of every event
    bool until_race = false;  ///< end after the first run with a data race

    friend bool operator==(const Request&, const Request&) = default;
};

/// "Not written yet", as the skeleton's todo() throws it.
struct Unwritten {
    std::string file;
    unsigned line = 0;
    std::string what;

    friend bool operator==(const Unwritten&, const Unwritten&) = default;
};

/// What a scenario tells beside its trace.
struct Answer {
    bool finished = false;  ///< the scenario came to its end
    std::optional<Unwritten> unwritten;
    Numbers numbers;
    std::map<std::string, std::string, std::less<>> texts;

    /// The first number of that name; nullopt when there is none.
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;
    /// Empty when there is none of that name.
    [[nodiscard]] const std::vector<std::int64_t>& list(std::string_view name) const;
    [[nodiscard]] std::string_view text(std::string_view name) const;

    friend bool operator==(const Answer&, const Answer&) = default;
};

struct Played {
    Answer answer;
    lab::Trace trace;
};

struct Finished {
    std::uint64_t runs = 0;
    std::string complaint;  ///< why the worker could not play at all; "" as a rule
};

enum class MessageKind : std::uint8_t {
    request = 1,   ///< play this, and end
    played = 2,    ///< a run
    finished = 3,  ///< there are no more runs
    turn = 4,      ///< play this in a child, and be ready for more; a request's bytes
    ready = 5,     ///< the child has ended; no bytes
};

[[nodiscard]] std::string encode(const Request& request);
/// `trace` is left empty.
[[nodiscard]] std::string encode_played(const Answer& answer, lab::Trace&& trace, bool stacks);
[[nodiscard]] std::string encode(const Finished& finished);

// Each throws wire::Malformed.
[[nodiscard]] Request decode_request(std::string_view bytes);
/// `run` is what was asked for: the trace's policy and seed are taken from there, not from the
/// bytes.
[[nodiscard]] Played decode_played(std::string_view bytes, const Run& run);
[[nodiscard]] Finished decode_finished(std::string_view bytes);

}  // namespace lockstep
