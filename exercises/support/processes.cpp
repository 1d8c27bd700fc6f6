#include <support/processes.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

namespace lockstep {
namespace {

std::string contents(const std::string& file) {
    std::ifstream in{file};
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

std::vector<pid_t> numbers_in(const std::string& folder) {
    std::vector<pid_t> numbers;
    DIR* const open = ::opendir(folder.c_str());
    if (open == nullptr) return numbers;
    while (const dirent* entry = ::readdir(open))
        if (const int number = std::atoi(entry->d_name); number > 0) numbers.push_back(number);
    ::closedir(open);
    std::ranges::sort(numbers);
    return numbers;
}

struct Stat {
    char state = 'X';
    pid_t parent = 0;
};

/// "PID (NAME) STATE PARENT …", and a name may hold anything.
Stat stat_of(const std::string& folder) {
    const std::string text = contents(folder + "/stat");
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) return {};
    Stat stat;
    std::istringstream{text.substr(name_end + 1)} >> stat.state >> stat.parent;
    return stat;
}

unsigned long switches_of(const std::string& folder) {
    std::istringstream lines{contents(folder + "/status")};
    unsigned long sum = 0;
    for (std::string line; std::getline(lines, line);)
        if (const std::size_t at = line.find("ctxt_switches:"); at != std::string::npos)
            sum += std::strtoul(line.c_str() + at + 14, nullptr, 10);
    return sum;
}

std::string folder_of(pid_t process) { return "/proc/" + std::to_string(process); }

Process look_at(pid_t id, pid_t parent, char state) {
    Process process{id, parent, {}};
    if (state == 'Z' || state == 'X') return process;
    const std::string tasks = folder_of(id) + "/task";
    for (const pid_t thread : numbers_in(tasks)) {
        const std::string folder = tasks + "/" + std::to_string(thread);
        // The count first: who runs between the two looks is then seen running, or the next time.
        const unsigned long switches = switches_of(folder);
        process.threads.push_back({id, thread, stat_of(folder).state, switches});
    }
    return process;
}

}  // namespace

bool Thread::asleep() const noexcept {
    return std::string_view{"SZXTt"}.find(state) != std::string_view::npos;
}

bool Process::dead() const noexcept { return threads.empty(); }

bool Process::asleep() const noexcept { return std::ranges::all_of(threads, &Thread::asleep); }

std::vector<Process> processes_below(pid_t root) {
    std::map<pid_t, Stat> all;
    for (const pid_t process : numbers_in("/proc")) all[process] = stat_of(folder_of(process));
    const auto is_below = [&](pid_t process) {
        for (std::size_t depth = 0; depth < all.size(); ++depth) {
            if (process == root) return true;
            const auto found = all.find(process);
            if (found == all.end()) return false;
            process = found->second.parent;
        }
        return false;
    };
    std::vector<Process> below;
    for (const auto& [id, stat] : all)
        if (is_below(id)) below.push_back(look_at(id, stat.parent, stat.state));
    return below;
}

bool all_asleep(const std::vector<Process>& before, const std::vector<Process>& now) noexcept {
    return before == now && std::ranges::all_of(now, &Process::asleep);
}

std::string what_it_waits_for(pid_t process) {
    // Number and arguments of the system call that it is in. Not readable everywhere.
    long call = -1;
    unsigned long first = 0;
    std::istringstream text{contents(folder_of(process) + "/syscall")};
    text >> call >> std::hex >> first;
    const auto descriptor = [&] {
        std::array<char, 64> target{};
        const std::string link = folder_of(process) + "/fd/" + std::to_string(first);
        const ssize_t size = ::readlink(link.c_str(), target.data(), target.size() - 1);
        const std::string name{target.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
        return name.starts_with("pipe:") ? std::string{"pipe"} : std::string{"descriptor"};
    };
    switch (call) {
    case SYS_wait4:
    case SYS_waitid: return "waits for a child process to end";
    case SYS_read:
    case SYS_readv: return "waits for something to read from a " + descriptor();
    case SYS_write:
    case SYS_writev: return "waits for room to write to a " + descriptor() + " that is full";
    case SYS_futex: return "waits for another of its threads";
    case SYS_ppoll:
    case SYS_epoll_pwait:
#ifdef SYS_poll
    case SYS_poll:
#endif
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
#endif
        return "waits for a descriptor to become ready";
    default: return "waits";
    }
}

}  // namespace lockstep
