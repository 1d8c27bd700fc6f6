#include <lab/runtime/session.hpp>

#include <lab/interpose/originals.hpp>
#include <lab/observe.hpp>
#include <lab/runtime/world.hpp>
#include <lab/symbols/capture.hpp>

#include <dlfcn.h>
#include <link.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unwind.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <memory>
#include <mutex>
#include <tuple>

namespace lab::runtime {

namespace {

constexpr std::size_t fault_stack_size = std::size_t{64} << 10;

// libc's own functions, past the program's and the sanitizers': ThreadSanitizer would keep the
// watchdog's signal until the next call it intercepts, which is what does not come.
template <class Function>
Function* from_libc(const char* name) {
    static void* const libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    return reinterpret_cast<Function*>(dlsym(libc, name));
}

Time clock_now(clockid_t clock) noexcept {
    timespec t{};
    interpose::original_syscall(SYS_clock_gettime, clock, &t);
    return t.tv_sec * Time{1'000'000'000} + t.tv_nsec;
}

int kernel_id() noexcept { return static_cast<int>(interpose::original_syscall(SYS_gettid)); }

// The watchdog -----------------------------------------------------------------------------------

// Written by the signal handler and by the baton holder, on one kernel thread or in turns.
struct Watch {
    Time patience = 0;
    int observer = 0;  ///< kernel thread that runs the session
    std::atomic<std::uint32_t> life{0};
    std::uint32_t seen_steps = 0;
    std::uint32_t seen_life = 0;
    int seen_kernel_thread = 0;
    Time idle_since = 0;
    Time cpu_at_idle_since = 0;
    int late_ticks = 0;
    // Whether it sleeps in a system call, as of the last tick.
    int ticks_asleep = 0;
    long sleeps = 0;
    Time cpu_at_tick = 0;
};
constinit Watch watch;

std::uintptr_t program_counter(const ucontext_t& context) noexcept {
#if defined(__x86_64__)
    return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RIP]);
#else
    return static_cast<std::uintptr_t>(context.uc_mcontext.pc);
#endif
}

std::uintptr_t stack_pointer(const ucontext_t& context) noexcept {
#if defined(__x86_64__)
    return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RSP]);
#else
    return static_cast<std::uintptr_t>(context.uc_mcontext.sp);
#endif
}

// Whether a system call was interrupted: it is the instruction before, or, where the kernel will
// make the call again, the next one.
bool in_system_call(const ucontext_t& context) noexcept {
    const auto* at = reinterpret_cast<const unsigned char*>(program_counter(context));
#if defined(__x86_64__)
    return (at[-2] == 0x0f && at[-1] == 0x05) || (at[0] == 0x0f && at[1] == 0x05);
#else
    constexpr unsigned char svc[] = {0x01, 0x00, 0x00, 0xd4};
    return std::memcmp(at - 4, svc, 4) == 0 || std::memcmp(at, svc, 4) == 0;
#endif
}

