#include "parallel.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace {

/// A mutex of C11, with the names that std::lock_guard wants.
class Mutex {
public:
    Mutex() {
        if (::mtx_init(&mutex_, mtx_timed) != thrd_success)
            throw std::runtime_error{"mtx_init has failed"};
    }
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;
    ~Mutex() { ::mtx_destroy(&mutex_); }
    void lock() noexcept { (void)::mtx_lock(&mutex_); }
    void unlock() noexcept { (void)::mtx_unlock(&mutex_); }
    mtx_t* get() noexcept { return &mutex_; }

private:
    mtx_t mutex_{};
};

struct Guard {
    explicit Guard(Mutex& the_mutex) noexcept : mutex{the_mutex} { mutex.lock(); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() { mutex.unlock(); }
    Mutex& mutex;
};

struct Search {
    explicit Search(Range range) : next{range.first}, left{range.size()} {
        if (::cnd_init(&changed) != thrd_success) throw std::runtime_error{"cnd_init has failed"};
    }
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;
    ~Search() { ::cnd_destroy(&changed); }

    Mutex mutex;
    cnd_t changed{};
    std::uint64_t next;
    std::uint64_t left;
    Flight best;
    std::exception_ptr error;
    unsigned ended = 0;
};

/// What a thread owns. Its key's destructor hands it over when the thread ends.
struct Own {
    Search* search;
    Flight best;
};

void hand_over(void* pointer) {
    const std::unique_ptr<Own> own{static_cast<Own*>(pointer)};
    Search& search = *own->search;
    const Guard guard{search.mutex};
    if (beats(own->best, search.best)) search.best.swap(own->best);
    ++search.ended;
    (void)::cnd_signal(&search.changed);
}

tss_t key;
bool key_made = false;
once_flag key_once = ONCE_FLAG_INIT;

void make_key() { key_made = ::tss_create(&key, hand_over) == thrd_success; }

bool take(Search& search, std::uint64_t& number) {
    const Guard guard{search.mutex};
    if (search.left == 0) return false;
    --search.left;
    number = search.next++;
    return true;
}

void fail(Search& search, std::exception_ptr error) {
    const Guard guard{search.mutex};
    if (!search.error) search.error = std::move(error);
    search.left = 0;
}

int run(void* argument) {
    Own* const own = static_cast<Own*>(argument);
    Search& search = *own->search;
    if (::tss_set(key, own) != thrd_success) {
        fail(search, std::make_exception_ptr(std::bad_alloc{}));
        hand_over(own);
        return 1;
    }
    try {
        for (std::uint64_t number = 0; take(search, number);) {
            Flight next = flight(number);
            if (beats(next, own->best)) own->best.swap(next);
        }
    } catch (...) {
        fail(search, std::current_exception());
    }
    return 0;
}

// --- Processes ---

struct Launch {
    const char* program;
    char* const* arguments;
    int output;
};

/// In the new process.
int exec(void* argument) {
    const Launch& launch = *static_cast<const Launch*>(argument);
    if (::dup2(launch.output, STDOUT_FILENO) >= 0) ::execv(launch.program, launch.arguments);
    ::_exit(127);
}

struct Close {
    void operator()(FILE* file) const noexcept { std::fclose(file); }
};

struct Worker {
    Range slice;
    std::unique_ptr<FILE, Close> output;
    pid_t process = 0;
    int status = 0;
    Flight flight;

    Worker(Range the_slice, const std::string& program) : slice{the_slice} {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            throw std::system_error{errno, std::generic_category(), "pipe2"};
        output.reset(::fdopen(ends[0], "r"));
        if (!output) {
            ::close(ends[0]);
            ::close(ends[1]);
            throw std::bad_alloc{};
        }
        char first[24];
        char last[24];
        std::snprintf(first, sizeof first, "%" PRIu64, slice.first);
        std::snprintf(last, sizeof last, "%" PRIu64, slice.last);
        std::string name = program;
        char* const arguments[] = {name.data(), first, last, nullptr};
        Launch launch{program.c_str(), arguments, ends[1]};
        // Memory is copied, as by fork, so this stack may go when clone has returned.
        alignas(64) static thread_local char stack[1 << 16];
        process = ::clone(exec, stack + sizeof stack, CLONE_VFORK | SIGCHLD, &launch);
        const int code = errno;
        ::close(ends[1]);
        if (process < 0) {
            process = 0;
            throw std::system_error{code, std::generic_category(), "clone"};
        }
    }
    Worker(Worker&& other) noexcept
        : slice{other.slice},
          output{std::move(other.output)},
          process{std::exchange(other.process, 0)},
          status{other.status},
          flight{std::move(other.flight)} {}
    Worker& operator=(Worker&&) = delete;
    ~Worker() {
        if (process == 0) return;
        ::kill(process, SIGKILL);
        wait();
    }

