// The life of a lab thread: made, run, joined or detached.
#include <lab/runtime/world.hpp>

#include <lab/asio/loop.hpp>
#include <lab/interpose/originals.hpp>
#include <lab/runtime/tenancy.hpp>

#include <cxxabi.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

#include <cerrno>
#include <csetjmp>
#include <cstring>

LAB_ORIGINAL(pthread_getspecific)
LAB_ORIGINAL(pthread_setspecific)

namespace lab::runtime {

namespace {

// What pthread_exit needs to find its way back to `live`.
struct Return {
    std::jmp_buf point;
    void* frame;
};
[[gnu::tls_model("initial-exec")]] constinit thread_local Return* way_back = nullptr;

_Unwind_Reason_Code stop_at_the_bottom(int, _Unwind_Action actions, _Unwind_Exception_Class,
                                       _Unwind_Exception*, _Unwind_Context* context, void*) {
    const bool at_bottom =
        (actions & _UA_END_OF_STACK) != 0 ||
        _Unwind_GetCFA(context) >= reinterpret_cast<_Unwind_Word>(way_back->frame);
    if (at_bottom) std::longjmp(way_back->point, 1);
    return _URC_NO_REASON;
}

}  // namespace

Thread& World::add_thread(ThreadId creator) {
    Thread& thread = threads_[thread_count_];
    thread.forget();
    thread.id = static_cast<ThreadId>(thread_count_++);
    thread.creator = creator;
    if (options_.policy.kind == Policy::Kind::pct)
        thread.priority = 1 + static_cast<std::int64_t>(choices_.next() >> 32);
    return thread;
}

int World::create(Thread& self, pthread_t* handle, const pthread_attr_t* attributes,
                  void* (*function)(void*), void* argument) {
    if (thread_count_ == max_threads) {
        note(Diagnosis::Kind::too_many_threads,
             "the lab runs at most " + std::to_string(max_threads) + " threads, and " +
                 trace_name(self) + " asked for one more",
             self, "creates a thread");
        return EAGAIN;
    }
    Thread& created = add_thread(self.id);
    created.function = function;
    created.argument = argument;
    created.created_at = capture();
    created.runs_loop_of_library = asio::is_library_thread(function);
    int detach_state = PTHREAD_CREATE_JOINABLE;
    if (attributes != nullptr) pthread_attr_getdetachstate(attributes, &detach_state);
    created.detached = detach_state == PTHREAD_CREATE_DETACHED;

    created.host = hosts().take(created, user_level_);
    if (created.host == nullptr) {
        --thread_count_;
        note(Diagnosis::Kind::out_of_threads,
             "the system gave the lab no further thread after " + std::to_string(thread_count_) +
                 " of this run: raise the limit on processes (ulimit -u), or run fewer at once",
             self, "creates a thread");
        return EAGAIN;
    }
    tsan::release(&created);
    created.handle = created.host->handle;
    *handle = created.handle;
    runnable_.add(created.id);
    ++alive_;
    point(self);
    return 0;
}

// The newest first: hosts, and with them handles, are used again.
Thread* World::find(pthread_t handle) noexcept {
    for (std::size_t i = thread_count_; i > 0; --i) {
        Thread& thread = threads_[i - 1];
        if (pthread_equal(thread.handle, handle) != 0) return &thread;
    }
    return nullptr;
}

int World::join(Thread& self, pthread_t handle, void** result, Time deadline, bool only_try) {
    point(self);
    Thread* other = find(handle);
    if (other == nullptr) return ESRCH;
    if (other->detached || other->joined) return EINVAL;
    if (other == &self) return EDEADLK;
    if (!other->ended && only_try) return EBUSY;
    if (!other->ended) {
        self.joins = other->id;
        block(self, Wait::join, nullptr, deadline);
        self.joins = no_thread;
        if (!other->ended) return ETIMEDOUT;
    }
    tsan::acquire(other);
    other->joined = true;
    if (result != nullptr) *result = other->result;
    record(self, EventKind::thread_joined, 0, other->id);
    retire(*other);
    return 0;
}

int World::detach(Thread& self, pthread_t handle) {
    point(self);
    Thread* other = find(handle);
    if (other == nullptr) return ESRCH;
    if (other->detached || other->joined) return EINVAL;
    other->detached = true;
    record(self, EventKind::thread_detached, 0, other->id);
    if (other->ended) retire(*other);
    return 0;
}

// Nobody will ask for the thread any more. See Hosts for why a sanitised run keeps its hosts.
void World::retire(Thread& ended) {
    if (sanitised() && active_) return;
    hosts().give_back(*ended.host, user_level_);
    ended.host = nullptr;
}

void World::set_name(pthread_t handle, const char* name) {
    if (Thread* named = find(handle)) {
        std::strncpy(named->name, name, sizeof named->name - 1);
        named->name[sizeof named->name - 1] = '\0';
    }
}

// A forced unwind (pthread_exit in the body) passes: it must, or the process ends.
std::string World::run_body() {
    try {
        (*body_)();
    } catch (const abi::__forced_unwind&) {
        throw;
    } catch (const std::exception& exception) {
        return describe_exception(exception);
    } catch (...) {
        passing_exception_ = std::current_exception();
    }
    return {};
}

// Behind the program's code there is the rest of the run, which is the parent's alone.
void World::end_child() {
    constexpr std::string_view sentence =
        "lab: a child process that was forked in a run returned from its thread's function instead "
        "of calling exec or _exit; it ends here.\n";
    interpose::original_syscall(SYS_write, STDERR_FILENO, sentence.data(), sentence.size());
    interpose::original__exit(70);
    __builtin_unreachable();
}

void World::live(Thread& self) {
    tsan::acquire(&self);
    tsan::ignore_begin();
    Return bottom;
    bottom.frame = __builtin_frame_address(0);
    self.started = true;
    errno = 0;  // libc's own thread_local variables are the host's: this one a program can see
    record(self, EventKind::thread_started, 0,
           self.creator == no_thread ? -1 : static_cast<std::int64_t>(self.creator));
    way_back = &bottom;
    std::string thrown;
    if (setjmp(bottom.point) == 0) {
        tsan::ignore_end();
        current = &self;
        if (self.function == nullptr)
            thrown = run_body();
        else
            self.result = self.function(self.argument);
    }
    if (in_child_) [[unlikely]]
        end_child();
    current = nullptr;
    tsan::ignore_begin();
    if (!thrown.empty())
        note(Diagnosis::Kind::body_threw, "the body threw " + thrown, self, "left the body");
    finish(self);
}

void World::exit_thread(Thread& self, void* result) {
    self.result = result;
    // A forced unwind runs the destructors of the thread's own frames, and none of the lab's.
    thread_local _Unwind_Exception exception{};
    exception = {};
    current = &self;
    _Unwind_ForcedUnwind(&exception, stop_at_the_bottom, nullptr);
    std::abort();
}

// thread_local objects, last made first destroyed; then pthread_setspecific's, in rounds, for a
// destructor may set a value again.
void World::destroy_locals(Thread& self) {
    while (!self.destructors.empty()) {
        const Thread::Destructor last = self.destructors.back();
        self.destructors.pop_back();
        const Tenancy tenancy(self);
        last.function(last.object);
    }
    for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS && !self.keys.empty(); ++round) {
        const std::vector<pthread_key_t> keys = std::exchange(self.keys, {});
        for (const pthread_key_t key : keys) {
            void* value = interpose::original_pthread_getspecific(key);
            interpose::original_pthread_setspecific(key, nullptr);
            auto* destroy = key_destructor(key);
            if (value == nullptr || destroy == nullptr) continue;
            const Tenancy tenancy(self);
            destroy(value);
        }
    }
    for (const pthread_key_t key : self.keys) interpose::original_pthread_setspecific(key, nullptr);
    self.keys.clear();
}

