#include <contain/process_tree.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lockstep {
namespace {

struct CloseFolder {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

Folder open_folder(int at, const char* path) {
    const int number = ::openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (number < 0) return nullptr;
    DIR* folder = ::fdopendir(number);
    if (folder == nullptr) ::close(number);
    return Folder(folder);
}

/// The numbers among the names in a folder: of processes, or of threads.
std::vector<pid_t> numbers_in(int at, const char* path) {
    std::vector<pid_t> numbers;
    const Folder folder = open_folder(at, path);
    if (!folder) return numbers;
    while (const dirent* entry = ::readdir(folder.get())) {
        const int number = std::atoi(entry->d_name);
        if (number > 0) numbers.push_back(number);
    }
    return numbers;
}

struct Stat {
    char state = 0;
    pid_t parent = 0;
    unsigned long long ticks = 0;  ///< its own and its ended children's
    unsigned long long resident_pages = 0;
};

/// /proc/PID/stat: proc(5). Nothing when the process is gone.
std::optional<Stat> stat_of(int proc, pid_t process) {
    std::array<char, 24> path{};
    std::snprintf(path.data(), path.size(), "%d/stat", process);
    const Descriptor file(::openat(proc, path.data(), O_RDONLY | O_CLOEXEC));
    if (!file) return std::nullopt;
    std::array<char, 1024> text{};
    const ssize_t size = ::read(file.get(), text.data(), text.size() - 1);
    if (size <= 0) return std::nullopt;
    // The second field is the program's name in parentheses, and may itself hold any of them.
    const char* rest = std::strrchr(text.data(), ')');
    if (rest == nullptr) return std::nullopt;
    Stat stat;
    unsigned long long own_user = 0;
    unsigned long long own_system = 0;
    long long ended_user = 0;
    long long ended_system = 0;
    const int read = std::sscanf(rest + 1,
                                 " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld"
                                 " %*d %*d %*d %*d %*u %*u %llu",
                                 &stat.state, &stat.parent, &own_user, &own_system, &ended_user,
                                 &ended_system, &stat.resident_pages);
    if (read != 7) return std::nullopt;
    stat.ticks = own_user + own_system + static_cast<unsigned long long>(ended_user) +
                 static_cast<unsigned long long>(ended_system);
    return stat;
}

bool is_alive(const Stat& stat) { return stat.state != 'Z' && stat.state != 'X'; }

/// False where the kernel has no such list (CONFIG_PROC_CHILDREN).
bool children_of(int proc, pid_t process, std::vector<pid_t>& children) {
    std::array<char, 48> path{};
    std::snprintf(path.data(), path.size(), "%d/task", process);
    for (const pid_t thread : numbers_in(proc, path.data())) {
        std::snprintf(path.data(), path.size(), "%d/task/%d/children", process, thread);
        const Descriptor file(::openat(proc, path.data(), O_RDONLY | O_CLOEXEC));
        if (!file) {
            // The thread may just have ended; then its children have moved on to another.
            std::snprintf(path.data(), path.size(), "%d/task/%d", process, thread);
            if (::faccessat(proc, path.data(), F_OK, 0) == 0) return false;
            continue;
        }
        std::string text;
        std::array<char, 4096> part{};
        for (ssize_t n = 0; (n = ::read(file.get(), part.data(), part.size())) > 0;) {
            text.append(part.data(), static_cast<std::size_t>(n));
        }
        const char* at = text.c_str();
        for (char* end = nullptr;; at = end) {
            const long child = std::strtol(at, &end, 10);
            if (end == at) break;
            children.push_back(static_cast<pid_t>(child));
        }
    }
    return true;
}

/// The slow way: by everybody's parent.
std::vector<pid_t> below_by_parents(int proc, pid_t root) {
    std::multimap<pid_t, pid_t> children;
    for (const pid_t process : numbers_in(proc, ".")) {
        if (const auto stat = stat_of(proc, process)) children.emplace(stat->parent, process);
    }
    std::vector<pid_t> found{root};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto [first, last] = children.equal_range(found[i]);
        for (auto child = first; child != last; ++child) found.push_back(child->second);
    }
    found.erase(found.begin());
    return found;
}

std::vector<pid_t> find_below(int proc, pid_t root) {
    std::vector<pid_t> found;
    if (!children_of(proc, root, found)) return below_by_parents(proc, root);
    for (std::size_t i = 0; i < found.size(); ++i) {
        const pid_t process = found[i];  // a copy: `found` grows
        children_of(proc, process, found);
    }
    return found;
}

}  // namespace

