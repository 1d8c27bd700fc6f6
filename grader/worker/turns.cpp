#include <lab/observe.hpp>

#include <worker/turns.hpp>

#include <cerrno>
#include <cstdio>

#include <dirent.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" [[gnu::weak]] void __tsan_init();

namespace lockstep::worker {
namespace {

/// Of this process; 0 if unknown.
unsigned threads() {
    DIR* const tasks = ::opendir("/proc/self/task");
    if (tasks == nullptr) return 0;
    unsigned count = 0;
    while (const dirent* entry = ::readdir(tasks))
        if (entry->d_name[0] != '.') ++count;
    ::closedir(tasks);
    return count;
}

}  // namespace

bool can_take_turns() {
    // ThreadSanitizer has one of its own, which it starts anew in a child.
    const unsigned most = __tsan_init != nullptr ? 2 : 1;
    const unsigned count = threads();
    return count > 0 && count <= most;
}

bool take_turn(const std::function<void()>& turn) {
    lab::prepare();
    // What static constructors printed must not be printed by each child as well.
    std::fflush(nullptr);
    // What a child leaves behind becomes a child of this process, which thus learns of it.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t child = ::fork();
    if (child < 0) return false;
    if (child == 0) {
        turn();
        ::_exit(1);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return false;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return false;
    pid_t left = 0;
    while ((left = ::waitpid(-1, nullptr, WNOHANG)) > 0) {
    }
    return left < 0 && errno == ECHILD;
}

}  // namespace lockstep::worker
