// Exceptions that threads share, in ThreadSanitizer builds.
//
// An exception is counted: by each std::exception_ptr to it, and by each handler that is at work on
// it. Whoever lets go of it last destroys it. The count lives in libstdc++, which is not
// instrumented, so ThreadSanitizer does not see that the last comes after the others, and would
// call its destroying the exception a race with their having read it.
//
// So each way by which a program lets go of an exception is sent here (tsan_wraps.ld). Whoever is
// not the last releases, the last acquires. That is less than libstdc++'s updates of the count
// order (all of them acquire), so that no race of the program's is hidden behind a count that it
// does not know of. This file must not be instrumented itself.
#include <lab/races/annotations.hpp>
#include <lab/runtime/host.hpp>

#include <unwind.h>

#include <cstddef>
#include <exception>
#include <future>
#include <typeinfo>

namespace {

// What libstdc++ keeps before each exception (libsupc++/unwind-cxx.h): part of the C++ ABI but for
// the count, which has been at its front since GCC 4.4.
struct Header {
    int count;
    struct Common {
        std::type_info* type;
        void (*destructor)(void*);
        void (*unexpected_handler)();
        void (*terminate_handler)();
        Common* next;
        int handler_count;
        int handler_switch_value;
        const unsigned char* action_record;
        const unsigned char* language_specific_data;
        _Unwind_Ptr catch_temporary;
        void* adjusted_pointer;
        _Unwind_Exception unwind;
    } common;
};

void* object_of(const std::exception_ptr& pointer) noexcept {
    static_assert(sizeof pointer == sizeof(void*), "an exception_ptr is one pointer");
    void* object = nullptr;
    __builtin_memcpy(&object, &pointer, sizeof object);
    return object;
}

bool is_last(void* object) noexcept {
    return __atomic_load_n(&(static_cast<Header*>(object) - 1)->count, __ATOMIC_RELAXED) == 1;
}

/// The exception's own address serves: the program never synchronises on it.
void let_go_of(void* object) noexcept {
    if (object == nullptr) return;
    // Outside a run two threads may see each other's count, and neither take itself for the last.
    const bool free_running = lab::runtime::current == nullptr;
    const bool last = is_last(object);
    if (!last || free_running) lab::tsan::release(object);
    if (last || free_running) lab::tsan::acquire(object);
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {

// The end of a catch block. `current_exception` is the exception itself also where the block
// handles one that was thrown again, which has a header of its own.
void __real___cxa_end_catch();
void __wrap___cxa_end_catch() {
    // In two statements: the first's temporary counts, too.
    void* object = object_of(std::current_exception());
    let_go_of(object);
    __real___cxa_end_catch();
}

// std::exception_ptr::_M_release(): what its destructor and its assignments call.
void __real__ZNSt15__exception_ptr13exception_ptr10_M_releaseEv(std::exception_ptr* self);
void __wrap__ZNSt15__exception_ptr13exception_ptr10_M_releaseEv(std::exception_ptr* self) {
    let_go_of(object_of(*self));
    __real__ZNSt15__exception_ptr13exception_ptr10_M_releaseEv(self);
}

// std::__future_base::_Result_base::~_Result_base(): a future's result may be an exception.
void __real__ZNSt13__future_base12_Result_baseD2Ev(std::__future_base::_Result_base* self);
void __wrap__ZNSt13__future_base12_Result_baseD2Ev(std::__future_base::_Result_base* self) {
    let_go_of(object_of(self->_M_error));
    __real__ZNSt13__future_base12_Result_baseD2Ev(self);
}

// std::nested_exception::~nested_exception().
void __real__ZNSt16nested_exceptionD2Ev(std::nested_exception* self);
void __wrap__ZNSt16nested_exceptionD2Ev(std::nested_exception* self) {
    void* object = object_of(self->nested_ptr());
    let_go_of(object);
    __real__ZNSt16nested_exceptionD2Ev(self);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
