// What a thread's end has to destroy. A host outlives its tenants, so libc would not do it in time.
#include <lab/interpose/doors.hpp>

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>

extern "C" int __cxa_thread_atexit_impl(void (*)(void*), void*, void*) noexcept;

LAB_ORIGINAL(pthread_key_create)
LAB_ORIGINAL(pthread_key_delete)
LAB_ORIGINAL(pthread_setspecific)
LAB_ORIGINAL(__cxa_thread_atexit_impl)

using namespace lab::interpose;
using lab::runtime::Thread;
using lab::runtime::World;

namespace {

using Destructor = void (*)(void*);

// By key. Written at any time by any thread, also before main.
constinit std::array<std::atomic<Destructor>, PTHREAD_KEYS_MAX> destructors{};

}  // namespace

auto lab::runtime::key_destructor(pthread_key_t key) noexcept -> void (*)(void*) {
    return key < destructors.size() ? destructors[key].load(std::memory_order_relaxed) : nullptr;
}

extern "C" {

int pthread_key_create(pthread_key_t* key, Destructor destructor) noexcept {
    const int failed = original_pthread_key_create(key, destructor);
    if (failed == 0 && *key < destructors.size())
        destructors[*key].store(destructor, std::memory_order_relaxed);
    return failed;
}

int pthread_key_delete(pthread_key_t key) noexcept {
    if (key < destructors.size()) destructors[key].store(nullptr, std::memory_order_relaxed);
    return original_pthread_key_delete(key);
}

int pthread_setspecific(pthread_key_t key, const void* value) noexcept {
    Thread* self = lab::runtime::current;
    if (self != nullptr) {
        const lab::runtime::Visit visit(*self);
        if (std::find(self->keys.begin(), self->keys.end(), key) == self->keys.end())
            self->keys.push_back(key);
    }
    return original_pthread_setspecific(key, value);
}

int __cxa_thread_atexit_impl(Destructor destructor, void* object, void* module) noexcept {
    return enter([&] { return original___cxa_thread_atexit_impl(destructor, object, module); },
                 [&](World&, Thread& self) {
                     self.destructors.push_back({destructor, object});
                     return 0;
                 });
}

}  // extern "C"