ProcessTree::ProcessTree(Descriptor proc, pid_t root, bool is_sandbox)
    : proc_(std::move(proc)), root_(root), is_sandbox_(is_sandbox) {}

ProcessTree ProcessTree::below(pid_t root) {
    return {Descriptor(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), root, false};
}

ProcessTree ProcessTree::of_sandbox(Descriptor proc) { return {std::move(proc), 1, true}; }

std::vector<pid_t> ProcessTree::members() const {
    if (!is_sandbox_) return find_below(proc_.get(), root_);
    std::vector<pid_t> all = numbers_in(proc_.get(), ".");
    std::erase(all, root_);
    return all;
}

Use ProcessTree::use() const {
    static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    static const auto ticks_a_second = static_cast<unsigned long long>(::sysconf(_SC_CLK_TCK));
    Use use;
    unsigned long long ticks = 0;
    for (const pid_t process : members()) {
        const auto stat = stat_of(proc_.get(), process);
        if (!stat) continue;
        ticks += stat->ticks;
        if (!is_alive(*stat)) continue;
        ++use.processes;
        use.resident_bytes += stat->resident_pages * page;
    }
    // Those whose parent ended before them are waited for by the root.
    const auto root = stat_of(proc_.get(), root_);
    if (root) ticks += root->ticks;
    use.cpu = std::chrono::nanoseconds(ticks * 1'000'000'000ULL / ticks_a_second);
    return use;
}

std::optional<std::chrono::nanoseconds> ProcessTree::queued() const {
    unsigned long long sum = 0;
    bool anybody = false;
    for (const pid_t process : members()) {
        const auto stat = stat_of(proc_.get(), process);
        if (!stat || !is_alive(*stat)) continue;
        anybody = true;
        std::array<char, 48> path{};
        std::snprintf(path.data(), path.size(), "%d/task", process);
        for (const pid_t thread : numbers_in(proc_.get(), path.data())) {
            // Time on a processor, time in the queue for one (nanoseconds), turns: the kernel's
            // Documentation/scheduler/sched-stats.rst.
            std::snprintf(path.data(), path.size(), "%d/task/%d/schedstat", process, thread);
            const Descriptor file(::openat(proc_.get(), path.data(), O_RDONLY | O_CLOEXEC));
            std::array<char, 96> text{};
            if (!file || ::read(file.get(), text.data(), text.size() - 1) <= 0) continue;
            unsigned long long queued = 0;
            if (std::sscanf(text.data(), "%*u %llu", &queued) == 1) sum += queued;
        }
    }
    if (!anybody) return std::nullopt;
    return std::chrono::nanoseconds(sum);
}

Descriptor hold(pid_t process) noexcept {
    return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
}

void signal_below(pid_t root, int signal) {
    const Descriptor proc(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::vector<pid_t> found = find_below(proc.get(), root);
    const auto is_ours = [&](pid_t parent) {
        return parent == root || std::find(found.begin(), found.end(), parent) != found.end();
    };
    for (const pid_t process : found) {
        // By now the number may be somebody else's: so it is held, and then looked at again.
        const Descriptor held = hold(process);
        const auto stat = stat_of(proc.get(), process);
        if (!stat || !is_ours(stat->parent)) continue;
        if (held) {
            ::syscall(SYS_pidfd_send_signal, held.get(), signal, nullptr, 0);
        } else {
            ::kill(process, signal);  // before Linux 5.3
        }
    }
}

}  // namespace lockstep
