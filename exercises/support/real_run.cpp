#include <support/real_run.hpp>

#include <support/processes.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

extern "C" [[gnu::weak]] void __tsan_init();  // where ThreadSanitizer is linked

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;
using journal::Page;
using namespace std::chrono_literals;

// Between two looks nobody may have run. A clock could wake somebody later; so where it is the end
// of the run, and not only of a rendezvous, the second look comes later than a program would sleep
// between two tries.
constexpr auto pause = 10ms;
constexpr auto until_released = 100ms;
constexpr auto until_deadlock = 1500ms;
constexpr auto until_endless = 15s;
/// Somebody who sleeps and looks, over and over, is never asleep for good: then this decides.
constexpr auto until_released_anyway = 8s;

/// A page that other programs find by its file's name.
class SharedPage {
public:
    SharedPage() {
        const std::filesystem::path memory = "/dev/shm";
        const std::filesystem::path folder =
            ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
        file_ = (folder / "lockstep-XXXXXX").string();
        const int descriptor = ::mkostemp(file_.data(), O_CLOEXEC);
        if (descriptor < 0 || ::ftruncate(descriptor, sizeof(Page)) != 0)
            throw std::runtime_error{"No file could be made in " + folder.string() + "."};
        void* const at =
            ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        ::close(descriptor);
        if (at == MAP_FAILED) throw std::runtime_error{"No memory could be shared."};
        page_ = ::new (at) Page;
    }
    SharedPage(const SharedPage&) = delete;
    SharedPage& operator=(const SharedPage&) = delete;
    ~SharedPage() {
        ::munmap(page_, sizeof(Page));
        ::unlink(file_.c_str());
    }
    [[nodiscard]] Page& page() const noexcept { return *page_; }
    [[nodiscard]] const std::string& file() const noexcept { return file_; }

private:
    std::string file_;
    Page* page_ = nullptr;
};

bool under_thread_sanitizer() { return __tsan_init != nullptr; }

/// What this process, and the children that it has waited for, have read and written.
/// ThreadSanitizer reads so much, in each of them, that nothing can be told.
std::uint64_t bytes_moved() {
    if (under_thread_sanitizer()) return 0;
    std::ifstream file{"/proc/self/io"};
    std::uint64_t sum = 0;
    std::string name;
    for (std::uint64_t value = 0; file >> name >> value;)
        if (name == "rchar:" || name == "wchar:") sum += value;
    return sum;
}

std::vector<Thread> threads_here() { return processes_below(::getpid()).front().threads; }

/// One that was joined may still be on its way out: it runs, or is made to wait for a processor.
/// One that sleeps is left for good.
unsigned threads_left(const std::vector<Thread>& from_before) {
    const auto others = [&] {
        std::vector<Thread> threads = threads_here();
        std::erase_if(threads, [&](const Thread& each) {
            return std::ranges::count(from_before, each.thread, &Thread::thread) > 0;
        });
        return threads;
    };
    std::vector<Thread> before = others();
    constexpr int looks = 200;
    for (int i = 0; i < looks && !before.empty(); ++i) {
        ::usleep(std::chrono::microseconds{pause}.count());
        std::vector<Thread> now = others();
        if (now == before && std::ranges::all_of(now, &Thread::asleep)) break;
        before = std::move(now);
    }
    return static_cast<unsigned>(before.size());
}

void count_what_is_left(Page& page) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD) return;
    for (const Process& process : processes_below(::getpid())) {
        if (process.id == ::getpid()) continue;
        ++(process.dead() ? page.left_dead : page.left_running);
    }
}

/// The child: never returns.
[[noreturn]] void call(Page& page, const std::string& file,
                       const std::function<std::string()>& body) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // Whoever loses its parent becomes a child of this one, and is found.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::setenv(journal::variable, file.c_str(), 1);
    if (under_thread_sanitizer()) std::thread{[] {}}.join();  // now it has started its own, too
    const std::vector<Thread> from_before = threads_here();
    page.caller = ::getpid();
    journal::attach(&page);
    const std::uint64_t before = bytes_moved();
    const Clock::time_point begin = Clock::now();
    const std::string told = body();
    page.wall_ns = (Clock::now() - begin).count();
    const std::uint64_t after = bytes_moved();
    page.bytes_moved = after > before ? after - before : 0;
    count_what_is_left(page);
    page.left_threads = threads_left(from_before);
    page.told_size = static_cast<std::uint32_t>(std::min(told.size(), page.told.size()));
    std::copy_n(told.data(), page.told_size, page.told.data());
    page.returned = 1;
    std::fflush(nullptr);
    std::cout.flush();
    ::_exit(0);
}

