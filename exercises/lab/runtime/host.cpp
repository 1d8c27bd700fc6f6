#include <lab/runtime/host.hpp>

#include <lab/interpose/originals.hpp>
#include <lab/runtime/session.hpp>

#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

extern "C" {
[[gnu::weak]] void __tsan_init();
[[gnu::weak]] void __asan_init();
[[gnu::weak]] void __asan_unpoison_memory_region(const void* begin, std::size_t size);
}

namespace lab::runtime {

constinit thread_local Thread* current = nullptr;

namespace {

// Room for the frames below `park_and_serve` in which a host waits at user level.
constexpr std::size_t parking_space = 4096;
constexpr std::size_t stack_size = std::size_t{1} << 20;
constexpr std::size_t stack_size_asan = std::size_t{4} << 20;  // red zones make frames larger
// ThreadSanitizer keeps a stack of calls of its own, 65,536 deep, and does not look where it ends
// (kShadowStackSize). Instrumented frames that keep anything have 32 bytes at least, so that the
// guard page comes first, with a quarter to spare.
constexpr std::size_t stack_size_tsan = std::size_t{3} << 19;

std::size_t stack_size_here() noexcept {
    if (__tsan_init != nullptr) return stack_size_tsan;
    return __asan_init != nullptr ? stack_size_asan : stack_size;
}

// Modules whose thread_local variables belong to the thread itself, not to its tenant: malloc's
// caches, the dynamic loader's and the sanitizers' state.
bool keeps_its_locals(std::string_view module) {
    for (const std::string_view name : {"libc.so", "ld-linux", "libpthread", "libasan", "libtsan",
                                        "liblsan", "libubsan", "libclang_rt", "linux-vdso"})
        if (module.find(name) != std::string_view::npos) return true;
    return false;
}

int collect_locals(dl_phdr_info* module, std::size_t, void* into) {
    auto& locals = *static_cast<std::vector<Host::Locals>*>(into);
    if (module->dlpi_tls_data == nullptr || keeps_its_locals(module->dlpi_name)) return 0;
    for (int i = 0; i < module->dlpi_phnum; ++i) {
        const auto& header = module->dlpi_phdr[i];
        if (header.p_type == PT_TLS)
            locals.push_back({module->dlpi_tls_data,
                              reinterpret_cast<const void*>(module->dlpi_addr + header.p_vaddr),
                              header.p_filesz, header.p_memsz});
    }
    return 0;
}

void reset_locals(const Host& host) {
    for (const Host::Locals& part : host.locals) {
        std::memcpy(part.address, part.image, part.initialised);
        std::memset(static_cast<std::byte*>(part.address) + part.initialised, 0,
                    part.size - part.initialised);
    }
}

void raw_wait(std::atomic<std::uint32_t>& word, std::uint32_t while_value) {
    while (word.load(std::memory_order_acquire) == while_value)
        interpose::original_syscall(SYS_futex, &word, 128 /* FUTEX_WAIT_PRIVATE */, while_value,
                                    nullptr);
}

void raw_set(std::atomic<std::uint32_t>& word, std::uint32_t value) {
    word.store(value, std::memory_order_release);
    interpose::original_syscall(SYS_futex, &word, 129 /* FUTEX_WAKE_PRIVATE */, 1);
}

// Everything a parked host does happens at this depth or below it, within `parking_space`.
[[gnu::noinline]] void park(Host& host) { raw_wait(host.state, Host::parked); }

void describe_stack(Host& host) {
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
    void* low = nullptr;
    std::size_t size = 0;
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_getguardsize(&attributes, &host.guard_size);
    host.stack_low = static_cast<std::byte*>(low);
    host.stack_end = host.stack_low + size;
    pthread_attr_destroy(&attributes);
}

// At user level a host takes no signals, for a handler would overwrite its tenant's frames. With
// the futex hand-over it is its tenant's kernel thread: it has its creator's mask, as a new thread
// does, but for the tenant's own faults and the watchdog, which it must take.
void mask_signals(bool user_level) {
    sigset_t set;
    if (user_level) {
        sigfillset(&set);
        pthread_sigmask(SIG_SETMASK, &set, nullptr);
        return;
    }
    sigemptyset(&set);
    sigaddset(&set, watchdog_signal);
    for (const int number : fatal_signals) sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void serve(Host& host) {
    // The tenant may use up its stack; its fault must find another to be handled on.
    constexpr std::size_t fault_stack_size = std::size_t{64} << 10;
    const auto fault_stack = std::make_unique_for_overwrite<std::byte[]>(fault_stack_size);
    stack_t alternative{};
    alternative.ss_sp = fault_stack.get();
    alternative.ss_size = fault_stack_size;
    sigaltstack(&alternative, nullptr);
    do {
        await_baton(host.context);
        run_tenant(*host.tenant);
    } while (!host.for_one);
    alternative.ss_flags = SS_DISABLE;
    sigaltstack(&alternative, nullptr);
}

struct Start {
    Host& host;
    bool user_level;
};

void* host_main(void* argument) {
    const auto [host, user_level] = *static_cast<Start*>(argument);
    mask_signals(user_level);
    host.kernel_id = static_cast<int>(interpose::original_syscall(SYS_gettid));
    describe_stack(host);
    host.stack_top = static_cast<std::byte*>(__builtin_frame_address(0)) - parking_space;
    dl_iterate_phdr(collect_locals, &host.locals);
    if (user_level) {
        host.context.thread_pointer = current_thread_pointer();
        raw_set(host.state, Host::parked);
    } else {
        raw_set(host.state, Host::parked);
        serve(host);
    }
    park(host);
    return nullptr;
}

}  // namespace

bool sanitised() noexcept { return __tsan_init != nullptr || __asan_init != nullptr; }

// A static sanitizer runtime (Clang's) keeps its per-thread state among the program's own
// thread_local variables, which therefore cannot be reset.
bool sanitiser_is_static() noexcept {
    static const bool answer = [] {
        const auto* init =
            reinterpret_cast<const void*>(__tsan_init != nullptr ? &__tsan_init : &__asan_init);
        Dl_info runtime{};
        Dl_info program{};
        return init != nullptr && dladdr(init, &runtime) != 0 &&
               dladdr(reinterpret_cast<const void*>(&can_switch_at_user_level), &program) != 0 &&
               runtime.dli_fbase == program.dli_fbase;
    }();
    return answer;
}

Host* Hosts::make(bool user_level) {
    auto host = std::make_unique<Host>();
    host->for_one = sanitiser_is_static();
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_size_here());
    Start start{*host, user_level};
    const int failed =
        interpose::original_pthread_create(&host->handle, &attributes, host_main, &start);
    pthread_attr_destroy(&attributes);
    if (failed != 0) return nullptr;
    raw_wait(host->state, 0);
    return host.release();
}

Host* Hosts::take(Thread& tenant, bool user_level) {
    auto& parked = parked_[user_level ? 1 : 0];
    Host* host = nullptr;
    if (parked.empty()) {
        host = make(user_level);
        if (host == nullptr) return nullptr;
    } else {
        host = parked.back();
        parked.pop_back();
        reset_locals(*host);
        // The last tenant's last frames were left by a switch and not by a return.
        if (__asan_unpoison_memory_region != nullptr)
            __asan_unpoison_memory_region(
                host->stack_low, static_cast<std::size_t>(host->stack_top - host->stack_low));
    }
    host->tenant = &tenant;
    if (user_level) prepare_context(host->context, host->stack_top, tenant);
    return host;
}

void Hosts::give_back(Host& host, bool user_level) {
    host.tenant = nullptr;
    if (!host.for_one) {
        parked_[user_level ? 1 : 0].push_back(&host);
        return;
    }
    raw_set(host.state, Host::dismissed);
    interpose::original_pthread_join(host.handle, nullptr);
    delete &host;
}

void Hosts::forget_all() noexcept {
    for (auto& parked : parked_) parked.clear();
}

Hosts& hosts() {
    static Hosts& all = *[] {
        // A child process has none of its parent's threads, and the C library uses their stacks
        // again.
        static Hosts made;
        pthread_atfork(nullptr, nullptr, [] { made.forget_all(); });
        return &made;
    }();
    return all;
}

}  // namespace lab::runtime
