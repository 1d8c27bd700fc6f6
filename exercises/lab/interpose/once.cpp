// pthread_once, which std::call_once is made of.
#include <lab/interpose/doors.hpp>

#include <pthread.h>

LAB_ORIGINAL(pthread_once)

using lab::runtime::Thread;
using lab::runtime::World;

namespace {

// Also when the initialiser throws: then the next caller tries again.
class Turn {
public:
    Turn(World& world, Thread& self, const void* control)
        : world_(world), self_(self), control_(control) {
        const lab::runtime::Visit visit(self_);
        world_.begin_once(self_, control_);
    }
    ~Turn() {
        const lab::runtime::Visit visit(self_);
        world_.end_once(self_, control_);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    World& world_;
    Thread& self_;
    const void* control_;
};

}  // namespace

extern "C" int pthread_once(pthread_once_t* control, void (*initialise)()) {
    Thread* self = lab::runtime::current;
    if (self == nullptr) return lab::interpose::original_pthread_once(control, initialise);
    // In turns, so that the original never waits. The initialiser is the program's own code; it may
    // throw, which ThreadSanitizer's pthread_once does not survive. So it is called from here, and
    // the original only notes that it was.
    const Turn turn(lab::runtime::world(), *self, control);
    if (__atomic_load_n(control, __ATOMIC_ACQUIRE) == PTHREAD_ONCE_INIT) initialise();
    return lab::interpose::original_pthread_once(control, [] {});
}
