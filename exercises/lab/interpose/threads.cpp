// pthread_create and its kin: what std::thread, std::jthread and std::async are made of.
#include <lab/interpose/doors.hpp>
#include <lab/interpose/originals.hpp>
#include <lab/runtime/calendar.hpp>

#include <pthread.h>

LAB_ORIGINAL(pthread_exit)
LAB_ORIGINAL(pthread_tryjoin_np)
LAB_ORIGINAL(pthread_timedjoin_np)
LAB_ORIGINAL(pthread_clockjoin_np)
LAB_ORIGINAL(pthread_setname_np)
LAB_ORIGINAL(pthread_cancel)

using namespace lab::interpose;
using lab::Diagnosis;
using lab::runtime::Thread;
using lab::runtime::World;

extern "C" {

int pthread_create(pthread_t* handle, const pthread_attr_t* attributes, void* (*function)(void*),
                   void* argument) noexcept {
    return enter([&] { return original_pthread_create(handle, attributes, function, argument); },
                 [&](World& world, Thread& self) {
                     return world.create(self, handle, attributes, function, argument);
                 });
}

int pthread_join(pthread_t handle, void** result) {
    return enter([&] { return original_pthread_join(handle, result); },
                 [&](World& world, Thread& self) {
                     return world.join(self, handle, result, lab::runtime::never, false);
                 });
}

int pthread_tryjoin_np(pthread_t handle, void** result) noexcept {
    return enter([&] { return original_pthread_tryjoin_np(handle, result); },
                 [&](World& world, Thread& self) {
                     return world.join(self, handle, result, lab::runtime::never, true);
                 });
}

int pthread_timedjoin_np(pthread_t handle, void** result, const timespec* until) {
    return enter([&] { return original_pthread_timedjoin_np(handle, result, until); },
                 [&](World& world, Thread& self) {
                     return world.join(self, handle, result,
                                       lab::runtime::deadline_of(CLOCK_REALTIME, *until), false);
                 });
}

int pthread_clockjoin_np(pthread_t handle, void** result, clockid_t clock, const timespec* until) {
    return enter([&] { return original_pthread_clockjoin_np(handle, result, clock, until); },
                 [&](World& world, Thread& self) {
                     return world.join(self, handle, result,
                                       lab::runtime::deadline_of(clock, *until), false);
                 });
}

int pthread_detach(pthread_t handle) noexcept {
    return enter([&] { return original_pthread_detach(handle); },
                 [&](World& world, Thread& self) { return world.detach(self, handle); });
}

void pthread_exit(void* result) {
    Thread* self = lab::runtime::current;
    if (self == nullptr) original_pthread_exit(result);
    const lab::runtime::Visit visit(*self);
    lab::runtime::world().exit_thread(*self, result);
}

int pthread_setname_np(pthread_t handle, const char* name) noexcept {
    return enter([&] { return original_pthread_setname_np(handle, name); },
                 [&](World& world, Thread&) {
                     world.set_name(handle, name);
                     return 0;
                 });
}

// It would strike the host, not its tenant.
int pthread_cancel(pthread_t handle) {
    return enter([&] { return original_pthread_cancel(handle); },
                 [&](World& world, Thread& self) -> int {
                     world.end(Diagnosis::Kind::terminated,
                               "pthread_cancel does not work in the lab: ask the thread to stop "
                               "with a std::stop_token",
                               &self, "called pthread_cancel");
                 });
}

}  // extern "C"
