#include <contain/signal_gate.hpp>

#include <contain/process_tree.hpp>

#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lockstep {
namespace {

/// Whether it is below this process: a process, a thread of one, or (negative) a group.
bool is_below(pid_t target) {
    const ProcessTree tree = ProcessTree::below(::getpid());
    const auto is_meant = [target](pid_t member) {
        // A group lies within a session, and the program's session is all below its keeper.
        if (target < 0) return ::getpgid(member) == -target;
        // tgkill with a signal of 0 sends nothing, and finds out whose thread it is.
        return member == target || ::syscall(SYS_tgkill, member, target, 0) == 0;
    };
    return std::ranges::any_of(tree.members(), is_meant);
}

/// 0: it may be signalled. Else what the call ends with.
int objection_to(pid_t target) {
    if (is_below(target)) return 0;
    return ::kill(target, 0) != 0 && errno == ESRCH ? ESRCH : EPERM;
}

/// What the kernel says and hears is as long as it says: longer than what these headers know,
/// perhaps.
struct Sizes {
    std::size_t asked = sizeof(seccomp_notif);
    std::size_t answered = sizeof(seccomp_notif_resp);

    Sizes() noexcept {
        seccomp_notif_sizes kernels{};
        if (::syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &kernels) != 0) return;
        asked = std::max<std::size_t>(asked, kernels.seccomp_notif);
        answered = std::max<std::size_t>(answered, kernels.seccomp_notif_resp);
    }
};

}  // namespace

void SignalGate::answer() const {
    static const Sizes sizes;
    // As the kernel wants them: all zero, and as aligned as what `new` gives.
    std::vector<std::byte> request(sizes.asked);
    std::vector<std::byte> reply(sizes.answered);
    auto* asked = reinterpret_cast<seccomp_notif*>(request.data());
    auto* answered = reinterpret_cast<seccomp_notif_resp*>(reply.data());
    // Fails when who asked has ended meanwhile.
    if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, asked) != 0) return;
    const int objection = objection_to(static_cast<pid_t>(asked->data.args[0]));
    answered->id = asked->id;
    // To let a call go on is safe here: what was looked at is a number in a register of a thread
    // that waits, and nobody may trace it.
    answered->flags = objection == 0 ? std::uint32_t{SECCOMP_USER_NOTIF_FLAG_CONTINUE} : 0;
    answered->error = -objection;
    ::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, answered);
}

}  // namespace lockstep
