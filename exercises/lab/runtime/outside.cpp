// What is not part of the run but may act on it: child processes, sockets, the terminal.
//
// While only the outside can bring the run further, the lab waits for it in real time, and the
// virtual clock goes along with the real one. Such a run is marked: it may differ the next time.
#include <lab/runtime/world.hpp>

#include <lab/runtime/session.hpp>

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>

namespace lab::runtime {

bool World::wait_until_ready(Thread& self, Wait wait, bool (*probe)(void*), void* argument,
                             Time deadline, bool outside, Object* object) {
    point(self);
    if (probe(argument)) return true;
    if (deadline <= now_) return false;
    self.probe = probe;
    self.probe_argument = argument;
    self.waits_for_outside = outside;
    at_descriptors_.add(self.id);
    block(self, wait, object, deadline);
    at_descriptors_.remove(self.id);
    self.probe = nullptr;
    return self.wake != Wake::timed_out;
}

void World::probe_descriptors() {
    descriptors_touched_ = false;
    at_descriptors_.each([&](ThreadId id) {
        Thread& waiter = threads_[id];
        if (!waiter.probe(waiter.probe_argument)) return;
        at_descriptors_.remove(id);  // a probe may consume what it found: ask no second time
        wake(waiter, Wake::ready);
    });
}

void World::child_born(pid_t child) {
    children_.push_back(child);
    touched_outside_ = true;
}

// True for children that run, and for those that ended and were not waited for.
bool child_is_there(pid_t child) noexcept {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

bool World::child_lives() const {
    return std::any_of(children_.begin(), children_.end(), child_is_there);
}

bool World::outside_may_act() {
    if (at_descriptors_.empty()) return false;
    bool may = false;
    at_descriptors_.each([&](ThreadId id) { may |= threads_[id].waits_for_outside; });
    return may || child_lives();
}

// Real waiting, by short sleeps: what the threads wait for is known only to their probes. True when
// one of them became ready.
bool World::wait_outside(Time until) {
    using Clock = std::chrono::nanoseconds;
    bool patient = std::any_of(children_.begin(), children_.end(), child_is_there);
    at_descriptors_.each([&](ThreadId id) { patient |= threads_[id].waits_for != nullptr; });
    // A socket's other end may be a thread of this run, which will never speak again.
    const Clock patience = patient
                               ? Clock{options_.patience}
                               : std::min<Clock>(options_.patience, std::chrono::milliseconds{100});
    const Time begin_real = real_nanoseconds();
    const Time begin = now_;
    touched_outside_ = true;
    for (Time nap = 50'000;; nap = std::min<Time>(nap * 2, 2'000'000)) {
        watchdog_sees_life();
        real_sleep(nap);
        const Time passed = real_nanoseconds() - begin_real;
        if (until != never && begin + passed >= until) return false;
        probe_descriptors();
        if (!runnable_.empty()) {
            now_ = begin + passed;
            return true;
        }
        if (passed > patience.count()) return false;
    }
}

}  // namespace lab::runtime
