// Who runs next, and how the baton gets there.
#include <lab/runtime/world.hpp>

#include <lab/races/annotations.hpp>
#include <lab/symbols/capture.hpp>

#include <algorithm>
#include <utility>

namespace lab::runtime {

void World::hand_over(Context& from, Context& to) noexcept {
    if (user_level_)
        switch_at_user_level(from, to);
    else
        switch_by_futex(from, to);
}

void World::give_baton(Thread& self) {
    Thread& next = choose(self);
    if (&next != &self) {
        running_ = &next;
        hand_over(self.host->context, next.host->context);
    }
    while (self.give_stack) [[unlikely]] {
            self.give_stack = false;
            tsan::release(&self);  // what it did happens before what follows the run
            self.stack.depth = capture_stack(self.stack.frames.data(), self.stack.frames.size(), 1);
            hand_over(self.host->context, asks_for_stack_->host->context);
        }
}

void World::point(Thread& self, Progress progress) {
    count_spin(self, progress);
    give_baton(self);
    if (progress == Progress::possible) self.tried_in_vain = false;
}

void World::block(Thread& self, Wait wait, Object* object, Time deadline) {
    self.blocked = true;
    self.blocked_since = now_;
    self.blocked_step = steps_;
    self.wait = wait;
    self.waits_for = object;
    self.deadline = deadline;
    self.wake = Wake::granted;
    runnable_.remove(self.id);
    spinners_.remove(self.id);
    if (deadline != never) timed_.add(self.id);
    // For a join the trace has the thread where it otherwise has the object (trace.hpp).
    const ObjectId awaited = object != nullptr    ? object->id
                             : wait == Wait::join ? ObjectId{self.joins} + 1
                                                  : 0;
    record(self, EventKind::blocked, awaited, static_cast<std::int64_t>(wait));
    look_for_blocked_loop(self, wait, object);
    give_baton(self);
    self.blocked = false;
    if (wait == Wait::mutex && self.blocked_since != now_ && in_event_loop(self))
        note_blocked_loop(self, "waited for " + object_name(*object));
    self.deadline = never;
    timed_.remove(self.id);
    record(self, EventKind::resumed, awaited, static_cast<std::int64_t>(self.wake));
}

void World::wake(Thread& sleeper, Wake why) noexcept {
    sleeper.wake = why;
    timed_.remove(sleeper.id);
    runnable_.add(sleeper.id);
}

Thread& World::choose(Thread& self) {
    if (descriptors_touched_ && !at_descriptors_.empty()) probe_descriptors();
    if (runnable_.empty()) wait_for_something(self);
    if (options_.spurious_wakeups != 0 && !at_conditions_.empty()) maybe_wake_spuriously();

    Thread& next = threads_[pick(self)];
    if (++steps_ > options_.max_steps) [[unlikely]]
        end(Diagnosis::Kind::endless,
            "the run took " + std::to_string(options_.max_steps) +
                " steps without coming to an end",
            &self, "took the last of them");
    if (steps_ == options_.stacks_from) record_stacks_ = options_.stacks == Stacks::all;
    parts_.schedule.push_back(next.id);

    if (next.instant != now_) {
        next.instant = now_;
        next.steps_at_instant = 0;
    }
    if (++next.steps_at_instant > options_.max_spin && !timed_.empty()) [[unlikely]]
        end(Diagnosis::Kind::busy_wait,
            std::string(trace_name(next)) + " took " + std::to_string(options_.max_spin) +
                " steps while no time passed: it burns CPU while it waits",
            &next, "goes round and round");
    return next;
}

ThreadId World::pick(Thread& self) {
    switch (options_.policy.kind) {
    case Policy::Kind::random_walk: {
        const unsigned candidates = runnable_.size();
        return runnable_.at(candidates == 1 ? 0 : choices_.below(candidates));
    }
    case Policy::Kind::pct: return pick_by_priority(self);
    case Policy::Kind::replay:
        if (!diverged_) {
            const auto& choices = options_.policy.choices;
            const bool ran_out = steps_ >= choices.size();
            const ThreadId choice = ran_out ? no_thread : choices[steps_];
            if (choice < thread_count_ && runnable_.contains(choice)) return choice;
            diverged_ = true;
            note(Diagnosis::Kind::diverged,
                 "the replay " +
                     (ran_out ? "has no choice for step " + std::to_string(steps_)
                              : "asked for thread " + std::to_string(choice) + " at step " +
                                    std::to_string(steps_) + ", which cannot run there") +
                     ": the program is not the one that was recorded",
                 self, "was running");
        }
        break;
    case Policy::Kind::round_robin: break;
    }
    // Threads that go in step may take locks from each other and give them back for ever, as two
    // that call std::lock can. So who tried in vain breaks step, in a way that no seed changes.
    if (self.tried_in_vain) {
        constexpr std::uint32_t scatter = 0x9e3779b1;  // Knuth's multiplicative hash
        return runnable_.at(((steps_ * scatter) >> 16) % runnable_.size());
    }
    return runnable_.after(self.id);
}

ThreadId World::pick_by_priority(Thread& self) {
    // The i-th change point lowers whoever is running to a priority below all initial ones.
    for (std::size_t i = 0; i < change_points_.size(); ++i)
        if (change_points_[i] == steps_) self.priority = -static_cast<std::int64_t>(i) - 1;
    ThreadId best = no_thread;
    runnable_.each([&](ThreadId id) {
        if (best == no_thread || threads_[id].priority > threads_[best].priority) best = id;
    });
    return best;
}

void World::count_spin(Thread& self, Progress progress) {
    if (progress == Progress::possible) {
        spinners_.remove(self.id);
        idle_streak_ = 0;
        return;
    }
    spinners_.add(self.id);
    // PCT would let the thread of highest priority spin for ever: one that gives way is put last.
    self.priority = --lowest_priority_;
    if (!runnable_.subset_of(spinners_)) {
        idle_streak_ = 0;
        return;
    }
    // Every thread that can run has taken its turn many times, and none could go on.
    constexpr std::uint32_t turns = 200;
    constexpr std::uint32_t at_least = 1'000;
    if (++idle_streak_ <= std::max(at_least, turns * runnable_.size())) return;
    if (body_ended_) return_to_observer(self);  // a spinner left behind is a thread left behind
    end(Diagnosis::Kind::busy_wait,
        trace_name(self) + (timed_.empty() && at_descriptors_.empty()
                                ? " goes round and round, and nobody can bring it further"
                                : " goes round and round while it waits: it burns CPU, and in the "
                                  "lab the time it waits for never comes"),
        &self, "goes round and round");
}

void World::try_in_vain(Thread& self) {
    // Its next attempt will be counted where it begins.
    if (!std::exchange(self.tried_in_vain, true)) count_spin(self, Progress::none);
}

void World::maybe_wake_spuriously() {
    if (chances_.below(options_.spurious_wakeups) != 0) return;
    awaken_waiter(threads_[at_conditions_.at(chances_.below(at_conditions_.size()))],
                  Wake::spurious);
}

}  // namespace lab::runtime
