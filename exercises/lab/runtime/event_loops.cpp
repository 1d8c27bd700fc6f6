// What the lab knows of event loops: who blocks one, and what is left of them.
#include <lab/asio/loop.hpp>
#include <lab/runtime/world.hpp>
#include <lab/symbols/capture.hpp>

#include <algorithm>

namespace lab::runtime {

namespace {

void remove(std::vector<Pending>& pending, const void* key) noexcept {
    // The newest first: most come and go like a stack.
    const auto found = std::find_if(pending.rbegin(), pending.rend(),
                                    [&](const Pending& p) { return p.key == key; });
    if (found == pending.rend()) return;
    *found = pending.back();
    pending.pop_back();
}

// Asio's scheduler sleeps while there is nothing to do; that is not a handler blocking it. The
// innermost frame outside of the lab tells whose wait it is.
bool is_librarys_own_wait(const StackRecord& stack) {
    const std::vector<Place> places = places_of({stack.frames.data(), stack.depth});
    const auto caller = std::find_if(places.begin(), places.end(),
                                     [](const Place& place) { return place.owner != Owner::lab; });
    return caller != places.end() && caller->function.find("asio::detail::") != std::string::npos;
}

}  // namespace

bool World::in_event_loop(const Thread& self) const noexcept {
    return !self.runs_loop_of_library && asio::inside_loop();
}

void World::note_blocked_loop(Thread& self, std::string doing) {
    std::string summary = trace_name(self) + " blocks its event loop: it " + doing +
                          ", and no other handler or coroutine can run meanwhile";
    note(Diagnosis::Kind::blocked_loop, std::move(summary), self, std::move(doing));
}

// Called as the wait begins, so that a loop that is blocked for ever is told, too.
void World::look_for_blocked_loop(Thread& self, Wait wait, const Object* object) {
    if (self.polls_events || !in_event_loop(self)) return;
    // A short wait for a lock is no harm; a lock that is held over a suspension is.
    if (wait == Wait::mutex && object->owner != self.id) return;
    if (wait == Wait::condition) {
        StackRecord stack;
        stack.depth = capture_stack(stack.frames.data(), stack.frames.size(), 1);
        if (is_librarys_own_wait(stack)) return;
    }
    note_blocked_loop(self, state_of(self));
}

void World::coroutine_made(const void* frame, void* caller) {
    Pending made{frame, {}};
    if (record_stacks_) {
        made.stack.depth = capture_stack(made.stack.frames.data(), made.stack.frames.size(), 1);
    } else {
        made.stack.frames[0] = caller;
        made.stack.depth = 1;
    }
    coroutines_.push_back(made);
}

void World::coroutine_gone(const void* frame) {
    if (!asio::inside_loop())
        for (const Pending& coroutine : coroutines_)
            if (coroutine.key == frame)
                note_pending(Diagnosis::Kind::leaked_coroutine,
                             "a coroutine had not finished when its event loop was destroyed",
                             "suspended for good", coroutine);
    remove(coroutines_, frame);
}

void World::timer_wait_begun(const void* operation) {
    remove(timer_waits_, operation);  // one that was destroyed without being told
    Pending begun{operation, {}};
    if (record_stacks_)
        begun.stack.depth = capture_stack(begun.stack.frames.data(), begun.stack.frames.size(), 1);
    timer_waits_.push_back(begun);
}

// Asio calls the same function to complete a wait and to destroy one; but what completes, completes
// in a loop.
void World::timer_wait_over(const void* operation) {
    if (!asio::inside_loop())
        for (const Pending& wait : timer_waits_)
            if (wait.key == operation)
                note_pending(Diagnosis::Kind::leaked_timer,
                             "an asynchronous wait on a timer was still pending when its event "
                             "loop was destroyed",
                             "begun", wait);
    remove(timer_waits_, operation);
}

// One diagnosis for all of a kind: those that are left behind together are as a rule one's callers.
void World::note_pending(Diagnosis::Kind kind, std::string summary, std::string state,
                         const Pending& pending) {
    RawDiagnosis::RawWitness witness{no_thread, std::move(state), pending.stack};
    for (RawDiagnosis& known : raw_diagnoses_)
        if (known.kind == kind && known.summary == summary) {
            known.witnesses.push_back(std::move(witness));
            return;
        }
    raw_diagnoses_.push_back({kind, std::move(summary), {std::move(witness)}, steps_, now_});
}

void World::note_pending_operations() {
    for (const Pending& coroutine : coroutines_)
        note_pending(Diagnosis::Kind::leaked_coroutine,
                     "a coroutine had not finished when the body returned", "suspended for good",
                     coroutine);
    for (const Pending& wait : timer_waits_)
        note_pending(Diagnosis::Kind::leaked_timer,
                     "an asynchronous wait on a timer was still pending when the body returned",
                     "begun", wait);
}

}  // namespace lab::runtime
