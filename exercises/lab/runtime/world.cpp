// One run, from an empty world to the parts of its trace.
#include <lab/runtime/world.hpp>

#include <lab/races/annotations.hpp>
#include <lab/runtime/session.hpp>

#include <algorithm>

namespace {

// Abandoned threads keep what their stacks and registers refer to, and LeakSanitizer cannot see
// that.
constinit bool abandoned_something = false;

}  // namespace

// LeakSanitizer's own hook (lsan_interface.h), asked when the process ends.
extern "C" int __lsan_is_turned_off() {  // NOLINT(bugprone-reserved-identifier)
    return abandoned_something ? 1 : 0;
}

namespace lab::runtime {

World::World() : threads_(max_threads) {}

World& world() {
    // Never destroyed: abandoned hosts and atexit handlers may still look at it.
    static auto& the_world = *new World;
    return the_world;
}

void World::reset(const Options& options, bool user_level, TraceParts&& recycled) {
    options_ = options;
    if (options_.policy.kind == Policy::Kind::round_robin) options_.spurious_wakeups = 0;
    user_level_ = user_level;
    record_stacks_ = options.stacks == Stacks::all && options.stacks_from == 0;
    passing_exception_ = nullptr;

    thread_count_ = 0;
    alive_ = 0;
    running_ = nullptr;
    asks_for_stack_ = nullptr;
    body_ended_ = false;
    runnable_.clear();
    timed_.clear();
    at_descriptors_.clear();
    at_conditions_.clear();
    spinners_.clear();
    idle_streak_ = 0;
    objects_.clear();
    cores_.reset(options.cores);

    now_ = 0;
    steps_ = 0;
    choices_ = Random{options.seed, 1};
    chances_ = Random{options.seed, 2};
    lowest_priority_ = -static_cast<std::int64_t>(options.policy.depth);
    change_points_.clear();
    if (options.policy.kind == Policy::Kind::pct)
        for (unsigned i = 1; i < options.policy.depth; ++i)
            change_points_.push_back(choices_.below(std::max(1U, options.policy.length)));
    diverged_ = false;
    somebody_tries_ = false;

    descriptors_touched_ = false;
    touched_outside_ = false;
    children_.clear();
    coroutines_.clear();
    timer_waits_.clear();

    parts_ = std::move(recycled);
    parts_.schedule.clear();
    parts_.events.clear();
    parts_.labels.resize(1);
    parts_.stacks.resize(1);
    parts_.places.clear();
    parts_.diagnoses.clear();
    raw_diagnoses_.clear();
    stack_ids_.clear();
}

TraceParts World::run(const std::function<void()>& body, const Options& options, bool user_level,
                      TraceParts&& recycled) {
    reset(options, user_level, std::move(recycled));
    body_ = &body;
    Thread& main = add_thread(no_thread);
    main.host = hosts().take(main, user_level_);
    if (main.host == nullptr)
        throw Error(
            "the system gave the lab no thread to run the body on: raise the limit on processes "
            "(ulimit -u) or end some");
    main.handle = main.host->handle;
    tsan::release(&main);
    runnable_.add(main.id);
    alive_ = 1;
    running_ = &main;
    observer_.thread_pointer = user_level_ ? current_thread_pointer() : 0;
    active_ = true;
    hand_over(observer_, main.host->context);
    active_ = false;
    running_ = nullptr;

    free_abandoned_locks();
    note_left_overs();
    note_races();
    settle_threads();
    return finished_parts();
}

// Ended threads give their hosts back; the others keep theirs for ever.
void World::settle_threads() {
    if (!body_ended_) abandoned_something = true;
    for (std::size_t i = 0; i < thread_count_; ++i) {
        Thread& thread = threads_[i];
        tsan::acquire(&thread);
        if (thread.host == nullptr) continue;
        if (thread.ended) {
            retire(thread);
            continue;
        }
        abandoned_something = true;
    }
}

TraceParts World::finished_parts() {
    parts_.policy = options_.policy;
    parts_.seed = options_.seed;
    parts_.spurious_wakeups = options_.spurious_wakeups;
    parts_.memory_points = options_.memory_points;
    parts_.steps = steps_;
    parts_.completed = body_ended_;
    parts_.touched_outside = touched_outside_;
    parts_.makespan = Duration{now_};
    finish_threads();
    parts_.objects = objects_.names();
    finish_diagnoses();
    return std::move(parts_);
}

}  // namespace lab::runtime
