#include <contain/syscall_filter.hpp>

#include <asm/sockios.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <utility>

namespace lockstep {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t own_architecture = 0;
#endif

constexpr std::uint32_t number_at = offsetof(seccomp_data, nr);
constexpr std::uint32_t architecture_at = offsetof(seccomp_data, arch);
// The low halves: both architectures are little-endian.
constexpr std::uint32_t first_argument_at = offsetof(seccomp_data, args);
constexpr std::uint32_t second_argument_at = first_argument_at + sizeof(seccomp_data::args[0]);

class Filter {
public:
    void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
    void answer(std::uint32_t what) { add(BPF_RET | BPF_K, what); }
    void fail_with(int error) { answer(SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error)); }
    /// These run the next `count` instructions only if what was loaded is as they say.
    void only_if_equal(std::uint32_t value, std::size_t count) { jump(BPF_JEQ, value, 0, count); }
    void unless_equal(std::uint32_t value, std::size_t count) { jump(BPF_JEQ, value, count, 0); }
    void only_if_any_bit(std::uint32_t bits, std::size_t count) { jump(BPF_JSET, bits, 0, count); }
    void only_if_at_least(std::uint32_t value, std::size_t count) {
        jump(BPF_JGE, value, 0, count);
    }
    void forbid(long number, int error) {
        only_if_equal(static_cast<std::uint32_t>(number), 1);
        fail_with(error);
    }
    /// Runs a whole other filter only if what was loaded is as it says.
    void only_if_equal(std::uint32_t value, const Filter& then) {
        only_if_equal(value, then.code_.size());
        code_.insert(code_.end(), then.code_.begin(), then.code_.end());
    }
    /// What the call gives: with SECCOMP_FILTER_FLAG_NEW_LISTENER, a descriptor; -1 on failure.
    [[nodiscard]] int install(unsigned flags) {
        sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
        return static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
    }

private:
    void jump(int test, std::uint32_t value, std::size_t if_so, std::size_t if_not) {
        code_.push_back(BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), value,
                                 static_cast<std::uint8_t>(if_so),
                                 static_cast<std::uint8_t>(if_not)));
    }
    void add(int code, std::uint32_t value) {
        code_.push_back(BPF_STMT(static_cast<std::uint16_t>(code), value));
    }
    std::vector<sock_filter> code_;
};

/// What no contained program may do, whatever else is around it.
void forbid_always(Filter& filter) {
    for (const long number : {
             // New namespaces, and what one may do in them.
             long{SYS_unshare},
             long{SYS_setns},
             long{SYS_mount},
             long{SYS_umount2},
             long{SYS_pivot_root},
             long{SYS_chroot},
             // Another process's memory.
             long{SYS_ptrace},
             long{SYS_process_vm_readv},
             long{SYS_process_vm_writev},
             // Large parts of the kernel that no exercise needs.
             long{SYS_bpf},
             long{SYS_perf_event_open},
             long{SYS_add_key},
             long{SYS_request_key},
             long{SYS_keyctl},
             long{SYS_init_module},
             long{SYS_finit_module},
             long{SYS_kexec_load},
#ifdef SYS_userfaultfd
             long{SYS_userfaultfd},
#endif
         }) {
        filter.forbid(number, EPERM);
    }
#ifdef SYS_io_uring_setup
    filter.forbid(SYS_io_uring_setup, ENOSYS);
#endif
#ifdef SYS_clone3
    // Its flags lie in memory, where no filter sees them; the C library then falls back to clone.
    filter.forbid(SYS_clone3, ENOSYS);
#endif
    filter.only_if_equal(SYS_clone, 4);  // the four instructions that follow
    filter.load(first_argument_at);
    filter.only_if_any_bit(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET, 1);
    filter.fail_with(EPERM);
    filter.load(number_at);
}

/// Whether a filter may ask, and a call that it asked about go on: since Linux 5.5.
bool kernel_can_ask() {
    utsname kernel{};
    int major = 0;
    int minor = 0;
    return ::uname(&kernel) == 0 && std::sscanf(kernel.release, "%d.%d", &major, &minor) == 2 &&
           std::pair{major, minor} >= std::pair{5, 5};
}

/// All ways to a process by its number, and those that no gate sees.
void guard_signals(Filter& filter, bool ask, const std::vector<pid_t>& protected_processes) {
    for (const long number : {
             long{SYS_kill}, long{SYS_tkill}, long{SYS_tgkill}, long{SYS_rt_sigqueueinfo},
             long{SYS_rt_tgsigqueueinfo}, long{SYS_pidfd_open},
             long{SYS_prlimit64},  // a limit of CPU time kills as well
         }) {
        Filter rule;
        rule.load(first_argument_at);
        rule.forbid(-1, EPERM);
        if (ask) {
            // Oneself, and one's group.
            for (const pid_t own : {pid_t{0}, ::getpid()}) {
                rule.only_if_equal(static_cast<std::uint32_t>(own), 1);
                rule.answer(SECCOMP_RET_ALLOW);
            }
            rule.answer(SECCOMP_RET_USER_NOTIF);
        } else {
            for (const pid_t process : protected_processes) {
                rule.forbid(process, EPERM);
                rule.forbid(-process, EPERM);
            }
        }
        rule.load(number_at);
        filter.only_if_equal(static_cast<std::uint32_t>(number), rule);
    }
    // It takes a folder of /proc for a process.
    filter.forbid(SYS_pidfd_send_signal, ENOSYS);
    // Whom the kernel signals when there is something to read, and how.
    const auto forbid_commands = [&](long number, std::initializer_list<long> commands) {
        Filter rule;
        rule.load(second_argument_at);
        for (const long command : commands) rule.forbid(command, EPERM);
        rule.load(number_at);
        filter.only_if_equal(static_cast<std::uint32_t>(number), rule);
    };
    forbid_commands(SYS_fcntl, {F_SETOWN, F_SETOWN_EX, F_SETSIG});
    forbid_commands(SYS_ioctl, {FIOSETOWN, SIOCSPGRP});
}

Filter filter_for(bool ask, const std::vector<pid_t>& protected_processes) {
    Filter filter;
    // Numbers mean something else in another architecture's calls (32 bits).
    filter.load(architecture_at);
    filter.unless_equal(own_architecture, 1);
    filter.answer(SECCOMP_RET_KILL_PROCESS);
    filter.load(number_at);
#if defined(__x86_64__)
    // The x32 calls: the same architecture, other numbers.
    filter.only_if_at_least(0x40000000, 1);
    filter.fail_with(ENOSYS);
#endif
    forbid_always(filter);
    if (!protected_processes.empty()) guard_signals(filter, ask, protected_processes);
    filter.answer(SECCOMP_RET_ALLOW);
    return filter;
}

}  // namespace

int forbid_system_calls(const std::vector<pid_t>& protected_processes) noexcept {
    if constexpr (own_architecture == 0) return -1;
    if (!protected_processes.empty() && kernel_can_ask()) {
        const int listener =
            filter_for(true, protected_processes).install(SECCOMP_FILTER_FLAG_NEW_LISTENER);
        if (listener >= 0) return listener;
    }
    (void)filter_for(false, protected_processes).install(0);
    return -1;
}

}  // namespace lockstep