void World::finish(Thread& self) {
    destroy_locals(self);
    point(self);
    if (self.locks_held > 0)
        objects_.each([&](Object& object) {
            const bool holds = object.owner == self.id || object.readers.contains(self.id);
            if (!holds || object.kind == ObjectKind::once) return;
            const StackId taken = where_taken(self, object);
            note(Diagnosis::Kind::not_released,
                 trace_name(self) + " ended while it held " + object_name(object), self,
                 "took " + object_name(object) + (taken != 0 ? " here" : "") +
                     ", and never released it",
                 taken);
        });
    tsan::release(&self);
    self.ended = true;
    --alive_;
    runnable_.remove(self.id);
    spinners_.remove(self.id);
    record(self, EventKind::thread_ended, 0, 0);
    if (self.id == 0) body_ended_ = true;
    for (std::size_t i = 0; i < thread_count_; ++i) {
        Thread& joiner = threads_[i];
        if (joiner.blocked && joiner.wait == Wait::join && joiner.joins == self.id)
            wake(joiner, Wake::granted);
    }
}

void World::leave(Thread& self) {
    Context* next = &observer_;
    if (alive_ > 0) {
        Thread& chosen = choose(self);
        next = &chosen.host->context;
        running_ = &chosen;
    } else {
        running_ = nullptr;
    }
    // The host may have a new tenant as soon as the baton is gone: no word of `self` after that.
    if (self.detached) retire(self);
    tsan::ignore_end();
    Context last_words;
    if (user_level_)
        switch_at_user_level(last_words, *next);
    else
        pass_baton(*next);
}

void run_tenant(Thread& tenant) {
    World& the_world = world();
    the_world.live(tenant);
    the_world.leave(tenant);
}

}  // namespace lab::runtime

extern "C" void lab_thread_main(lab::runtime::Thread* thread) {
    lab::runtime::run_tenant(*thread);
    __builtin_trap();  // at user level `leave` does not come back
}
