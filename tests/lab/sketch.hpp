// Traces sketched by hand, for the tests of what reads traces.
#pragma once

#include <lab/trace_builder.hpp>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sketch {

using namespace std::chrono_literals;
using lab::Duration;
using lab::EventKind;
using lab::ObjectId;
using lab::ObjectKind;
using lab::Outcome;
using lab::ThreadId;
using lab::Wait;
using lab::Wake;

/// Writes a trace down from its first event to its last. Each event is a step of its own unless
/// `same_step` is called; time passes with `at`.
class Sketch {
public:
    explicit Sketch(std::size_t threads = 1) {
        for (std::size_t i = 0; i < threads; ++i) {
            lab::ThreadInfo info;
            info.creator = i == 0 ? lab::no_thread : ThreadId{0};
            parts_.threads.push_back(info);
        }
    }

    Sketch& name(ThreadId thread, std::string_view name) {
        parts_.threads[thread].name = name;
        return *this;
    }
    Sketch& at(Duration time) {
        now_ = time;
        return *this;
    }
    Sketch& same_step() {
        same_step_ = true;
        return *this;
    }

    ObjectId object(ObjectKind kind) {
        unsigned number = 1;
        for (const auto& [other, count] : parts_.objects) {
            number += other == kind ? 1 : 0;
        }
        parts_.objects.emplace_back(kind, number);
        return static_cast<ObjectId>(parts_.objects.size() - 1);
    }

    Sketch& event(ThreadId thread, EventKind kind, ObjectId object = 0, std::int64_t value = 0,
                  std::string_view label = "") {
        if (!same_step_) {
            parts_.schedule.push_back(thread);
            ++parts_.steps;
        }
        same_step_ = false;
        lab::Event event;
        event.step = parts_.steps;
        event.at = now_;
        event.thread = thread;
        event.kind = kind;
        event.object = object;
        event.value = value;
        event.label = label_number(label);
        parts_.events.push_back(event);
        return *this;
    }

    Sketch& start(ThreadId thread, std::int64_t creator = 0) {
        return event(thread, EventKind::thread_started, 0, creator);
    }
    Sketch& end(ThreadId thread) {
        parts_.threads[thread].ended = true;
        return event(thread, EventKind::thread_ended);
    }
    Sketch& block(ThreadId thread, Wait wait, ObjectId object = 0) {
        return event(thread, EventKind::blocked, object, static_cast<std::int64_t>(wait));
    }
    Sketch& resume(ThreadId thread, Wake wake = Wake::granted, ObjectId object = 0) {
        return event(thread, EventKind::resumed, object, static_cast<std::int64_t>(wake));
    }
    Sketch& join(ThreadId thread, ThreadId other) {
        return block(thread, Wait::join, ObjectId{other} + 1);
    }
    Sketch& lock(ThreadId thread, ObjectId object) {
        return event(thread, EventKind::locked, object);
    }
    Sketch& unlock(ThreadId thread, ObjectId object) {
        return event(thread, EventKind::unlocked, object);
    }
    Sketch& notify(ThreadId thread, ObjectId object, std::int64_t woken) {
        return event(thread, EventKind::notified, object, woken);
    }
    Sketch& compute(ThreadId thread, std::int64_t core) {
        return event(thread, EventKind::computing, 0, core);
    }
    Sketch& computed(ThreadId thread, Duration cost) {
        parts_.threads[thread].cpu += cost;
        return event(thread, EventKind::computed, 0, cost.count());
    }
    Sketch& mark(ThreadId thread, std::string_view label, std::int64_t value = 0) {
        return event(thread, EventKind::marked, 0, value, label);
    }
    Sketch& begin(ThreadId thread, std::string_view label, std::int64_t value = 0) {
        return event(thread, EventKind::span_begun, 0, value, label);
    }
    Sketch& finish(ThreadId thread, std::string_view label, std::int64_t value = 0,
                   Outcome outcome = Outcome::done) {
        return event(thread, EventKind::span_ended, static_cast<ObjectId>(outcome), value, label);
    }

    Sketch& diagnose(lab::Diagnosis::Kind kind, std::string_view summary,
                     std::initializer_list<std::pair<ThreadId, std::string_view>> witnesses = {}) {
        lab::Diagnosis diagnosis;
        diagnosis.kind = kind;
        diagnosis.summary = summary;
        diagnosis.step = parts_.steps;
        diagnosis.at_ns = now_.count();
        for (const auto& [thread, state] : witnesses) {
            lab::Witness witness;
            witness.thread = thread;
            const bool known = thread < parts_.threads.size();
            witness.name = known ? parts_.threads[thread].name : "";
            if (witness.name.empty()) {
                witness.name = thread == 0 ? "main" : "thread " + std::to_string(thread);
            }
            witness.state = state;
            diagnosis.witnesses.push_back(witness);
        }
        parts_.diagnoses.push_back(diagnosis);
        parts_.completed = parts_.completed && !lab::fatal(kind);
        return *this;
    }

    /// What has been written so far, for what the functions above cannot say.
    lab::TraceParts& parts() { return parts_; }

    /// The run ends now.
    [[nodiscard]] lab::Trace trace() const {
        lab::TraceParts parts = parts_;
        parts.makespan = now_;
        return lab::TraceBuilder::build(std::move(parts));
    }

private:
    std::uint32_t label_number(std::string_view label) {
        for (std::size_t i = 0; i < parts_.labels.size(); ++i) {
            if (parts_.labels[i] == label) {
                return static_cast<std::uint32_t>(i);
            }
        }
        parts_.labels.emplace_back(label);
        return static_cast<std::uint32_t>(parts_.labels.size() - 1);
    }

    lab::TraceParts parts_;
    Duration now_{0};
    bool same_step_ = false;
};

}  // namespace sketch
