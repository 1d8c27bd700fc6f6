#include <lab/runtime/context.hpp>

#include <linux/futex.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace lab::runtime {

namespace {

// Always libc-free: a call of ::syscall would come back to the lab's own definition.
long raw_futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) noexcept {
#if defined(__x86_64__)
    long result = SYS_futex;
    register long timeout asm("r10") = 0;
    asm volatile("syscall"
                 : "+a"(result)
                 : "D"(&word), "S"(operation), "d"(value), "r"(timeout)
                 : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long number asm("x8") = SYS_futex;
    register long x0 asm("x0") = reinterpret_cast<long>(&word);
    register long x1 asm("x1") = operation;
    register long x2 asm("x2") = value;
    register long x3 asm("x3") = 0;
    asm volatile("svc 0" : "+r"(x0) : "r"(number), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
#else
#error "The lab knows how to make system calls on x86-64 and arm64 only."
#endif
}

}  // namespace

void await_baton(Context& context) noexcept {
    while (context.baton.load(std::memory_order_acquire) == 0)
        raw_futex(context.baton, FUTEX_WAIT_PRIVATE, 0);
    context.baton.store(0, std::memory_order_relaxed);
}

void pass_baton(Context& to) noexcept {
    to.baton.store(1, std::memory_order_release);
    raw_futex(to.baton, FUTEX_WAKE_PRIVATE, 1);
}

void switch_by_futex(Context& from, Context& to) noexcept {
    pass_baton(to);
    await_baton(from);
}

#if defined(__x86_64__)

// The System V ABI's callee-saved state: six registers, the SSE control word and the x87 one.
// The FS base changes between the two stacks, so that no instruction of C++ ever runs with one
// thread's stack and another's thread-local storage.
asm(R"(
.text
.globl lab_switch_context
.hidden lab_switch_context
.type lab_switch_context, @function
lab_switch_context:
    .cfi_startproc
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
    .cfi_def_cfa %rsp, 64
    .cfi_offset %rbp, -16
    .cfi_offset %rbx, -24
    .cfi_offset %r12, -32
    .cfi_offset %r13, -40
    .cfi_offset %r14, -48
    .cfi_offset %r15, -56
    movq %rsp, (%rdi)
    cmpb $0, lab_base_by_call(%rip)
    jne 2f
    wrfsbase %rdx
1:
    movq %rsi, %rsp
    ldmxcsr (%rsp)
    fldcw 4(%rsp)
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    .cfi_def_cfa %rsp, 8
    ret
2:  # arch_prctl(ARCH_SET_FS, %rdx); the kernel keeps all registers but rax, rcx and r11
    .cfi_def_cfa %rsp, 64
    movq %rsi, %r8
    movl $158, %eax
    movl $0x1002, %edi
    movq %rdx, %rsi
    syscall
    movq %r8, %rsi
    jmp 1b
    .cfi_endproc
.size lab_switch_context, . - lab_switch_context

# The bottom of a context's stack. The return address is undefined to the unwinder, so that a
# backtrace ends here and an exception that nobody catches is known to be uncaught where it is
# thrown.
.globl lab_context_entry
.hidden lab_context_entry
.type lab_context_entry, @function
lab_context_entry:
    .cfi_startproc
    .cfi_undefined %rip
    xorl %ebp, %ebp
    movq %r12, %rdi
    callq lab_thread_main
    ud2
    .cfi_endproc
.size lab_context_entry, . - lab_context_entry
)");

extern "C" void lab_switch_context(void** save, void* stack_pointer,
                                   std::uintptr_t thread_pointer) noexcept;
extern "C" void lab_context_entry();
// Read by the assembly above: 1 where the FS base is set by a system call.
extern "C" {
[[gnu::visibility("hidden")]] extern unsigned char lab_base_by_call;
unsigned char lab_base_by_call = 0;
}

std::uintptr_t current_thread_pointer() noexcept {
    // The thread control block begins with its own address (the ABI of thread-local storage).
    std::uintptr_t base = 0;
    asm volatile("movq %%fs:0, %0" : "=r"(base));
    return base;
}

namespace {

enum class BaseBy : std::uint8_t { nothing, instruction, call };

BaseBy how_to_set_the_base() noexcept {
    // A shadow stack would notice that the return addresses are on another stack. RDSSPQ does
    // nothing where there is none.
    std::uint64_t shadow_stack = 0;
    asm volatile(".byte 0xf3, 0x48, 0x0f, 0x1e, 0xc8" : "+a"(shadow_stack));
    if (shadow_stack != 0) return BaseBy::nothing;
    // Bit 1 of AT_HWCAP2: the kernel lets user space write the FS base (Linux 5.9,
    // Documentation/x86/x86_64/fsgs.rst). Where it is not set the instruction may work all the
    // same, in some virtual machines, but the kernel does not keep what it wrote.
    constexpr unsigned long fsgsbase = 2;
    if ((getauxval(AT_HWCAP2) & fsgsbase) != 0) return BaseBy::instruction;
    // A sandbox may refuse the call.
    long result = SYS_arch_prctl;
    asm volatile("syscall"
                 : "+a"(result)
                 : "D"(long{0x1002}), "S"(current_thread_pointer())
                 : "rcx", "r11", "memory");
    return result == 0 ? BaseBy::call : BaseBy::nothing;
}

}  // namespace

bool can_switch_at_user_level() noexcept {
    static const BaseBy way = [] {
        const BaseBy found = how_to_set_the_base();
        lab_base_by_call = found == BaseBy::call ? 1 : 0;
        return found;
    }();
    return way != BaseBy::nothing;
}

void prepare_context(Context& context, void* stack_top, Thread& thread) noexcept {
    auto top = reinterpret_cast<std::uintptr_t>(stack_top) & ~std::uintptr_t{15};
    auto* slots = reinterpret_cast<std::uintptr_t*>(top);
    // From the top down: padding so that the entry sees a stack aligned to 16, the entry itself
    // as the return address, then what lab_switch_context pops.
    *--slots = 0;
    *--slots = 0;
    *--slots = reinterpret_cast<std::uintptr_t>(&lab_context_entry);
    *--slots = 0;                                          // rbp
    *--slots = 0;                                          // rbx
    *--slots = reinterpret_cast<std::uintptr_t>(&thread);  // r12
    *--slots = 0;                                          // r13
    *--slots = 0;                                          // r14
    *--slots = 0;                                          // r15
    *--slots = 0;                                          // control words
    asm volatile("stmxcsr (%0)\n\tfnstcw 4(%0)" : : "r"(slots) : "memory");
    context.stack_pointer = slots;
}

void switch_at_user_level(Context& from, Context& to) noexcept {
    lab_switch_context(&from.stack_pointer, to.stack_pointer, to.thread_pointer);
}

#else  // no user-level way on this processor: the futex way serves

bool can_switch_at_user_level() noexcept { return false; }
std::uintptr_t current_thread_pointer() noexcept { return 0; }
void prepare_context(Context&, void*, Thread&) noexcept {}
void switch_at_user_level(Context& from, Context& to) noexcept { switch_by_futex(from, to); }

#endif

}  // namespace lab::runtime
