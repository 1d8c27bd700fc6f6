#include <lab/trace_builder.hpp>

#include <protocol/trace_codec.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lockstep {
namespace {

constexpr std::size_t max_events = 4'000'000;
constexpr std::size_t max_threads = 4'096;
constexpr std::size_t max_objects = 1'000'000;
constexpr std::size_t max_labels = 100'000;
constexpr std::size_t max_stacks = 1'000'000;
constexpr std::size_t max_frames = 256;
constexpr std::size_t max_diagnoses = 1'000;
constexpr std::size_t max_witnesses = 4'096;
constexpr std::uint64_t max_nanoseconds = std::uint64_t{1} << 62;

// Places -------------------------------------------------------------------------------------

void write(wire::Writer& writer, const lab::Place& place) {
    writer.text(place.function);
    writer.text(place.file);
    writer.number(place.line);
    writer.enumerator(place.owner);
}

lab::Place read_place(wire::Reader& reader) {
    lab::Place place;
    place.function = reader.text();
    place.file = reader.text();
    place.line = static_cast<unsigned>(reader.number(100'000'000));
    place.owner = reader.enumerator(lab::Owner::library);
    return place;
}

void write(wire::Writer& writer, const std::vector<lab::Place>& places) {
    const std::size_t shown = std::min(places.size(), max_frames);
    writer.number(shown);
    for (std::size_t i = 0; i < shown; ++i) write(writer, places[i]);
}

std::vector<lab::Place> read_places(wire::Reader& reader) {
    std::vector<lab::Place> places;
    for (std::size_t left = reader.length(max_frames); left > 0; --left)
        places.push_back(read_place(reader));
    return places;
}

// Diagnoses ----------------------------------------------------------------------------------

void write(wire::Writer& writer, const lab::Diagnosis& diagnosis) {
    writer.enumerator(diagnosis.kind);
    writer.text(diagnosis.summary);
    writer.number(diagnosis.step);
    writer.signed_number(diagnosis.at_ns);
    const std::size_t shown = std::min<std::size_t>(diagnosis.witnesses.size(), 64);
    writer.number(shown);
    for (std::size_t i = 0; i < shown; ++i) {
        const lab::Witness& witness = diagnosis.witnesses[i];
        writer.number(witness.thread);
        writer.text(witness.name);
        writer.text(witness.state);
        write(writer, witness.stack);
        write(writer, witness.place);
    }
}

lab::Diagnosis read_diagnosis(wire::Reader& reader) {
    lab::Diagnosis diagnosis;
    diagnosis.kind = reader.enumerator(lab::Diagnosis::Kind::out_of_bounds);
    diagnosis.summary = reader.text();
    diagnosis.step = static_cast<std::uint32_t>(reader.number(UINT32_MAX));
    diagnosis.at_ns = reader.signed_number();
    for (std::size_t left = reader.length(max_witnesses); left > 0; --left) {
        lab::Witness witness;
        witness.thread = static_cast<std::uint16_t>(reader.number(0xffff));
        witness.name = reader.text();
        witness.state = reader.text();
        witness.stack = read_places(reader);
        witness.place = read_place(reader);
        diagnosis.witnesses.push_back(std::move(witness));
    }
    return diagnosis;
}

// Threads and events -------------------------------------------------------------------------

void write(wire::Writer& writer, const lab::ThreadInfo& thread, bool stacks) {
    writer.text(thread.name);
    writer.number(thread.creator);
    writer.number(stacks ? thread.created_at : 0);
    writer.flag(thread.ended);
    writer.flag(thread.joined);
    writer.flag(thread.detached);
    writer.signed_number(thread.cpu.count());
}

lab::ThreadInfo read_thread(wire::Reader& reader) {
    lab::ThreadInfo thread;
    thread.name = reader.text();
    thread.creator = static_cast<lab::ThreadId>(reader.number(0xffff));
    thread.created_at = static_cast<lab::StackId>(reader.number(max_stacks));
    thread.ended = reader.flag();
    thread.joined = reader.flag();
    thread.detached = reader.flag();
    thread.cpu = lab::Duration{std::max<std::int64_t>(0, reader.signed_number())};
    return thread;
}

/// Steps and times are written as differences: most are 0 or 1, one byte each.
struct Before {
    std::uint32_t step = 0;
    std::int64_t at = 0;
};

void write(wire::Writer& writer, const lab::Event& event, Before& before, bool stacks) {
    writer.number(event.step - before.step);
    writer.number(static_cast<std::uint64_t>(event.at.count() - before.at));
    before = {event.step, event.at.count()};
    writer.number(event.thread);
    writer.enumerator(event.kind);
    writer.number(event.object);
    writer.signed_number(event.value);
    writer.number(event.label);
    writer.number(stacks ? event.stack : 0);
}

lab::Event read_event(wire::Reader& reader, Before& before) {
    lab::Event event;
    before.step += static_cast<std::uint32_t>(reader.number(UINT32_MAX - before.step));
    before.at += static_cast<std::int64_t>(
        reader.number(max_nanoseconds - static_cast<std::uint64_t>(before.at)));
    event.step = before.step;
    event.at = lab::Duration{before.at};
    event.thread = static_cast<lab::ThreadId>(reader.number(0xffff));
    event.kind = reader.enumerator(lab::EventKind::span_ended);
    event.object = static_cast<lab::ObjectId>(reader.number(UINT32_MAX));
    event.value = reader.signed_number();
    event.label = static_cast<std::uint32_t>(reader.number(max_labels));
    event.stack = static_cast<lab::StackId>(reader.number(max_stacks));
    return event;
}

/// An event's value names a thread, a wait, …: what a reader of the trace will look up.
void check_value(const lab::Event& event, std::size_t threads) {
    const auto within = [&event](std::int64_t least, std::int64_t beyond) {
        if (event.value < least || event.value >= beyond)
            throw wire::Malformed{"An event's value is out of its range."};
    };
    switch (event.kind) {
    case lab::EventKind::blocked: within(0, static_cast<int>(lab::Wait::child) + 1); break;
    case lab::EventKind::resumed: within(0, static_cast<int>(lab::Wake::ready) + 1); break;
    case lab::EventKind::thread_joined:
    case lab::EventKind::thread_detached: within(0, static_cast<std::int64_t>(threads)); break;
    case lab::EventKind::thread_started: within(-1, static_cast<std::int64_t>(threads)); break;
    case lab::EventKind::span_ended:
        if (event.object > static_cast<lab::ObjectId>(lab::Outcome::cancelled))
            throw wire::Malformed{"A span ends in no known way."};
        break;
    default: break;
    }
}

void check(const lab::TraceParts& parts, std::size_t stacks) {
    const auto require = [](bool holds, const char* otherwise) {
        if (!holds) throw wire::Malformed{otherwise};
    };
    require(!parts.threads.empty(), "A trace has no thread.");
    for (const lab::ThreadInfo& thread : parts.threads) {
        require(thread.created_at < stacks, "A thread's stack is not in the trace.");
        require(thread.creator == lab::no_thread || thread.creator < parts.threads.size(),
                "A thread's creator is not in the trace.");
    }
    for (const lab::Event& event : parts.events) {
        require(event.thread < parts.threads.size(), "An event's thread is not in the trace.");
        require(event.label < parts.labels.size(), "An event's label is not in the trace.");
        require(event.stack < stacks, "An event's stack is not in the trace.");
        check_value(event, parts.threads.size());
        const bool join =
            event.kind == lab::EventKind::blocked || event.kind == lab::EventKind::resumed;
        const bool outcome = event.kind == lab::EventKind::span_ended;
        require(outcome || event.object < parts.objects.size() ||
                    (join && event.object <= parts.threads.size()),
                "An event's object is not in the trace.");
    }
    for (const lab::Diagnosis& diagnosis : parts.diagnoses)
        for (const lab::Witness& witness : diagnosis.witnesses)
            require(witness.thread < parts.threads.size() || witness.thread == lab::no_thread,
                    "A witness is not in the trace.");
}

}  // namespace

