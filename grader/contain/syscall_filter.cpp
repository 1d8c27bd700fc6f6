#include <contain/syscall_filter.hpp>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
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
constexpr std::uint32_t argument_size = sizeof(seccomp_data::args[0]);

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
    void install() {
        sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
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

}  // namespace

void forbid_system_calls(const std::vector<pid_t>& protected_processes) noexcept {
    if constexpr (own_architecture == 0) return;
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

    if (!protected_processes.empty()) {
        // The call, and which of its arguments is the process.
        const std::array<std::pair<long, unsigned>, 6> calls{{
            {SYS_kill, 0},
            {SYS_tkill, 0},
            {SYS_tgkill, 0},
            {SYS_rt_sigqueueinfo, 0},
            {SYS_rt_tgsigqueueinfo, 0},
            {SYS_pidfd_open, 0},
        }};
        for (const auto& [number, argument] : calls) {
            filter.only_if_equal(static_cast<std::uint32_t>(number),
                                 1 + 2 * (1 + 2 * protected_processes.size()) + 1);
            filter.load(first_argument_at + argument * argument_size);
            filter.forbid(-1, EPERM);
            for (const pid_t process : protected_processes) {
                filter.forbid(process, EPERM);
                filter.forbid(-process, EPERM);
            }
            filter.load(number_at);
        }
    }
    filter.answer(SECCOMP_RET_ALLOW);
    filter.install();
}

}  // namespace lockstep
