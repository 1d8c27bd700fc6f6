// What a timeline shows, apart from how it is drawn: for each thread its states one after another,
// the spans of the simulated world in lanes, and the points where something happened.
//
// A layout holds only clean text (see printable.hpp) and its intervals lie within the axis, so that
// drawing needs no further care. Its size is bounded by the trace's and by `Limits`.
#pragma once

#include <lab/timeline/timeline.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lab::timeline {

enum class State : std::uint8_t {
    absent,   ///< not started yet, or ended
    ready,    ///< can run; where the axis is time, also: runs, for that takes none
    running,  ///< has the baton (only where the axis is steps)
    sleeping,
    waits_lock,  ///< a mutex or a reader-writer lock
    waits,       ///< a condition variable, a semaphore, a thread's end, input, …
    computing,   ///< has a virtual core
    span,        ///< a span of the simulated world, done or not yet ended
    cancelled,   ///< a span that was cancelled
    failed,      ///< a span that an exception ended
};
inline constexpr std::size_t state_count = static_cast<std::size_t>(State::failed) + 1;

/// "lock": for files and style sheets.
[[nodiscard]] std::string_view name_of(State state) noexcept;
/// In a legend: "waits for a lock".
[[nodiscard]] std::string_view meaning(State state) noexcept;

/// Positions are nanoseconds or steps, from 0 to `Layout::end`.
struct Interval {
    State state = State::absent;
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::string text;    ///< short, to be written inside: "fetch 3", "mutex #1"; may be ""
    std::string detail;  ///< one line that says all: "fetch 3, from 1 s to 2 s, cancelled"; or ""
};

struct Point {
    enum class Kind : std::uint8_t { event, notification, problem };
    Kind kind = Kind::event;
    std::int64_t at = 0;
    std::string text;   ///< "cancel 2"; for a problem its kind
    bool last = false;  ///< at the very end of an incomplete run: drawn at the end of its tail
};

struct Row {
    ThreadId thread = 0;
    std::string name;
    bool ended = false;
    std::vector<Interval> states;  ///< one after another, without gaps, over the whole axis
    /// Spans. In a lane none overlap, but in the only lane of a row that is not `concurrent`, where
    /// inner ones follow their outer ones.
    std::vector<std::vector<Interval>> lanes;
    /// Spans of this thread overlap as those of coroutines do: they are drawn below its states, a
    /// lane each. Otherwise they nest as calls do, and are drawn on the thread's own row.
    bool concurrent = false;
    std::size_t hidden_spans = 0;  ///< found no lane
    std::vector<Point> points;     ///< in order
};

struct Problem {
    std::string title;  ///< "lost wakeup after 1.2 s, at step 48"
    std::string summary;
    std::vector<std::string> lines;  ///< for each witness: who, in which state, where
};

struct Layout {
    Axis axis = Axis::time;  ///< never `automatic`
    std::int64_t end = 1;    ///< at least 1
    bool tail = false;       ///< the run was cut short: what is then goes on for ever
    std::vector<Row> rows;
    std::size_t hidden_threads = 0;
    std::vector<Problem> problems;
    std::size_t hidden_problems = 0;
    std::size_t left_out = 0;  ///< bars and marks that `thinned` found too short to be kept
};

struct Limits {
    std::size_t rows = 24;
    std::size_t lanes = 8;  ///< of one thread
    std::size_t problems = 8;
    std::size_t witnesses = 6;  ///< of one problem
};

[[nodiscard]] Layout lay_out(const Trace& trace, Axis axis, const Limits& limits = {});

/// The same run in few words, to be kept: without details, and with at most `most` bars and marks,
/// or what is left when each row has but a few. If there are more, those go that are too short to
/// be seen beside their neighbours, so that the whole of the run is there; a wait for a lock goes
/// last.
[[nodiscard]] Layout thinned(Layout layout, std::size_t most);

}  // namespace lab::timeline