/// How often this kernel thread gave up its processor to wait for something.
long voluntary_switches() noexcept {
    rusage usage{};
    interpose::original_syscall(SYS_getrusage, RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

// A thread that sleeps in a system call is woken by each tick, does next to nothing, and goes to
// sleep again. One that is merely starved, by a busy machine, of the time for many short calls
// looks alike at any one tick, but does not sleep: real time and the interrupted instruction alone
// have accused it.
bool sleeps_too_long(const ucontext_t& context, Time now, Time cpu) noexcept {
    constexpr Time next_to_nothing = 1'000'000;
    constexpr int enough_ticks = 4;
    const long sleeps = voluntary_switches();
    const bool asleep = in_system_call(context) && sleeps > watch.sleeps &&
                        cpu - watch.cpu_at_tick < next_to_nothing;
    watch.sleeps = sleeps;
    watch.cpu_at_tick = cpu;
    if (!asleep) {
        watch.ticks_asleep = 0;
        return false;
    }
    return ++watch.ticks_asleep >= enough_ticks && now - watch.idle_since > watch.patience;
}

// libc's string functions hold no lock, and are where many a null pointer is followed. Several
// implementations stand behind one name: dlsym tells which one this processor uses.
class StringFunctions {
public:
    StringFunctions() {
        constexpr std::array names{"memchr",  "memcmp",  "memcpy",     "memmove", "memrchr",
                                   "memset",  "stpcpy",  "strcasecmp", "strcat",  "strchr",
                                   "strcmp",  "strcpy",  "strcspn",    "strlen",  "strncasecmp",
                                   "strncat", "strncmp", "strncpy",    "strnlen", "strpbrk",
                                   "strrchr", "strspn",  "strstr",     "wcslen",  "wmemcpy"};
        static_assert(names.size() == std::tuple_size_v<decltype(functions_)>);
        std::ranges::transform(names, functions_.begin(),
                               [](const char* name) { return from_libc<void()>(name); });
    }
    [[nodiscard]] bool contain(std::uintptr_t address) const noexcept {
        // The function looks one before the address, as at a call's.
        const void* begin = _Unwind_FindEnclosingFunction(reinterpret_cast<void*>(address + 1));
        return begin != nullptr && std::ranges::any_of(functions_, [begin](void (*function)()) {
                   return reinterpret_cast<const void*>(function) == begin;
               });
    }

private:
    std::array<void (*)(), 25> functions_{};
};

const StringFunctions& string_functions() {
    static const StringFunctions all;
    return all;
}

// A thread that is abandoned inside libc or the loader may hold one of their locks (malloc's), and
// the next to need it would wait for ever.
bool may_hold_a_libc_lock(std::uintptr_t address) noexcept {
    Dl_info info{};
    if (dladdr(reinterpret_cast<void*>(address), &info) == 0 || info.dli_fname == nullptr)
        return false;
    for (const char* name : {"libc.so", "ld-linux", "libtsan", "libasan"})
        if (std::strstr(info.dli_fname, name) != nullptr)
            return !string_functions().contain(address);
    return false;
}

[[noreturn]] void die(const char* sentence) noexcept {
    interpose::original_syscall(SYS_write, 2, sentence, std::strlen(sentence));
    interpose::original_syscall(SYS_exit_group, 70);
    __builtin_trap();
}

StackRecord interrupted_stack(ucontext_t& context) noexcept {
    StackRecord stack;
    stack.depth = capture_stack(stack.frames.data(), stack.frames.size(), context);
    return stack;
}

void on_tick(int, siginfo_t*, void* raw_context) {
    const int error = errno;
    World& the_world = world();
    Thread* running = the_world.running();
    auto& context = *static_cast<ucontext_t*>(raw_context);
    const int here = kernel_id();
    const Time now = real_nanoseconds();
    const Time cpu = clock_now(CLOCK_THREAD_CPUTIME_ID);

    if (!the_world.active() || running == nullptr) {
        watch.idle_since = 0;
    } else if (!the_world.at_user_level() && here == watch.observer) {
        // The observer's kernel thread only waits: ask on the one that has the baton. That one goes
        // on meanwhile, and may end, whereupon it has no host any more. The host itself outlives
        // the run, for while there is one only this kernel thread could destroy it.
        const Host* host = __atomic_load_n(&running->host, __ATOMIC_RELAXED);
        if (host != nullptr)
            interpose::original_syscall(SYS_tgkill, getpid(), host->kernel_id, watchdog_signal);
    } else if (watch.idle_since == 0 || watch.seen_steps != the_world.steps() ||
               watch.seen_life != watch.life || watch.seen_kernel_thread != here) {
        watch.seen_steps = the_world.steps();
        watch.seen_life = watch.life;
        watch.seen_kernel_thread = here;
        watch.idle_since = now;
        watch.cpu_at_idle_since = cpu;
        watch.late_ticks = 0;
        watch.ticks_asleep = 0;
        watch.sleeps = voluntary_switches();
        watch.cpu_at_tick = cpu;
    } else if (current != nullptr) {
        const bool burns = cpu - watch.cpu_at_idle_since > watch.patience;
        const bool hangs = sleeps_too_long(context, now, cpu);
        if (burns || hangs) {
            if (!hangs && may_hold_a_libc_lock(program_counter(context))) {
                if (++watch.late_ticks > 100)
                    die("lab: a thread computes without end inside the C library, and cannot be "
                        "stopped there; the process ends.\n");
            } else {
                const StackRecord stack = interrupted_stack(context);
                watch.idle_since = 0;
                current = nullptr;
                if (burns)
                    the_world.end(Diagnosis::Kind::busy_wait,
                                  trace_name(*running) +
                                      " computes without ever reaching a synchronisation call",
                                  running, "computes", &stack);
                the_world.end(Diagnosis::Kind::stuck,
                              trace_name(*running) +
                                  " is stuck in a system call that the lab cannot look into",
                              running, "is in a system call", &stack);
            }
        }
    }
    errno = error;
}

// Fatal signals ----------------------------------------------------------------------------------

std::array<struct sigaction, fatal_signals.size()> former_actions;

std::string_view signal_name(int number) {
    switch (number) {
    case SIGSEGV: return "SIGSEGV: it touched memory that is not its own";
    case SIGBUS: return "SIGBUS: it touched memory that is not there";
    case SIGFPE: return "SIGFPE: an impossible integer division, as a rule by zero";
    case SIGILL: return "SIGILL: an instruction that does not exist";
    case SIGTRAP: return "SIGTRAP: a trap";
    default: return "SIGSYS: a forbidden system call";
    }
}

bool at_stack_end(const Thread& thread, const void* address) noexcept {
    const auto* low = thread.host->stack_low;
    const auto* at = static_cast<const std::byte*>(address);
    constexpr std::ptrdiff_t page = 4096;
    return at < low + page &&
           at >= low - static_cast<std::ptrdiff_t>(thread.host->guard_size) - page;
}

// The lab follows the pointers that the program gives it: to a mutex in an object that is not
// there, for one. Then the fault is the program's, though `current` says that the lab is at work.
Thread* giver_of_null(const void* address, const ucontext_t& context) noexcept {
    constexpr std::uintptr_t null_page = 4096;
    Thread* running = world().running();
    if (running == nullptr || running->host == nullptr ||
        reinterpret_cast<std::uintptr_t>(address) >= null_page)
        return nullptr;
    const auto* stack = reinterpret_cast<const std::byte*>(stack_pointer(context));
    const bool on_its_stack = stack >= running->host->stack_low && stack < running->host->stack_end;
    return on_its_stack ? running : nullptr;
}

void on_fatal_signal(int number, siginfo_t* info, void* raw_context) {
    recover_capture();
    auto& context = *static_cast<ucontext_t*>(raw_context);
    Thread* self = current;
    World& the_world = world();
    if (self == nullptr && number == SIGSEGV && the_world.active())
        self = giver_of_null(info->si_addr, context);
    const bool overflow =
        self != nullptr && number == SIGSEGV && at_stack_end(*self, info->si_addr);
    if (self == nullptr || !the_world.active() ||
        (!overflow && may_hold_a_libc_lock(program_counter(context)))) {
        // Not the program's, or not to be survived: as without the lab. The instruction faults
        // again when this returns.
        for (std::size_t i = 0; i < fatal_signals.size(); ++i)
            if (fatal_signals[i] == number)
                from_libc<int(int, const struct sigaction*, struct sigaction*)>("sigaction")(
                    number, &former_actions[i], nullptr);
        return;
    }
    const StackRecord stack = interrupted_stack(context);
    current = nullptr;
    if (overflow)
        the_world.end(Diagnosis::Kind::stack_overflow, trace_name(*self) + " used up its stack",
                      self, "calls deeper and deeper", &stack);
    the_world.end(Diagnosis::Kind::crashed,
                  trace_name(*self) + " crashed with " + std::string(signal_name(number)), self,
                  "crashed", &stack);
}

// Terminate --------------------------------------------------------------------------------------

std::terminate_handler former_terminate = nullptr;

[[noreturn]] void on_terminate() {
    Thread* self = current;
    if (self == nullptr) {
        former_terminate();
        std::abort();
    }
    current = nullptr;
    World& the_world = world();
    const std::exception_ptr exception = std::current_exception();
    if (!exception)
        the_world.end(Diagnosis::Kind::terminated, trace_name(*self) + " called std::terminate",
                      self, "called std::terminate");
    std::string thrown = "something that is not a std::exception";
    try {
        std::rethrow_exception(exception);
    } catch (const std::exception& known) {
        thrown = describe_exception(known);
    } catch (...) {
    }
    the_world.end(Diagnosis::Kind::uncaught_exception,
                  "nobody caught what " + trace_name(*self) + " threw: " + thrown, self,
                  "threw " + thrown);
}

// Not a function's static: ThreadSanitizer does not see the guard of one in code that it does not
// instrument, as the lab's, and would miss what orders its making before its use.
constinit std::mutex turn;

}  // namespace

void watchdog_sees_life() noexcept { watch.life.fetch_add(1, std::memory_order_relaxed); }

Time real_nanoseconds() noexcept { return clock_now(CLOCK_MONOTONIC); }

void real_sleep(Time nanoseconds) noexcept {
    timespec t{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    interpose::original_syscall(SYS_nanosleep, &t, nullptr);
}

struct Session::Lent {
    std::unique_lock<std::mutex> turn;
    struct sigaction former_tick {};
    timer_t timer{};
    bool has_timer = false;
    std::unique_ptr<std::byte[]> fault_stack;
    stack_t former_stack{};
    sigset_t former_mask{};
};

Session::Session(std::chrono::milliseconds patience) {
    if (current != nullptr)
        throw Error(
            "observe was called inside a run: a body cannot be observed within another; "
            "call it before or after");
    auto lent = std::make_unique<Lent>();
    lent->turn = std::unique_lock(turn);
    // Not for the first time in a signal handler, which may come in the middle of the making.
    static_cast<void>(string_functions());
    static_cast<void>(world());

    pthread_sigmask(SIG_SETMASK, nullptr, &lent->former_mask);
    lent->fault_stack = std::make_unique_for_overwrite<std::byte[]>(fault_stack_size);
    stack_t stack{};
    stack.ss_sp = lent->fault_stack.get();
    stack.ss_size = fault_stack_size;
    sigaltstack(&stack, &lent->former_stack);

    auto* set_action = from_libc<int(int, const struct sigaction*, struct sigaction*)>("sigaction");
    struct sigaction action {};
    sigemptyset(&action.sa_mask);
    // No signal stays blocked: the handlers may leave by a switch instead of a return.
    // A tick is no reason for the program's system calls to fail.
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART;
    action.sa_sigaction = on_tick;
    set_action(watchdog_signal, &action, &lent->former_tick);
    // AddressSanitizer says more about a bad access than the lab could.
    action.sa_flags |= SA_ONSTACK;
    action.sa_sigaction = on_fatal_signal;
    for (std::size_t i = 0; i < fatal_signals.size(); ++i)
        set_action(fatal_signals[i], &action, &former_actions[i]);
    former_terminate = std::set_terminate(on_terminate);

    watch.patience = std::chrono::nanoseconds(patience).count();
    watch.observer = kernel_id();
    watch.idle_since = 0;
    sigevent wake{};
    wake.sigev_notify = SIGEV_THREAD_ID;
    wake.sigev_signo = watchdog_signal;
#ifdef sigev_notify_thread_id
    wake.sigev_notify_thread_id = watch.observer;
#else
    wake._sigev_un._tid = watch.observer;
#endif
    if (timer_create(CLOCK_MONOTONIC, &wake, &lent->timer) == 0) {
        lent->has_timer = true;
        const Time period = std::max<Time>(watch.patience / 8, 1'000'000);
        itimerspec every{};
        every.it_interval = {period / 1'000'000'000, period % 1'000'000'000};
        every.it_value = every.it_interval;
        timer_settime(lent->timer, 0, &every, nullptr);
    }
    lent_ = lent.release();
}

Session::~Session() {
    const std::unique_ptr<Lent> lent(lent_);
    if (lent->has_timer) timer_delete(lent->timer);
    std::set_terminate(former_terminate);
    auto* set_action = from_libc<int(int, const struct sigaction*, struct sigaction*)>("sigaction");
    for (std::size_t i = 0; i < fatal_signals.size(); ++i)
        set_action(fatal_signals[i], &former_actions[i], nullptr);
    set_action(watchdog_signal, &lent->former_tick, nullptr);
    pthread_sigmask(SIG_SETMASK, &lent->former_mask, nullptr);
    lent->former_stack.ss_flags &= ~SS_ONSTACK;
    sigaltstack(&lent->former_stack, nullptr);
}

}  // namespace lab::runtime
