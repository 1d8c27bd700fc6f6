// Descriptors: what would block the one kernel thread that all lab threads may share waits in the
// model until the descriptor is ready.
#include <lab/interpose/doors.hpp>
#include <lab/runtime/calendar.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

LAB_ORIGINAL(poll)
LAB_ORIGINAL(ppoll)
LAB_ORIGINAL(select)
LAB_ORIGINAL(pselect)
LAB_ORIGINAL(epoll_wait)
LAB_ORIGINAL(epoll_pwait)
LAB_ORIGINAL(epoll_ctl)
LAB_ORIGINAL(epoll_create)
LAB_ORIGINAL(epoll_create1)
LAB_ORIGINAL(eventfd)
LAB_ORIGINAL(eventfd_read)
LAB_ORIGINAL(eventfd_write)
LAB_ORIGINAL(pipe)
LAB_ORIGINAL(pipe2)
LAB_ORIGINAL(socketpair)
LAB_ORIGINAL(close)
LAB_ORIGINAL(shutdown)
LAB_ORIGINAL(read)
LAB_ORIGINAL(readv)
LAB_ORIGINAL(recv)
LAB_ORIGINAL(recvfrom)
LAB_ORIGINAL(recvmsg)
LAB_ORIGINAL(accept)
LAB_ORIGINAL(accept4)
LAB_ORIGINAL(write)
LAB_ORIGINAL(writev)
LAB_ORIGINAL(send)
LAB_ORIGINAL(sendto)
LAB_ORIGINAL(sendmsg)

using namespace lab::interpose;
using lab::Wait;
using lab::runtime::never;
using lab::runtime::Thread;
using lab::runtime::Time;
using lab::runtime::World;

namespace {

// Descriptors whose every end is in this process, because a run made them: nobody outside can make
// them ready. An epoll set counts as long as only such are registered with it.
struct Insiders {
    static constexpr int most = 1024;
    std::array<std::atomic<bool>, most> inside{};
    void add(int descriptor) noexcept {
        if (descriptor >= 0 && descriptor < most)
            inside[static_cast<std::size_t>(descriptor)] = true;
    }
    void remove(int descriptor) noexcept {
        if (descriptor >= 0 && descriptor < most)
            inside[static_cast<std::size_t>(descriptor)] = false;
    }
    [[nodiscard]] bool contains(int descriptor) const noexcept {
        return descriptor >= 0 && descriptor < most && inside[static_cast<std::size_t>(descriptor)];
    }
};
constinit Insiders insiders;

Time deadline_in(const World& world, int milliseconds) noexcept {
    return milliseconds < 0 ? never : world.now() + Time{milliseconds} * 1'000'000;
}

template <class Look>
bool wait_ready(World& world, Thread& self, Look& look, Time deadline, bool outside) {
    return world.wait_until_ready(
        self, Wait::io, [](void* argument) { return (*static_cast<Look*>(argument))(); }, &look,
        deadline, outside);
}

/// Waits, if the descriptor is one that blocks, until a call on it would not.
void await(World& world, Thread& self, int descriptor, short what) {
    const int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || (flags & O_NONBLOCK) != 0) return world.touch_descriptors();
    auto look = [&] {
        pollfd one{descriptor, what, 0};
        return original_poll(&one, 1, 0) != 0;
    };
    // Of several that wait at one descriptor, those who come later may find it empty again.
    bool ready = false;
    while (!ready) {
        wait_ready(world, self, look, never, !insiders.contains(descriptor));
        ready = look();
    }
    world.touch_descriptors();  // what comes next may make others ready
}

/// `call` is made when the descriptor is ready; errno survives the way out. `flags`: of a call on a
/// socket, which may say that this one does not wait.
template <class Call>
auto when_ready(int descriptor, short what, Call call, int flags = 0) -> decltype(call()) {
    return enter(call, [&](World& world, Thread& self) {
        if ((flags & MSG_DONTWAIT) != 0)
            world.touch_descriptors();
        else
            await(world, self, descriptor, what);
        return call();
    });
}

}  // namespace

