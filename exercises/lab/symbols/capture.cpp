#include <lab/symbols/capture.hpp>

#include <sys/uio.h>
#include <unistd.h>
#include <unwind.h>

#include <cstdint>

namespace lab {
namespace {

struct Capture {
    void** out;
    std::size_t max;
    std::size_t skip;
    std::size_t count = 0;
    std::uintptr_t from = 0;  // begin at this address; 0: at once
};

_Unwind_Reason_Code add_frame(_Unwind_Context* context, void* data) {
    auto& capture = *static_cast<Capture*>(data);
    int before_instruction = 0;
    auto address = static_cast<std::uintptr_t>(_Unwind_GetIPInfo(context, &before_instruction));
    if (address == 0) return _URC_END_OF_STACK;
    if (capture.from != 0) {
        if (address != capture.from) return _URC_NO_REASON;
        capture.from = 0;
    }
    if (capture.skip > 0) {
        --capture.skip;
        return _URC_NO_REASON;
    }
    if (capture.count == capture.max) return _URC_END_OF_STACK;
    // A frame that a signal interrupted has no call before its address.
    if (before_instruction != 0) ++address;
    capture.out[capture.count++] = reinterpret_cast<void*>(address);
    return _URC_NO_REASON;
}

bool has_unwind_information(std::uintptr_t instruction) {
    // The function looks one before the address, as at a call's.
    return _Unwind_FindEnclosingFunction(reinterpret_cast<void*>(instruction + 1)) != nullptr;
}

// A context's program counter, and what a return from the function it has just entered would make
// of that and of the stack pointer.
#if defined(__x86_64__)
greg_t& pc_of(ucontext_t& context) { return context.uc_mcontext.gregs[REG_RIP]; }
greg_t& stack_of(ucontext_t& context) { return context.uc_mcontext.gregs[REG_RSP]; }
constexpr greg_t return_address_size = sizeof(void*);

std::uintptr_t return_address_of(ucontext_t& context) {
    // The stack pointer may be what is broken: a read that fails instead of faulting.
    std::uintptr_t address = 0;
    const iovec into{&address, sizeof address};
    const iovec from{reinterpret_cast<void*>(stack_of(context)), sizeof address};
    const ssize_t read = process_vm_readv(getpid(), &into, 1, &from, 1, 0);
    return read == ssize_t{sizeof address} ? address : 0;
}
#elif defined(__aarch64__)
unsigned long long& pc_of(ucontext_t& context) {
    return *reinterpret_cast<unsigned long long*>(&context.uc_mcontext.pc);
}
unsigned long long& stack_of(ucontext_t& context) {
    return *reinterpret_cast<unsigned long long*>(&context.uc_mcontext.sp);
}
constexpr unsigned long long return_address_size = 0;  // it is in a register

std::uintptr_t return_address_of(ucontext_t& context) { return context.uc_mcontext.regs[30]; }
#else
#error "The lab does not know this processor."
#endif

// Where an ongoing capture of this thread goes on when it faults. In static TLS, for lazily
// allocated TLS would allocate inside a signal handler.
struct Recovery {
    void* buffer[5];  // what __builtin_setjmp needs
    bool armed = false;
};
[[gnu::tls_model("initial-exec")]] thread_local Recovery recovery;

// In a function of its own, and the builtin rather than setjmp, which sanitizers intercept.
[[gnu::noinline]] void unwind_guarded(Capture& capture) {
    if (__builtin_setjmp(recovery.buffer) == 0) {
        recovery.armed = true;
        _Unwind_Backtrace(add_frame, &capture);
    }
    recovery.armed = false;
}

// The unwinder sets up its tables (and calls pthread_once) at its first use: before main, that no
// run of the lab sees it.
[[gnu::constructor]] void warm_up() {
    void* frame = nullptr;
    capture_stack(&frame, 1, 0);
}

}  // namespace

[[gnu::noinline]] std::size_t capture_stack(void** out, std::size_t max,
                                            std::size_t skip) noexcept {
    Capture capture{out, max, skip + 1};  // this function's own frame
    _Unwind_Backtrace(add_frame, &capture);
    return capture.count;
}

[[gnu::noinline]] std::size_t capture_stack(void** out, std::size_t max,
                                            ucontext_t& interrupted) noexcept {
    const auto pc = pc_of(interrupted);
    const auto stack = stack_of(interrupted);
    Capture capture{out, max, 0, 0, static_cast<std::uintptr_t>(pc)};
    // After a jump to nowhere there is no frame to begin with. But the return address of the call
    // that led there is still in its place: begin with that call.
    if (!has_unwind_information(capture.from)) {
        const std::uintptr_t call = return_address_of(interrupted) - 1;
        if (!has_unwind_information(call)) return 0;
        capture.from = call;
        // The unwinder's way from the handler to the interrupted frame leads through this context.
        pc_of(interrupted) = static_cast<decltype(pc + 0)>(call);
        stack_of(interrupted) = stack + return_address_size;
    }
    unwind_guarded(capture);
    pc_of(interrupted) = pc;
    stack_of(interrupted) = stack;
    return capture.count;
}

void recover_capture() noexcept {
    if (!recovery.armed) return;
    recovery.armed = false;
    __builtin_longjmp(recovery.buffer, 1);
}

}  // namespace lab
