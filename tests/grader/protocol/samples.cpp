#include "samples.hpp"

namespace samples {

lockstep::Request request() {
    lockstep::Request request;
    request.scenario = "downloads";
    request.workload = {{"latencies", {1, -2, 3'000'000'000}}, {"threads", {3}}, {"none", {}}};
    request.cores = 8;
    request.compute_takes_time = false;
    request.stacks = true;
    request.until_race = true;
    request.runs = {{lab::Policy::round_robin(), 1, 0},
                    {lab::Policy::pct(3, 77), 2, 32},
                    {lab::Policy::replay({0, 1, 65'535}), 3, 0}};
    return request;
}

lockstep::Answer answer() {
    lockstep::Answer answer;
    answer.finished = true;
    answer.unwritten = lockstep::Unwritten{"/submission/downloads.cpp", 12, "not written yet"};
    answer.numbers = {{"pages", {3, 1, 2}}};
    answer.texts = {{"threw", "FetchError"}};
    return answer;
}

lab::TraceParts trace() {
    using lab::EventKind;
    lab::TraceParts parts;
    parts.policy = lab::Policy::random_walk();
    parts.seed = 9;
    parts.steps = 40;
    parts.completed = false;
    parts.makespan = lab::Duration{5'000};
    parts.threads.resize(2);
    parts.threads[0].name = "main";
    parts.threads[1] = {"worker", 0, 1, true, true, false, lab::Duration{70}};
    parts.objects.emplace_back(lab::ObjectKind::mutex, 1);
    parts.labels.emplace_back("fetch");
    const lab::Place place{"download", "/submission/downloads.cpp", 23, lab::Owner::program};
    parts.places = {{}, {place, place}};
    const auto add = [&](std::uint32_t step, std::int64_t at, lab::ThreadId thread, EventKind kind,
                         lab::ObjectId object, std::int64_t value, std::uint32_t label) {
        parts.events.push_back({step, lab::Duration{at}, thread, kind, object, value, label, 1});
    };
    add(0, 0, 0, EventKind::thread_started, 0, -1, 0);
    add(1, 0, 1, EventKind::thread_started, 0, 0, 0);
    add(2, 0, 1, EventKind::locked, 1, 0, 0);
    add(2, 0, 1, EventKind::span_begun, 0, 7, 1);
    add(3, 0, 0, EventKind::blocked, 2, static_cast<int>(lab::Wait::join), 0);
    add(9, 4'000, 1, EventKind::span_ended, static_cast<lab::ObjectId>(lab::Outcome::failed), 7, 1);
    lab::Diagnosis diagnosis;
    diagnosis.kind = lab::Diagnosis::Kind::lock_cycle;
    diagnosis.summary = "Two threads wait for each other.";
    diagnosis.step = 40;
    diagnosis.at_ns = 5'000;
    diagnosis.witnesses = {{1, "worker", "waits for mutex #1", {place}, place}};
    parts.diagnoses = {diagnosis};
    return parts;
}

}  // namespace samples