extern "C" {

int epoll_wait(int epoll, epoll_event* events, int most, int timeout) {
    return enter([&] { return original_epoll_wait(epoll, events, most, timeout); },
                 [&](World& world, Thread& self) {
                     int count = 0;
                     int error = 0;
                     // An edge is reported once: what the look found is what the call returns.
                     auto look = [&] {
                         count = original_epoll_wait(epoll, events, most, 0);
                         error = errno;
                         return count != 0;
                     };
                     self.polls_events = true;
                     wait_ready(world, self, look, deadline_in(world, timeout),
                                !insiders.contains(epoll));
                     self.polls_events = false;
                     errno = error;
                     return count;
                 });
}

int epoll_pwait(int epoll, epoll_event* events, int most, int timeout, const sigset_t* mask) {
    if (lab::runtime::current != nullptr) return epoll_wait(epoll, events, most, timeout);
    return original_epoll_pwait(epoll, events, most, timeout, mask);
}

int epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event) noexcept {
    return enter([&] { return original_epoll_ctl(epoll, operation, descriptor, event); },
                 [&](World& world, Thread&) {
                     if (operation == EPOLL_CTL_ADD && !insiders.contains(descriptor))
                         insiders.remove(epoll);
                     world.touch_descriptors();
                     return original_epoll_ctl(epoll, operation, descriptor, event);
                 });
}

int poll(pollfd* descriptors, nfds_t count, int timeout) {
    return enter([&] { return original_poll(descriptors, count, timeout); },
                 [&](World& world, Thread& self) {
                     int ready = 0;
                     int error = 0;
                     auto look = [&] {
                         ready = original_poll(descriptors, count, 0);
                         error = errno;
                         return ready != 0;
                     };
                     bool outside = false;
                     for (nfds_t i = 0; i < count; ++i)
                         outside |= !insiders.contains(descriptors[i].fd);
                     wait_ready(world, self, look, deadline_in(world, timeout), outside);
                     errno = error;
                     return ready;
                 });
}

