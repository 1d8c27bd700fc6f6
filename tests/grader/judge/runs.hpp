// Runs as a worker might send them, made by hand.
#pragma once

#include <protocol/messages.hpp>

#include <lab/trace_builder.hpp>

#include <string>
#include <utility>

namespace lockstep::made {

inline const lab::Place in_student_file{"download", "/submission/downloads.cpp", 23,
                                        lab::Owner::program};
inline const lab::Place in_kit{"fetch", "/kit/site.cpp", 5, lab::Owner::program};

/// Two threads; `mark` is an event's label.
inline lab::TraceParts parts(const std::string& mark = "came back") {
    lab::TraceParts parts;
    parts.policy = lab::Policy::round_robin();
    parts.threads.resize(2);
    parts.threads[1].creator = 0;
    parts.labels.push_back(mark);
    parts.places = {{}, {in_kit, in_student_file}};
    lab::Event event;
    event.kind = lab::EventKind::marked;
    event.label = 1;
    event.stack = 1;
    parts.events.push_back(event);
    return parts;
}

inline lab::Diagnosis diagnosis(lab::Diagnosis::Kind kind) {
    lab::Diagnosis diagnosis;
    diagnosis.kind = kind;
    diagnosis.summary = "two threads wait for each other";
    diagnosis.witnesses = {
        {1, "thread 1", "waits for mutex #1", {in_kit, in_student_file}, in_kit}};
    return diagnosis;
}

inline Played played(lab::TraceParts parts) {
    Answer answer;
    answer.finished = true;
    return {std::move(answer), lab::TraceBuilder::build(std::move(parts))};
}

inline Played played(lab::Diagnosis::Kind kind) {
    lab::TraceParts with = parts();
    with.diagnoses.push_back(diagnosis(kind));
    return played(std::move(with));
}

}  // namespace lockstep::made