    /// "(first,second,...)" and nothing else. What makes no sense is read to its end as well.
    void read() {
        bool good = std::fgetc(output.get()) == '(';
        int mark = ',';
        while (good && mark == ',') {
            std::uint64_t value = 0;
            good = std::fscanf(output.get(), "%" SCNu64, &value) == 1;
            mark = std::fgetc(output.get());
            flight.push_back(value);
        }
        good = good && mark == ')' && std::fgetc(output.get()) == EOF;
        while (!std::feof(output.get()) && !std::ferror(output.get())) (void)std::fgetc(output.get());
        if (!good || std::ferror(output.get())) flight.clear();
    }
    void wait() noexcept {
        while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
        }
        process = 0;
    }
    void judge() const {
        char why[64] = "";
        if (WIFSIGNALED(status))
            std::snprintf(why, sizeof why, "The worker got signal %d.", WTERMSIG(status));
        else if (WEXITSTATUS(status) != 0)
            std::snprintf(why, sizeof why, "The worker returned %d.", WEXITSTATUS(status));
        else if (flight.empty() || flight.front() < slice.first || flight.front() >= slice.last)
            std::snprintf(why, sizeof why, "The worker printed no flight of its own.");
        if (why[0] != '\0') throw WorkerError{slice, why};
    }
};

}  // namespace

Flight run_threads(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n is zero"};
    ::call_once(&key_once, make_key);
    if (!key_made) throw std::runtime_error{"tss_create has failed"};
    const std::uint64_t count = std::min<std::uint64_t>(n, range.size());
    Search search{range};
    std::vector<thrd_t> threads(count);
    unsigned started = 0;
    try {
        for (; started < count; ++started) {
            auto own = std::make_unique<Own>(Own{&search, {}});
            if (::thrd_create(&threads[started], run, own.get()) != thrd_success)
                throw std::runtime_error{"thrd_create has failed"};
            (void)own.release();  // the thread has it
        }
    } catch (...) {
        fail(search, std::current_exception());
    }
    {
        const Guard guard{search.mutex};
        while (search.ended < started) (void)::cnd_wait(&search.changed, search.mutex.get());
    }
    for (unsigned i = 0; i < started; ++i) (void)::thrd_join(threads[i], nullptr);
    if (search.error) std::rethrow_exception(search.error);
    return std::move(search.best);
}

Flight run_processes(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n is zero"};
    if (range.empty()) return {};
    const std::uint64_t count = std::min<std::uint64_t>(n, range.size());
    const std::string program = worker_program();
    std::vector<Worker> workers;
    workers.reserve(count);
    std::uint64_t first = range.first;
    for (std::uint64_t left = count; left > 0; --left) {
        const std::uint64_t last = first + (range.last - first) / left;
        workers.emplace_back(Range{first, last}, program);
        first = last;
    }
    for (Worker& worker : workers) worker.read();
    for (Worker& worker : workers) worker.wait();
    Flight best;
    for (const Worker& worker : workers) {
        worker.judge();
        if (beats(worker.flight, best)) best = worker.flight;
    }
    return best;
}

Comparison compare(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n is zero"};
    const auto now = [] { return std::chrono::steady_clock::now(); };
    auto begin = now();
    (void)longest_flight(range);
    const std::chrono::nanoseconds serial = now() - begin;
    begin = now();
    (void)run_threads(range, n);
    const std::chrono::nanoseconds threads = now() - begin;
    begin = now();
    (void)run_processes(range, n);
    const std::chrono::nanoseconds processes = now() - begin;
    const auto ratio = [serial](std::chrono::nanoseconds time) {
        return time.count() == 0 ? 1.0
                                 : static_cast<double>(serial.count()) /
                                       static_cast<double>(time.count());
    };
    return {{serial, ratio(serial), ratio(serial)},
            {threads, ratio(threads), ratio(threads) / n},
            {processes, ratio(processes), ratio(processes) / n}};
}