int ppoll(pollfd* descriptors, nfds_t count, const timespec* timeout, const sigset_t* mask) {
    if (lab::runtime::current == nullptr) return original_ppoll(descriptors, count, timeout, mask);
    // Milliseconds are what the model's poll takes; less than one is not worth another.
    const int milliseconds =
        timeout == nullptr
            ? -1
            : static_cast<int>((lab::runtime::nanoseconds_of(*timeout) + 999'999) / 1'000'000);
    return poll(descriptors, count, milliseconds);
}

int select(int count, fd_set* reads, fd_set* writes, fd_set* errors, timeval* timeout) {
    return enter([&] { return original_select(count, reads, writes, errors, timeout); },
                 [&](World& world, Thread& self) {
                     const auto copy = [](const fd_set* set) {
                         fd_set all;
                         FD_ZERO(&all);
                         return set != nullptr ? *set : all;
                     };
                     const fd_set asked[3] = {copy(reads), copy(writes), copy(errors)};
                     int ready = 0;
                     int error = 0;
                     auto look = [&] {
                         if (reads != nullptr) *reads = asked[0];
                         if (writes != nullptr) *writes = asked[1];
                         if (errors != nullptr) *errors = asked[2];
                         timeval now{0, 0};
                         ready = original_select(count, reads, writes, errors, &now);
                         error = errno;
                         return ready != 0;
                     };
                     const Time deadline =
                         timeout == nullptr ? never
                                            : world.now() + timeout->tv_sec * Time{1'000'000'000} +
                                                  timeout->tv_usec * 1'000;
                     wait_ready(world, self, look, deadline, true);
                     errno = error;
                     return ready;
                 });
}

int pselect(int count, fd_set* reads, fd_set* writes, fd_set* errors, const timespec* timeout,
            const sigset_t* mask) {
    if (lab::runtime::current == nullptr)
        return original_pselect(count, reads, writes, errors, timeout, mask);
    timeval rounded{};
    if (timeout != nullptr) rounded = {timeout->tv_sec, (timeout->tv_nsec + 999) / 1'000};
    return select(count, reads, writes, errors, timeout == nullptr ? nullptr : &rounded);
}

int epoll_create1(int flags) noexcept {
    const int made = original_epoll_create1(flags);
    if (lab::runtime::current != nullptr) insiders.add(made);
    return made;
}

int epoll_create(int size) noexcept {
    const int made = original_epoll_create(size);
    if (lab::runtime::current != nullptr) insiders.add(made);
    return made;
}

int eventfd(unsigned count, int flags) noexcept {
    const int made = original_eventfd(count, flags);
    if (lab::runtime::current != nullptr) insiders.add(made);
    return made;
}

int eventfd_read(int descriptor, eventfd_t* count) {
    return when_ready(descriptor, POLLIN, [&] { return original_eventfd_read(descriptor, count); });
}

int eventfd_write(int descriptor, eventfd_t count) {
    return when_ready(descriptor, POLLOUT,
                      [&] { return original_eventfd_write(descriptor, count); });
}

int pipe2(int ends[2], int flags) noexcept {
    const int failed = original_pipe2(ends, flags);
    if (failed == 0 && lab::runtime::current != nullptr) {
        insiders.add(ends[0]);
        insiders.add(ends[1]);
    }
    return failed;
}

int pipe(int ends[2]) noexcept { return pipe2(ends, 0); }

int socketpair(int domain, int type, int protocol, int ends[2]) noexcept {
    const int failed = original_socketpair(domain, type, protocol, ends);
    if (failed == 0 && lab::runtime::current != nullptr) {
        insiders.add(ends[0]);
        insiders.add(ends[1]);
    }
    return failed;
}

int close(int descriptor) {
    insiders.remove(descriptor);
    return enter([&] { return original_close(descriptor); },
                 [&](World& world, Thread&) {
                     world.touch_descriptors();
                     return original_close(descriptor);
                 });
}

int shutdown(int descriptor, int how) noexcept {
    return enter([&] { return original_shutdown(descriptor, how); },
                 [&](World& world, Thread&) {
                     world.touch_descriptors();
                     return original_shutdown(descriptor, how);
                 });
}

ssize_t read(int descriptor, void* to, size_t size) {
    return when_ready(descriptor, POLLIN, [&] { return original_read(descriptor, to, size); });
}

ssize_t readv(int descriptor, const iovec* to, int count) {
    return when_ready(descriptor, POLLIN, [&] { return original_readv(descriptor, to, count); });
}

ssize_t recv(int descriptor, void* to, size_t size, int flags) {
    return when_ready(
        descriptor, POLLIN, [&] { return original_recv(descriptor, to, size, flags); }, flags);
}

ssize_t recvfrom(int descriptor, void* to, size_t size, int flags, sockaddr* from,
                 socklen_t* length) {
    return when_ready(
        descriptor, POLLIN,
        [&] { return original_recvfrom(descriptor, to, size, flags, from, length); }, flags);
}

ssize_t recvmsg(int descriptor, msghdr* message, int flags) {
    return when_ready(
        descriptor, POLLIN, [&] { return original_recvmsg(descriptor, message, flags); }, flags);
}

int accept(int descriptor, sockaddr* from, socklen_t* length) {
    return when_ready(descriptor, POLLIN,
                      [&] { return original_accept(descriptor, from, length); });
}

int accept4(int descriptor, sockaddr* from, socklen_t* length, int flags) {
    return when_ready(descriptor, POLLIN,
                      [&] { return original_accept4(descriptor, from, length, flags); });
}

ssize_t write(int descriptor, const void* from, size_t size) {
    return when_ready(descriptor, POLLOUT, [&] { return original_write(descriptor, from, size); });
}

ssize_t writev(int descriptor, const iovec* from, int count) {
    return when_ready(descriptor, POLLOUT,
                      [&] { return original_writev(descriptor, from, count); });
}

ssize_t send(int descriptor, const void* from, size_t size, int flags) {
    return when_ready(
        descriptor, POLLOUT, [&] { return original_send(descriptor, from, size, flags); }, flags);
}

ssize_t sendto(int descriptor, const void* from, size_t size, int flags, const sockaddr* to,
               socklen_t length) {
    return when_ready(
        descriptor, POLLOUT,
        [&] { return original_sendto(descriptor, from, size, flags, to, length); }, flags);
}

ssize_t sendmsg(int descriptor, const msghdr* message, int flags) {
    return when_ready(
        descriptor, POLLOUT, [&] { return original_sendmsg(descriptor, message, flags); }, flags);
}

}  // extern "C"
