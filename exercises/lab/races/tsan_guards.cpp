// The guards of function-local statics, in ThreadSanitizer builds.
//
// libstdc++'s guards wait by syscall(SYS_futex), which the lab models. ThreadSanitizer has guards
// of its own, which wait by a system call that nobody sees; a thread that is scheduled while
// another is inside an initialiser would hang there. So the wait happens before, in the lab. By
// --wrap, because Clang's runtime defines these names in the program itself.
#include <lab/runtime/tenancy.hpp>
#include <lab/runtime/world.hpp>

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {

int __real___cxa_guard_acquire(void* guard);
void __real___cxa_guard_release(void* guard);
void __real___cxa_guard_abort(void* guard);

int __wrap___cxa_guard_acquire(void* guard) {
    lab::runtime::Thread* self = lab::runtime::current;
    if (self == nullptr) return __real___cxa_guard_acquire(guard);
    const lab::runtime::Visit visit(*self);
    lab::runtime::World& world = lab::runtime::world();
    world.begin_once(*self, guard);
    const int mine = __real___cxa_guard_acquire(guard);
    if (mine == 0) world.end_once(*self, guard);
    return mine;
}

void __wrap___cxa_guard_release(void* guard) {
    __real___cxa_guard_release(guard);
    lab::runtime::Thread* self = lab::runtime::current;
    if (self == nullptr) return;
    const lab::runtime::Visit visit(*self);
    lab::runtime::world().end_once(*self, guard);
}

void __wrap___cxa_guard_abort(void* guard) {
    __real___cxa_guard_abort(guard);
    lab::runtime::Thread* self = lab::runtime::current;
    if (self == nullptr) return;
    const lab::runtime::Visit visit(*self);
    lab::runtime::world().end_once(*self, guard);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
