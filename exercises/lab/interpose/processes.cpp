// Child processes. They are real, and not part of the run: in a child the lab is not there.
#include <lab/interpose/doors.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

LAB_ORIGINAL(fork)
LAB_ORIGINAL(posix_spawn)
LAB_ORIGINAL(posix_spawnp)
LAB_ORIGINAL(wait)
LAB_ORIGINAL(waitpid)
LAB_ORIGINAL(waitid)
LAB_ORIGINAL(wait4)

using namespace lab::interpose;
using lab::Wait;
using lab::runtime::never;
using lab::runtime::Thread;
using lab::runtime::World;

namespace {

// Asks `look` (which must not wait) until it has an answer other than "nothing yet".
template <class Look>
void wait_for_child(World& world, Thread& self, Look& look) {
    world.wait_until_ready(
        self, Wait::child, [](void* argument) { return (*static_cast<Look*>(argument))(); }, &look,
        never, true);
}

}  // namespace

extern "C" {

pid_t fork() noexcept {
    Thread* self = lab::runtime::current;
    if (self == nullptr) return original_fork();
    World& world = lab::runtime::world();
    pid_t child = 0;
    {
        const lab::runtime::Visit visit(*self);
        child = original_fork();
        if (child > 0) world.child_born(child);
    }
    if (child == 0) {
        world.leave_to_parent();
        lab::runtime::current = nullptr;
    }
    return child;
}

// A function that wraps vfork would return in the child to a frame that is gone in the parent.
// POSIX once allowed vfork to be fork, and programs that obey its rules cannot tell.
pid_t vfork() noexcept { return fork(); }

int posix_spawn(pid_t* child, const char* path, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const* arguments,
                char* const* environment) {
    return enter(
        [&] {
            return original_posix_spawn(child, path, actions, attributes, arguments, environment);
        },
        [&](World& world, Thread&) {
            pid_t born = 0;
            const int failed =
                original_posix_spawn(&born, path, actions, attributes, arguments, environment);
            if (failed == 0) {
                world.child_born(born);
                if (child != nullptr) *child = born;
            }
            return failed;
        });
}

int posix_spawnp(pid_t* child, const char* file, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const* arguments,
                 char* const* environment) {
    return enter(
        [&] {
            return original_posix_spawnp(child, file, actions, attributes, arguments, environment);
        },
        [&](World& world, Thread&) {
            pid_t born = 0;
            const int failed =
                original_posix_spawnp(&born, file, actions, attributes, arguments, environment);
            if (failed == 0) {
                world.child_born(born);
                if (child != nullptr) *child = born;
            }
            return failed;
        });
}

pid_t wait4(pid_t child, int* status, int options, rusage* usage) noexcept {
    return enter([&] { return original_wait4(child, status, options, usage); },
                 [&](World& world, Thread& self) {
                     pid_t found = 0;
                     int error = 0;
                     auto look = [&] {
                         found = original_wait4(child, status, options | WNOHANG, usage);
                         error = errno;
                         return found != 0;
                     };
                     if ((options & WNOHANG) != 0)
                         look();
                     else
                         wait_for_child(world, self, look);
                     errno = error;
                     return found;
                 });
}

pid_t waitpid(pid_t child, int* status, int options) {
    if (lab::runtime::current != nullptr) return wait4(child, status, options, nullptr);
    return original_waitpid(child, status, options);
}

pid_t wait(int* status) {
    if (lab::runtime::current != nullptr) return wait4(-1, status, 0, nullptr);
    return original_wait(status);
}

int waitid(idtype_t kind, id_t id, siginfo_t* info, int options) {
    return enter([&] { return original_waitid(kind, id, info, options); },
                 [&](World& world, Thread& self) {
                     int result = 0;
                     int error = 0;
                     siginfo_t found{};
                     auto look = [&] {
                         found = {};
                         result = original_waitid(kind, id, &found, options | WNOHANG);
                         error = errno;
                         return result != 0 || found.si_pid != 0;
                     };
                     if ((options & WNOHANG) != 0)
                         look();
                     else
                         wait_for_child(world, self, look);
                     if (info != nullptr) *info = found;
                     errno = error;
                     return result;
                 });
}

}  // extern "C"
