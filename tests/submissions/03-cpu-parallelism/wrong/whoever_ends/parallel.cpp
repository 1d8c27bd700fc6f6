#include "parallel.hpp"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

extern char** environ;

namespace {

[[noreturn]] void fail(int code, const char* what) {
    throw std::system_error(code, std::generic_category(), what);
}

/// A file that is nowhere but in memory. It grows, so whoever writes to it never has to wait.
class MemoryFile {
public:
    explicit MemoryFile(const char* name) : descriptor_(::memfd_create(name, MFD_CLOEXEC)) {
        if (descriptor_ < 0) fail(errno, "memfd_create");
    }
    MemoryFile(MemoryFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    MemoryFile& operator=(MemoryFile&&) = delete;
    ~MemoryFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    /// Leaves the file's position at the beginning, for the reader.
    void fill(const void* data, std::size_t size) const {
        if (::pwrite(descriptor_, data, size, 0) != static_cast<ssize_t>(size)) fail(errno, "pwrite");
    }

    [[nodiscard]] std::vector<std::uint64_t> words() const {
        struct stat about {};
        if (::fstat(descriptor_, &about) != 0) fail(errno, "fstat");
        const auto size = static_cast<std::size_t>(about.st_size);
        if (size == 0 || size % sizeof(std::uint64_t) != 0) return {};
        std::vector<std::uint64_t> words(size / sizeof(std::uint64_t));
        void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor_, 0);
        if (at == MAP_FAILED) fail(errno, "mmap");
        std::memcpy(words.data(), at, size);
        ::munmap(at, size);
        return words;
    }

private:
    int descriptor_;
};

class Worker {
public:
    explicit Worker(Range slice) : slice_(slice), task_("task"), result_("result") {
        const std::uint64_t ends[2] = {slice.first, slice.last};
        task_.fill(ends, sizeof ends);
    }
    Worker(Worker&& other) noexcept
        : slice_(other.slice_),
          task_(std::move(other.task_)),
          result_(std::move(other.result_)),
          process_(std::exchange(other.process_, -1)),
          status_(other.status_) {}
    Worker& operator=(Worker&&) = delete;
    ~Worker() {
        if (process_ <= 0) return;
        ::kill(process_, SIGKILL);
        wait();
    }

    void start(std::string program) {
        posix_spawn_file_actions_t actions;
        if (const int code = ::posix_spawn_file_actions_init(&actions); code != 0)
            fail(code, "posix_spawn_file_actions_init");
        char* arguments[] = {program.data(), nullptr};
        int code = ::posix_spawn_file_actions_adddup2(&actions, task_.descriptor(), STDIN_FILENO);
        if (code == 0)
            code = ::posix_spawn_file_actions_adddup2(&actions, result_.descriptor(), STDOUT_FILENO);
        pid_t process = -1;
        if (code == 0)
            code = ::posix_spawn(&process, program.c_str(), &actions, nullptr, arguments, environ);
        ::posix_spawn_file_actions_destroy(&actions);
        if (code != 0) fail(code, "posix_spawn");
        process_ = process;
    }

    void wait() noexcept {
        while (::wait(&status_) < 0 && errno == EINTR) {
        }
        process_ = -1;
    }

    /// After the wait.
    [[nodiscard]] Flight result() const {
        if (WIFSIGNALED(status_))
            throw WorkerError(slice_, "A signal has ended the worker: " +
                                          std::to_string(WTERMSIG(status_)) + ".");
        if (!WIFEXITED(status_) || WEXITSTATUS(status_) != 0)
            throw WorkerError(slice_, "The worker says that it has failed.");
        // The number of values, and the values.
        std::vector<std::uint64_t> words = result_.words();
        if (words.size() < 2 || words[0] != words.size() - 1 || words[1] < slice_.first ||
            words[1] >= slice_.last)
            throw WorkerError(slice_, "The worker's result is none.");
        words.erase(words.begin());
        return words;
    }

private:
    Range slice_;
    MemoryFile task_;
    MemoryFile result_;
    pid_t process_ = -1;
    int status_ = -1;
};

void require(unsigned n) {
    if (n == 0) throw std::invalid_argument("n must not be 0");
}

}  // namespace

Flight run_threads(Range range, unsigned n) {
    require(n);
    if (range.empty()) return {};
    const std::uint64_t size = range.size();
    const std::size_t count = std::min<std::uint64_t>(n, size);

    std::atomic<std::uint64_t> taken{0};  // never more than size, so it cannot wrap
    std::vector<Flight> own(count);
    std::vector<std::exception_ptr> errors(count);
    Flight best;
    const auto merge = [&]() noexcept {
        for (Flight& each : own)
            if (beats(each, best)) best.swap(each);
    };
    std::barrier finish(static_cast<std::ptrdiff_t>(count), merge);

    const auto search = [&](std::size_t index) {
        try {
            Flight mine;
            for (std::uint64_t at = taken.load(); at < size;) {
                if (!taken.compare_exchange_weak(at, at + 1)) continue;  // `at` is the new value
                if (Flight next = flight(range.first + at); beats(next, mine)) mine.swap(next);
                at = taken.load();
            }
            own[index].swap(mine);
        } catch (...) {
            errors[index] = std::current_exception();
            taken.store(size);
        }
        finish.arrive_and_wait();
    };

    {
        std::vector<std::jthread> threads;
        threads.reserve(count);
        try {
            for (std::size_t i = 0; i < count; ++i) threads.emplace_back(search, i);
        } catch (...) {
            taken.store(size);
            for (std::size_t i = threads.size(); i < count; ++i) finish.arrive_and_drop();
            throw;
        }
    }
    for (const std::exception_ptr& error : errors)
        if (error) std::rethrow_exception(error);
    return best;
}

Flight run_processes(Range range, unsigned n) {
    require(n);
    if (range.empty()) return {};
    const std::string program = worker_program();
    const std::uint64_t count = std::min<std::uint64_t>(n, range.size());
    const std::uint64_t length = range.size() / count;
    const std::uint64_t longer = range.size() % count;  // so many slices have one number more
    std::vector<Worker> workers;
    std::uint64_t from = range.first;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t to = from + length + (i < longer ? 1 : 0);
        workers.emplace_back(Range{from, to});
        workers.back().start(program);
        from = to;
    }
    for (Worker& worker : workers) worker.wait();
    Flight best;
    for (const Worker& worker : workers)
        if (Flight next = worker.result(); beats(next, best)) best.swap(next);
    return best;
}

Comparison compare(Range range, unsigned n) {
    require(n);
    using Clock = std::chrono::steady_clock;
    const auto timed = [range](auto search) {
        const Clock::time_point begin = Clock::now();
        (void)search(range);
        return Timing{.time = Clock::now() - begin};
    };
    Comparison all;
    all.serial = timed(longest_flight);
    all.threads = timed([n](Range r) { return run_threads(r, n); });
    all.processes = timed([n](Range r) { return run_processes(r, n); });
    for (Timing* row : {&all.serial, &all.threads, &all.processes}) {
        if (row->time.count() != 0)
            row->speed_up = static_cast<double>(all.serial.time.count()) /
                            static_cast<double>(row->time.count());
        row->efficiency = row == &all.serial ? row->speed_up : row->speed_up / n;
    }
    return all;
}