void write_trace(wire::Writer& writer, lab::Trace&& trace, bool stacks) {
    // Resolved before the trace is taken apart.
    std::vector<std::vector<lab::Place>> places{{}};
    std::unordered_map<lab::StackId, lab::StackId> numbers{{0, 0}};
    const auto renumbered = [&](lab::StackId stack) {
        const auto [found, added] =
            numbers.emplace(stack, static_cast<lab::StackId>(places.size()));
        if (added) places.push_back(trace.stack(stack));
        return found->second;
    };
    std::vector<lab::StackId> of_events;
    std::vector<lab::StackId> of_threads;
    if (stacks) {
        for (const lab::Event& event : trace.events()) of_events.push_back(renumbered(event.stack));
        for (const lab::ThreadInfo& thread : trace.threads())
            of_threads.push_back(renumbered(thread.created_at));
    }
    lab::TraceParts parts = lab::TraceBuilder::take_apart(std::move(trace));
    for (std::size_t i = 0; i < of_events.size(); ++i) parts.events[i].stack = of_events[i];
    for (std::size_t i = 0; i < of_threads.size(); ++i) parts.threads[i].created_at = of_threads[i];

    writer.flag(parts.memory_points);
    writer.number(parts.steps);
    writer.flag(parts.completed);
    writer.flag(parts.touched_outside);
    writer.number(static_cast<std::uint64_t>(std::max<std::int64_t>(0, parts.makespan.count())));
    writer.number(parts.threads.size());
    for (const lab::ThreadInfo& thread : parts.threads) write(writer, thread, stacks);
    writer.number(parts.objects.size());
    for (const auto& [kind, number] : parts.objects) {
        writer.enumerator(kind);
        writer.number(number);
    }
    writer.number(parts.labels.size());
    for (const std::string& label : parts.labels) writer.text(label);
    writer.number(places.size());
    for (const std::vector<lab::Place>& stack : places) write(writer, stack);
    writer.number(parts.events.size());
    Before before;
    for (const lab::Event& event : parts.events) write(writer, event, before, stacks);
    writer.number(parts.diagnoses.size());
    for (const lab::Diagnosis& diagnosis : parts.diagnoses) write(writer, diagnosis);
}