/// As long as it lives, what a caller leaves behind becomes this process's; then it is killed.
class Guardian {
public:
    Guardian() {
        ::prctl(PR_GET_CHILD_SUBREAPER, &before_);
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
        for (const Process& process : processes_below(::getpid())) others_.push_back(process.id);
    }
    Guardian(const Guardian&) = delete;
    Guardian& operator=(const Guardian&) = delete;
    ~Guardian() {
        for (bool more = true; more;) {
            more = false;
            for (const Process& process : processes_below(::getpid())) {
                if (std::ranges::find(others_, process.id) != others_.end()) continue;
                ::kill(process.id, SIGKILL);
                if (process.parent == ::getpid()) ::waitpid(process.id, nullptr, 0);
                more = true;
            }
        }
        ::prctl(PR_SET_CHILD_SUBREAPER, before_);
    }

private:
    int before_ = 0;
    std::vector<pid_t> others_;
};

/// Looks on until the caller has ended, and sees to it that it does.
class Watch {
public:
    Watch(Page& page, pid_t caller) : page_{page}, caller_{caller} {}

    void watch(RealRun& run) {
        const Clock::time_point begin = Clock::now();
        std::vector<Process> before;
        Clock::time_point since = begin;
        int status = 0;
        while (::waitpid(caller_, &status, WNOHANG) == 0) {
            std::vector<Process> now = processes_below(caller_);
            if (!all_asleep(before, now)) since = Clock::now();
            const auto still = Clock::now() - since;
            before = std::move(now);
            if (page_.waiting > 0 && page_.released == 0) {
                if (still >= until_released || Clock::now() - begin >= until_released_anyway)
                    release();
            } else if (still >= until_deadlock && page_.returned == 0) {
                run.end = RealRun::End::deadlock;
                run.waits = who_waits(before);
                stop(status);
                return;
            } else if (Clock::now() - begin >= until_endless) {
                run.end = RealRun::End::endless;
                stop(status);
                return;
            }
            ::usleep(std::chrono::microseconds{pause}.count());
        }
        run.end = WIFSIGNALED(status)   ? RealRun::End::signalled
                  : page_.returned != 0 ? RealRun::End::returned
                                        : RealRun::End::exited;
        run.status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    }

private:
    void release() {
        page_.released = 1;
        journal::wake_all(page_);
    }
    void stop(int& status) {
        ::kill(caller_, SIGKILL);  // the guardian ends the others
        ::waitpid(caller_, &status, 0);
    }
    /// Workers are counted and not numbered: which of them came first is the machine's doing.
    [[nodiscard]] std::string who_waits(const std::vector<Process>& processes) const {
        std::string text;
        std::map<std::string, unsigned> others;
        for (const Process& process : processes) {
            if (process.dead()) continue;
            const std::string what = what_it_waits_for(process.id);
            if (process.id == caller_) {
                text += "the caller " + what + "\n";
                continue;
            }
            const bool worker =
                std::ranges::count(page_.worker, process.id, &journal::Worker::process) > 0;
            ++others[(worker ? "a worker " : "another process ") + what];
        }
        for (const auto& [what, count] : others)
            text += what + (count > 1 ? ", and so do " + std::to_string(count - 1) + " more" : "") +
                    "\n";
        return text;
    }

    Page& page_;
    pid_t caller_;
};

void read_page(const Page& page, const RealConditions& conditions, RealRun& run) {
    run.caller = page.caller;
    run.programs = page.programs;
    run.told.assign(page.told.data(), std::min<std::size_t>(page.told_size, page.told.size()));
    run.unwritten = page.unwritten.data();
    run.left_running = page.left_running;
    run.left_dead = page.left_dead;
    run.left_threads = page.left_threads;
    run.bytes_moved = page.bytes_moved;
    run.wall = std::chrono::nanoseconds{page.wall_ns};
    run.met = conditions.workers > 0 && page.met != 0;
    for (const journal::Worker& each : page.worker) {
        if (each.process == 0) break;
        run.workers.push_back({each.process, each.program != 0, {}, 0});
        run.bytes_moved += each.arguments;
    }
    const std::size_t count = std::min<std::size_t>(page.records, page.record.size());
    for (std::size_t i = 0; i < count; ++i) {
        const journal::Record& record = page.record[i];
        run.calls.push_back(record);
        const auto worker =
            std::ranges::find(run.workers, record.process, &RealRun::Worker::process);
        if (worker == run.workers.end()) continue;
        worker->starts.push_back(record.start);
        worker->values += record.values;
    }
}

}  // namespace

RealRun real_run(const RealConditions& conditions, const std::function<std::string()>& body) {
    const SharedPage shared;
    Page& page = shared.page();
    page.workers = conditions.workers;
    page.mishap = conditions.mishap;
    page.mishap_at = conditions.mishap_at;
    page.nap_ns = conditions.nap.count();
    std::cout.flush();
    std::fflush(nullptr);
    const Guardian guardian;
    const pid_t caller = ::fork();
    if (caller < 0) throw std::runtime_error{"No process could be made."};
    if (caller == 0) call(page, shared.file(), body);
    RealRun run;
    Watch{page, caller}.watch(run);
    read_page(page, conditions, run);
    return run;
}

}  // namespace lockstep
