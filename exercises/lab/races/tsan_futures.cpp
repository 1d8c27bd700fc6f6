// Promises that are kept at the end of a thread, in ThreadSanitizer builds.
//
// std::promise::set_value_at_thread_exit (and set_exception_…, and packaged_task's
// make_ready_at_thread_exit) leaves it to libstdc++ to say that the result is ready. libstdc++ is
// not instrumented, so ThreadSanitizer does not see that what the thread did comes before what is
// done by whoever awaited the result, and would call that a race. So libstdc++'s last word is
// preceded by one that ThreadSanitizer hears: a release of the status that those who wait acquire.
// This file must not be instrumented itself.
#include <lab/races/annotations.hpp>

namespace {

// std::__future_base::_State_baseV2 (<future>), as far as its status: part of libstdc++'s ABI.
struct State {
    void* virtual_table;
    void* result;
    unsigned status;  ///< changes when the result is ready
};

// std::__future_base::_State_baseV2::_Make_ready: what the thread has to do at its end.
struct MakeReady {
    MakeReady* next;
    void (*run)(void*);
    State* state;  ///< a std::weak_ptr: this, and its count
    void* count;
};

void (*libstdcxx_makes_ready)(void*) = nullptr;  ///< always the same function

void tell_and_make_ready(void* element) {
    // Nothing is read there, for nobody may be left who waits.
    lab::tsan::release(&static_cast<MakeReady*>(element)->state->status);
    libstdcxx_makes_ready(element);
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {

void __real__ZNSt13__future_base13_State_baseV211_Make_ready6_M_setEv(MakeReady* self);
void __wrap__ZNSt13__future_base13_State_baseV211_Make_ready6_M_setEv(MakeReady* self) {
    __real__ZNSt13__future_base13_State_baseV211_Make_ready6_M_setEv(self);
    __atomic_store_n(&libstdcxx_makes_ready, self->run, __ATOMIC_RELEASE);
    self->run = tell_and_make_ready;
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
