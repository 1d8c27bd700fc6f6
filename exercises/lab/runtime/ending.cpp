// How runs end before their time, and the evidence that is taken from them.
#include <lab/runtime/world.hpp>

#include <lab/races/annotations.hpp>
#include <lab/races/races.hpp>
#include <lab/symbols/capture.hpp>

#include <algorithm>
#include <string>

namespace lab::runtime {

RawDiagnosis::RawWitness World::witness_of(const Thread& thread, std::string state) const {
    return {thread.id, std::move(state), thread.stack};
}

void World::note(Diagnosis::Kind kind, std::string summary, Thread& witness, std::string state,
                 StackId where) {
    if (where != 0) {
        const std::vector<void*>& recorded = parts_.stacks[where];
        std::copy(recorded.begin(), recorded.end(), witness.stack.frames.begin());
        witness.stack.depth = recorded.size();
    } else {
        witness.stack.depth =
            capture_stack(witness.stack.frames.data(), witness.stack.frames.size(), 1);
    }
    // The same thing at the same place once more says nothing new.
    for (const RawDiagnosis& known : raw_diagnoses_)
        if (known.kind == kind && known.summary == summary) return;
    raw_diagnoses_.push_back(
        {kind, std::move(summary), {witness_of(witness, std::move(state))}, steps_, now_});
}

void World::end(Diagnosis::Kind kind, std::string summary, Thread* culprit, std::string state,
                const StackRecord* stack) {
    Thread& self = *running_;
    if (stack != nullptr)
        self.stack = *stack;
    else
        self.stack.depth = capture_stack(self.stack.frames.data(), self.stack.frames.size(), 1);
    take_stacks(self);
    RawDiagnosis diagnosis{kind, std::move(summary), {}, steps_, now_};
    if (culprit != nullptr) diagnosis.witnesses.push_back(witness_of(*culprit, std::move(state)));
    for (std::size_t i = 0; i < thread_count_; ++i)
        if (!threads_[i].ended && &threads_[i] != culprit)
            diagnosis.witnesses.push_back(witness_of(threads_[i], state_of(threads_[i])));
    raw_diagnoses_.push_back(std::move(diagnosis));
    return_to_observer(self);
}

// Each thread is given the baton for just long enough to look at its own stack.
void World::take_stacks(Thread& self) {
    asks_for_stack_ = &self;
    for (std::size_t i = 0; i < thread_count_; ++i) {
        Thread& other = threads_[i];
        if (&other == &self || !other.started || other.ended) continue;
        other.give_stack = true;
        hand_over(self.host->context, other.host->context);
    }
}

// The child has one thread, which goes on in the program's code; whoever waits for it does not.
void World::leave_to_parent() noexcept {
    active_ = false;
    in_child_ = true;
}

void World::return_to_observer(Thread& self) {
    if (body_ended_) take_stacks(self);
    tsan::release(&self);
    // From within its last step (`leave`): its host may serve again, and starts afresh.
    if (self.ended) tsan::ignore_end();
    running_ = nullptr;
    Context nowhere;
    if (user_level_) {
        switch_at_user_level(nowhere, observer_);
        __builtin_unreachable();
    }
    if (self.ended) self.host = nullptr;  // it stays here, and cannot serve again
    pass_baton(observer_);
    for (;;) await_baton(nowhere);
}

std::string World::state_of(const Thread& thread) const {
    if (thread.ended) return "has ended";
    if (!thread.started) return "has not begun";
    if (!thread.blocked) return "can run";
    const auto holder = [&](const Object& object) {
        if (object.owner != no_thread)
            return ", held by " +
                   (object.owner == thread.id ? "itself" : trace_name(threads_[object.owner])) +
                   (threads_[object.owner].ended ? ", which has ended" : "");
        if (object.reader_count > 0) {
            std::string readers;
            object.readers.each([&](ThreadId id) {
                readers += (readers.empty() ? ", read by " : " and ") + trace_name(threads_[id]);
            });
            return readers;
        }
        return std::string(
            thread.probe != nullptr ? ", held by a thread that is not part of the run" : "");
    };
    switch (thread.wait) {
    case Wait::join: return "waits for " + trace_name(threads_[thread.joins]) + " to end";
    case Wait::sleep: return "sleeps";
    case Wait::io: return "waits for an event on a descriptor, as an idle event loop does";
    case Wait::child: return "waits for a child process";
    case Wait::core: return "computes, or waits for a core";
    case Wait::once:
        return "waits for the one-time initialisation " + object_name(*thread.waits_for) +
               holder(*thread.waits_for);
    case Wait::futex: return "waits for a notification on " + object_name(*thread.waits_for);
    case Wait::mutex:
    case Wait::shared_lock:
    case Wait::condition:
    case Wait::semaphore:
    case Wait::barrier: break;
    }
    return "waits for " + object_name(*thread.waits_for) + holder(*thread.waits_for);
}

void World::note_left_overs() {
    if (!body_ended_) return;
    for (std::size_t i = 1; i < thread_count_; ++i) {
        const Thread& thread = threads_[i];
        if (thread.ended && (thread.joined || thread.detached)) continue;
        raw_diagnoses_.push_back(
            {Diagnosis::Kind::leaked_thread,
             trace_name(thread) + (thread.ended ? " ended, but nobody joined or detached it"
                                                : " was still alive when the body returned"),
             {witness_of(thread, state_of(thread))},
             steps_,
             now_});
    }
    note_pending_operations();
    for (const pid_t child : children_)
        if (child_is_there(child))
            raw_diagnoses_.push_back(
                {Diagnosis::Kind::leaked_process,
                 "a child process was still there when the body returned: it was not waited for",
                 {},
                 steps_,
                 now_});
}

// Who took part in a race: in sanitised builds a host has one tenant a run.
ThreadId World::tenant_of(std::uint64_t kernel_thread) const noexcept {
    for (std::size_t i = 0; i < thread_count_; ++i)
        if (threads_[i].host != nullptr &&
            static_cast<std::uint64_t>(threads_[i].host->kernel_id) == kernel_thread)
            return threads_[i].id;
    return no_thread;
}

// ThreadSanitizer also reports misused mutexes. The lab knows those itself, and knows more: that a
// mutex was abandoned with an earlier run, for one.
void World::note_races() {
    for (const races::Report& report : races::take()) {
        if (!report.race) continue;
        RawDiagnosis diagnosis{Diagnosis::Kind::data_race, report.what, {}, steps_, now_};
        if (!report.location.empty()) diagnosis.summary += " on " + report.location;
        for (const races::Access& access : report.accesses) {
            RawDiagnosis::RawWitness witness{tenant_of(access.system_thread), access.what, {}};
            witness.stack.depth = std::min(access.stack.size(), witness.stack.frames.size());
            std::copy_n(access.stack.begin(), witness.stack.depth, witness.stack.frames.begin());
            diagnosis.witnesses.push_back(std::move(witness));
        }
        raw_diagnoses_.push_back(std::move(diagnosis));
    }
}

// What went wrong comes before what was left behind because of it.
bool is_left_over(const RawDiagnosis& diagnosis) noexcept {
    switch (diagnosis.kind) {
    case Diagnosis::Kind::leaked_thread:
    case Diagnosis::Kind::leaked_process:
    case Diagnosis::Kind::leaked_coroutine:
    case Diagnosis::Kind::leaked_timer: return true;
    default: return false;
    }
}

// std::atomic<std::shared_ptr> guards its pointer with a bit that is a lock, and a load releases it
// with memory_order_relaxed: a race by the letter, harmless, and not the program's (libstdc++ 12,
// bits/shared_ptr_atomic.h; later ones have annotations for ThreadSanitizer).
bool is_the_librarys(const Diagnosis& diagnosis) {
    const auto in_the_library = [](const Witness& witness) {
        for (const Place& place : witness.stack) {
            if (place.owner != Owner::library) return false;
            if (place.file.ends_with("/bits/shared_ptr_atomic.h")) return true;
        }
        return false;
    };
    return diagnosis.kind == Diagnosis::Kind::data_race && !diagnosis.witnesses.empty() &&
           std::all_of(diagnosis.witnesses.begin(), diagnosis.witnesses.end(), in_the_library);
}

void World::finish_diagnoses() {
    std::stable_partition(raw_diagnoses_.begin(), raw_diagnoses_.end(),
                          [](const RawDiagnosis& raw) { return !is_left_over(raw); });
    for (RawDiagnosis& raw : raw_diagnoses_) {
        Diagnosis& diagnosis = parts_.diagnoses.emplace_back();
        diagnosis.kind = raw.kind;
        diagnosis.summary = std::move(raw.summary);
        diagnosis.step = raw.step;
        diagnosis.at_ns = raw.at;
        for (RawDiagnosis::RawWitness& raw_witness : raw.witnesses) {
            Witness& witness = diagnosis.witnesses.emplace_back();
            witness.thread = raw_witness.thread;
            witness.name = raw_witness.thread != no_thread
                               ? trace_name(threads_[raw_witness.thread])
                           : raw.kind == Diagnosis::Kind::leaked_coroutine ? "a coroutine"
                           : raw.kind == Diagnosis::Kind::leaked_timer     ? "a timer's wait"
                                                                           : "a thread";
            witness.state = std::move(raw_witness.state);
            witness.stack = places_of({raw_witness.stack.frames.data(), raw_witness.stack.depth});
            for (const Place& place : witness.stack) {
                if (place.owner != Owner::program || !place.known()) continue;
                witness.place = place;
                break;
            }
        }
        tell_forgotten_join(diagnosis);
        if (is_the_librarys(diagnosis) || is_told_already(diagnosis)) parts_.diagnoses.pop_back();
    }
}

// The same two lines race each time they are passed.
bool World::is_told_already(const Diagnosis& last) const {
    if (last.kind != Diagnosis::Kind::data_race) return false;
    const auto places = [](const Diagnosis& diagnosis) {
        std::vector<std::string> all;
        for (const Witness& witness : diagnosis.witnesses) all.push_back(witness.place.brief());
        std::sort(all.begin(), all.end());
        return all;
    };
    const std::vector<std::string> told = places(last);
    return std::any_of(parts_.diagnoses.begin(), parts_.diagnoses.end() - 1,
                       [&](const Diagnosis& earlier) {
                           return earlier.kind == last.kind && places(earlier) == told;
                       });
}

// Of several unjoined threads, the one that `destroyer` itself started last: what was made last is
// destroyed first.
Place World::where_forgotten_was_started(ThreadId destroyer) const {
    const Thread* forgotten = nullptr;
    for (std::size_t i = 1; i < thread_count_; ++i) {
        const Thread& thread = threads_[i];
        if (thread.joined || thread.detached || thread.created_at == 0) continue;
        if (forgotten == nullptr || thread.creator == destroyer) forgotten = &thread;
    }
    if (forgotten == nullptr) return {};
    for (const Place& place : places_of(parts_.stacks[forgotten->created_at]))
        if (place.owner == Owner::program && place.known()) return place;
    return {};
}

// std::terminate does not say why it was called; the frame that called it does. That frame is
// inlined from <thread>. Clang makes one call of several in a function, and then there is only a
// file (or not even the right one) with line 0; together with a thread that nobody joined that is
// telling, too. The place is then where that thread was started, which is where to look.
void World::tell_forgotten_join(Diagnosis& diagnosis) const {
    if (diagnosis.kind != Diagnosis::Kind::terminated || diagnosis.witnesses.empty()) return;
    Witness& culprit = diagnosis.witnesses.front();
    const bool somebody_unjoined = std::any_of(
        threads_.begin() + 1, threads_.begin() + static_cast<std::ptrdiff_t>(thread_count_),
        [](const Thread& thread) { return !thread.joined && !thread.detached; });
    for (const Place& place : culprit.stack) {
        if (place.owner == Owner::program && place.known()) return;
        const bool overwrote = place.function.find("std::thread::operator=") != std::string::npos;
        // Where debug information is short, without the scope.
        const bool destroyed = place.function.find("std::thread::~thread") != std::string::npos ||
                               place.function == "~thread";
        const bool merged = !place.file.empty() && !place.known() && somebody_unjoined;
        if (!overwrote && !destroyed && !merged) continue;
        diagnosis.kind = Diagnosis::Kind::joinable_destroyed;
        diagnosis.summary = culprit.name +
                            (overwrote   ? " overwrote"
                             : destroyed ? " destroyed"
                                         : " destroyed or overwrote") +
                            " a std::thread that was neither joined nor detached";
        // The frame of the program that is the nearest may be the one without a line.
        const auto nearest = std::ranges::find(culprit.stack, Owner::program, &Place::owner);
        if (nearest == culprit.stack.end() || !nearest->known()) {
            Place started = where_forgotten_was_started(culprit.thread);
            if (started.known()) {
                culprit.state = "lost a std::thread that was started here";
                culprit.place = started;
                if (nearest != culprit.stack.end())
                    *nearest = std::move(started);
                else
                    culprit.stack.insert(culprit.stack.begin(), std::move(started));
            }
        }
        if (!culprit.place.known() && !place.known())
            culprit.place = {place.function, "", 0, Owner::program};
        return;
    }
}

}  // namespace lab::runtime