lab::Trace read_trace(wire::Reader& reader, const Run& run) {
    lab::TraceParts parts;
    parts.policy = run.policy;
    parts.seed = run.seed;
    parts.spurious_wakeups = run.spurious_wakeups;
    parts.memory_points = reader.flag();
    parts.steps = static_cast<std::uint32_t>(reader.number(UINT32_MAX));
    parts.completed = reader.flag();
    parts.touched_outside = reader.flag();
    parts.makespan = lab::Duration{static_cast<std::int64_t>(reader.number(max_nanoseconds))};
    for (std::size_t left = reader.length(max_threads); left > 0; --left)
        parts.threads.push_back(read_thread(reader));
    parts.objects.clear();
    for (std::size_t left = reader.length(max_objects); left > 0; --left) {
        const auto kind = reader.enumerator(lab::ObjectKind::core);
        parts.objects.emplace_back(kind, static_cast<unsigned>(reader.number(UINT32_MAX)));
    }
    parts.labels.clear();
    for (std::size_t left = reader.length(max_labels); left > 0; --left)
        parts.labels.emplace_back(reader.text());
    std::vector<std::vector<lab::Place>> places;
    for (std::size_t left = reader.length(max_stacks); left > 0; --left)
        places.push_back(read_places(reader));
    Before before;
    for (std::size_t left = reader.length(max_events); left > 0; --left)
        parts.events.push_back(read_event(reader, before));
    for (std::size_t left = reader.length(max_diagnoses); left > 0; --left)
        parts.diagnoses.push_back(read_diagnosis(reader));

    if (parts.objects.empty() || parts.labels.empty() || places.empty() || !places[0].empty())
        throw wire::Malformed{"A table of a trace lacks its first entry."};
    check(parts, places.size());
    parts.makespan = std::max(parts.makespan, lab::Duration{before.at});
    parts.places = std::move(places);
    return lab::TraceBuilder::build(std::move(parts));
}

}  // namespace lockstep
