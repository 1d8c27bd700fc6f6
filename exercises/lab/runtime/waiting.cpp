// The virtual clock, sleeping, and work on virtual cores.
#include <lab/printable.hpp>
#include <lab/runtime/world.hpp>

#include <algorithm>

namespace lab::runtime {

void World::yield(Thread& self) {
    record(self, EventKind::yielded, 0, 0);
    point(self, Progress::none);
}

void World::sleep_until(Thread& self, Time deadline) {
    if (deadline <= now_) return yield(self);
    point(self);
    block(self, Wait::sleep, nullptr, deadline);
}

// One look at the clock is nothing; one after another, with nothing between them, is polling.
Time World::read_clock(Thread& self) {
    if (self.last_clock_step == steps_) {
        record(self, EventKind::clock_read, 0, 0);
        point(self, Progress::none);
    }
    self.last_clock_step = steps_;
    return now_;
}

Time World::cpu_time() const noexcept {
    Time sum = 0;
    for (std::size_t i = 0; i < thread_count_; ++i) sum += threads_[i].cpu;
    return sum;
}

void World::compute(Thread& self, Time cost) {
    point(self);
    if (cost <= 0 || !options_.compute_takes_time) return;
    if (const int free = cores_.take(); free >= 0) {
        self.core = static_cast<unsigned>(free);
    } else {
        cores_.wait(self.id);
        block(self, Wait::core, nullptr, never);  // whoever releases a core sets self.core
    }
    record(self, EventKind::computing, 0, self.core);
    self.cpu += cost;
    self.blocked = true;
    self.wait = Wait::core;
    self.waits_for = nullptr;
    self.deadline = now_ + cost;
    runnable_.remove(self.id);
    timed_.add(self.id);
    give_baton(self);
    self.blocked = false;
    self.deadline = never;
    record(self, EventKind::computed, 0, cost);
    if (const ThreadId next = cores_.release(self.core); next != no_thread) {
        threads_[next].core = self.core;
        wake(threads_[next], Wake::granted);
    }
}

// Nobody can run: let time pass, let the outside act, or find that it is over.
void World::wait_for_something(Thread& self) {
    while (runnable_.empty()) {
        if (!at_descriptors_.empty()) {
            probe_descriptors();
            if (!runnable_.empty()) return;
        }
        if (body_ended_) return_to_observer(self);  // whoever has not ended by now is left behind
        Time earliest = never;
        timed_.each([&](ThreadId id) { earliest = std::min(earliest, threads_[id].deadline); });
        if (outside_may_act() && wait_outside(earliest)) continue;
        if (earliest == never) {
            if (child_lives())
                end(Diagnosis::Kind::stuck,
                    "all threads wait, and a child process that could end it has not done so",
                    &self, state_of(self));
            deadlock(self);
        }
        pass_time_to(self, earliest);
    }
}

void World::pass_time_to(Thread& self, Time deadline) {
    if (deadline > options_.horizon.count()) {
        end(Diagnosis::Kind::endless,
            "nothing but time passes any more: after " + printable::human(options_.horizon) +
                " of it the function has not returned",
            &self, state_of(self));
    }
    if (deadline > now_) {
        now_ = deadline;
        spinners_.clear();
        idle_streak_ = 0;
    }
    timed_.each([&](ThreadId id) {
        if (threads_[id].deadline <= now_) time_out(threads_[id]);
    });
}

void World::time_out(Thread& sleeper) noexcept {
    if (sleeper.wait == Wait::condition) return awaken_waiter(sleeper, Wake::timed_out);
    // Off the object's queue, or the next to take the lock would keep it from running.
    if (sleeper.waits_for != nullptr) sleeper.waits_for->waiters.remove(sleeper.id);
    at_descriptors_.remove(sleeper.id);
    wake(sleeper, Wake::timed_out);
}

}  // namespace lab::runtime
