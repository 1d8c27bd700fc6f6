// Instrumented in ThreadSanitizer builds, the only file of the lab that is. So it uses no template
// and no inline function: the linker would merge their instrumented bodies with the lab's others.
#include <lab/races/canary.hpp>

#include <pthread.h>
#include <sched.h>

namespace lab::races {
namespace {

// Volatile, that no compiler thinks it needless. TSan takes it as it takes any other.
volatile int seed_bowl = 0;

// Relaxed atomics are no race, and order nothing: what they tell, TSan must not conclude from.
int turn = 0;

void* second(void*) {
    while (__atomic_load_n(&turn, __ATOMIC_RELAXED) == 0) sched_yield();
    seed_bowl = 2;
    return nullptr;
}

}  // namespace

bool sing() noexcept {
    __atomic_store_n(&turn, 0, __ATOMIC_RELAXED);
    pthread_t thread{};
    if (pthread_create(&thread, nullptr, second, nullptr) != 0) return false;
    seed_bowl = 1;
    __atomic_store_n(&turn, 1, __ATOMIC_RELAXED);
    pthread_join(thread, nullptr);
    return true;
}

}  // namespace lab::races
