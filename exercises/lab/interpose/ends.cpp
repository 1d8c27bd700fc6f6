// Ways to end the process: in a run they end the run, and are told.
#include <lab/interpose/doors.hpp>
#include <lab/interpose/ends.hpp>
#include <lab/interpose/originals.hpp>

// With NDEBUG the header does not declare what a program without it may still call.
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <string>

LAB_ORIGINAL(exit)
LAB_ORIGINAL(quick_exit)
LAB_ORIGINAL(_Exit)
LAB_ORIGINAL(abort)
LAB_ORIGINAL(__assert_fail)

using namespace lab::interpose;
using lab::Diagnosis;
using lab::runtime::Thread;
using lab::runtime::World;

namespace {

[[noreturn]] void end_by(Thread& self, const char* function, int status) {
    const lab::runtime::Visit visit(self);
    lab::runtime::world().end(
        Diagnosis::Kind::exited,
        lab::runtime::trace_name(self) + " called " + function + "(" + std::to_string(status) + ")",
        &self, std::string("called ") + function);
}

std::atomic<LastWord> last_word{nullptr};

int after_the_last_word(int status) noexcept {
    const LastWord word = last_word;
    return word != nullptr ? word(status) : status;
}

}  // namespace

void lab::interpose::set_last_word(LastWord word) noexcept { last_word = word; }

extern "C" {

void exit(int status) noexcept {
    if (Thread* self = lab::runtime::current) end_by(*self, "exit", status);
    original_exit(status);
    __builtin_unreachable();
}

void quick_exit(int status) noexcept {
    if (Thread* self = lab::runtime::current) end_by(*self, "quick_exit", status);
    original_quick_exit(after_the_last_word(status));
    __builtin_unreachable();
}

void _Exit(int status) noexcept {
    if (Thread* self = lab::runtime::current) end_by(*self, "_Exit", status);
    original__Exit(after_the_last_word(status));
    __builtin_unreachable();
}

void _exit(int status) {
    if (Thread* self = lab::runtime::current) end_by(*self, "_exit", status);
    original__exit(after_the_last_word(status));
    __builtin_unreachable();
}

void abort() noexcept {
    if (Thread* self = lab::runtime::current) {
        const lab::runtime::Visit visit(*self);
        lab::runtime::world().end(Diagnosis::Kind::terminated,
                                  lab::runtime::trace_name(*self) + " called abort", self,
                                  "called abort");
    }
    original_abort();
    __builtin_unreachable();
}

void __assert_fail(const char* assertion, const char* file, unsigned line,
                   const char* function) noexcept {
    if (Thread* self = lab::runtime::current) {
        const lab::runtime::Visit visit(*self);
        lab::runtime::world().end(Diagnosis::Kind::terminated,
                                  "assert(" + std::string(assertion) + ") did not hold in " +
                                      lab::runtime::trace_name(*self),
                                  self, "failed an assertion");
    }
    original___assert_fail(assertion, file, line, function);
    __builtin_unreachable();
}

}  // extern "C"
