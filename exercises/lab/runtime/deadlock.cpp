// Nobody can run, and no time can pass: why?
//
// Each blocked thread waits for others: for a lock's holder, for the thread it joins. If these
// arrows close to a ring, it is a lock cycle, and the ring is the explanation. If they do not, they
// all end at threads that wait to be told something. Then the question is whether they were told
// at a moment when they could not hear it (a lost wake-up), or whether nobody is left to tell them.
#include <lab/runtime/world.hpp>

#include <lab/symbols/capture.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace lab::runtime {

namespace {

/// One thread on the way from a blocked one to those it waits for.
std::vector<ThreadId> awaited_by(const Thread& thread) {
    std::vector<ThreadId> awaited;
    if (thread.wait == Wait::join) {
        awaited.push_back(thread.joins);
    } else if (thread.waits_for != nullptr) {
        if (thread.waits_for->owner != no_thread) awaited.push_back(thread.waits_for->owner);
        thread.waits_for->readers.each([&](ThreadId reader) { awaited.push_back(reader); });
    }
    return awaited;
}

}  // namespace

std::vector<ThreadId> World::find_ring() const {
    enum class Mark : std::uint8_t { unseen, on_path, done };
    std::vector<Mark> marks(thread_count_, Mark::unseen);
    std::vector<ThreadId> path;
    const auto visit = [&](const auto& again, ThreadId id) -> bool {
        if (marks[id] == Mark::done || threads_[id].ended || !threads_[id].blocked) return false;
        if (marks[id] == Mark::on_path) {
            path.erase(path.begin(), std::find(path.begin(), path.end(), id));
            return true;
        }
        marks[id] = Mark::on_path;
        path.push_back(id);
        for (const ThreadId next : awaited_by(threads_[id]))
            if (again(again, next)) return true;
        path.pop_back();
        marks[id] = Mark::done;
        return false;
    };
    for (std::size_t i = 0; i < thread_count_; ++i)
        if (visit(visit, static_cast<ThreadId>(i))) return path;
    return {};
}

// Not for a thread that could still do something: for a notification, or for a lock whose holder
// took it along to its end.
bool World::waits_for_word(const Thread& thread) const {
    if (!thread.blocked || thread.ended) return false;
    const std::vector<ThreadId> awaited = awaited_by(thread);
    return std::ranges::all_of(awaited, [this](ThreadId id) { return threads_[id].ended; });
}

// Three ways in which a thread that waits was told, and did not hear it. Each is told apart from a
// notification that was rightly ignored because the state behind it was looked at later.
std::optional<std::string> World::how_wakeup_was_lost(const Thread& thread) const {
    if (!thread.blocked || thread.waits_for == nullptr) return std::nullopt;
    const Object& object = *thread.waits_for;
    const std::string who = trace_name(thread);
    if (thread.wait == Wait::futex) {
        const auto* word = static_cast<const std::uint32_t*>(object.address);
        if (__atomic_load_n(word, __ATOMIC_RELAXED) == thread.futex_expected) return std::nullopt;
        return "the value " + who + " waits for has changed, but nobody notified it";
    }
    if (thread.wait != Wait::condition || object.last_notified_step == 0) return std::nullopt;

    // The last two times it took the lock: for this wait, and before.
    std::uint32_t taken = 0;
    std::uint32_t taken_before = 0;
    const auto ring = static_cast<std::uint32_t>(thread.takings.size());
    for (std::uint32_t back = 1; back <= std::min(thread.taking_count, ring); ++back) {
        const Thread::Taking& taking = thread.takings[(thread.taking_count - back) % ring];
        if (taking.object != thread.reacquires->id) continue;
        if (taken == 0) {
            taken = taking.step;
        } else {
            taken_before = taking.step;
            break;
        }
    }
    const std::uint32_t told = object.unheard_step;
    if (object.unheard > 0 && told >= taken && told <= thread.blocked_step)
        return trace_name(threads_[object.unheard_from]) + " notified " + object_name(object) +
               " after " + who + " had looked and before it waited: nobody heard it";
    if (object.unheard > 0 && object.heard == 0 && told < taken && told >= taken_before &&
        taken_before == 0)
        return trace_name(threads_[object.unheard_from]) + " notified " + object_name(object) +
               " before " + who + " waited for it: nobody heard it";
    if (object.wasted_step != 0 && object.wasted_step >= object.last_notified_step &&
        object.wasted_on != thread.id && thread.blocked_step < object.wasted_step)
        return "the last notification of " + object_name(object) + " woke " +
               trace_name(threads_[object.wasted_on]) + ", which had no use for it, and not " + who;
    return std::nullopt;
}

RawDiagnosis World::explain_deadlock() const {
    RawDiagnosis diagnosis{Diagnosis::Kind::never_woken, {}, {}, steps_, now_};
    std::vector<ThreadId> first = find_ring();
    if (first.size() == 1) {
        diagnosis.kind = Diagnosis::Kind::self_deadlock;
        diagnosis.summary = trace_name(threads_[first[0]]) +
                            " waits for something that only it "
                            "could release";
    } else if (first.size() > 1) {
        diagnosis.kind = Diagnosis::Kind::lock_cycle;
        diagnosis.summary = std::to_string(first.size()) + " threads wait for each other in a ring";
    } else {
        for (std::size_t i = 0; i < thread_count_ && first.empty(); ++i) {
            if (auto lost = how_wakeup_was_lost(threads_[i])) {
                diagnosis.kind = Diagnosis::Kind::lost_wakeup;
                diagnosis.summary = std::move(*lost);
                first.push_back(threads_[i].id);
            }
        }
    }
    if (first.empty()) {
        // Those at the ends of the arrows.
        for (std::size_t i = 0; i < thread_count_; ++i)
            if (waits_for_word(threads_[i])) first.push_back(threads_[i].id);
        diagnosis.summary =
            first.size() == 1
                ? trace_name(threads_[first[0]]) + " waits, and nobody is left who could wake it"
                : std::to_string(first.size()) +
                      " threads wait, and nobody is left who could wake them";
    }
    for (const ThreadId id : first)
        diagnosis.witnesses.push_back(witness_of(threads_[id], state_of(threads_[id])));
    for (std::size_t i = 0; i < thread_count_; ++i)
        if (!threads_[i].ended &&
            std::find(first.begin(), first.end(), threads_[i].id) == first.end())
            diagnosis.witnesses.push_back(witness_of(threads_[i], state_of(threads_[i])));
    return diagnosis;
}

void World::deadlock(Thread& self) {
    if (!self.ended)
        self.stack.depth = capture_stack(self.stack.frames.data(), self.stack.frames.size(), 1);
    take_stacks(self);
    raw_diagnoses_.push_back(explain_deadlock());
    return_to_observer(self);
}

}  // namespace lab::runtime
