#include "parallel.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <concepts>
#include <csignal>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace {

// ---------------------------------------------------------------------------------- algebra

template <typename M>
concept Monoid = std::movable<typename M::value_type> && requires(typename M::value_type a) {
    { M::zero() } -> std::same_as<typename M::value_type>;
    { M::plus(std::move(a), std::move(a)) } -> std::same_as<typename M::value_type>;
};

struct Longest {
    using value_type = Flight;
    static value_type zero() { return {}; }
    static value_type plus(value_type a, value_type b) {
        return beats(b, a) ? std::move(b) : std::move(a);
    }
};
static_assert(Monoid<Longest>);

// ---------------------------------------------------------------------------------- policies

template <std::uint64_t Parts>
struct ChunkOf {  // a part of an even share, at least one
    static constexpr std::uint64_t size(std::uint64_t all, std::uint64_t workers) noexcept {
        return std::max<std::uint64_t>(1, all / workers / Parts);
    }
};

// ---------------------------------------------------------------------------------- threads

template <Monoid M>
struct alignas(64) Slot {
    typename M::value_type value = M::zero();
    std::exception_ptr error;
};

template <Monoid M, typename Chunk, std::invocable<std::uint64_t> F>
requires std::convertible_to < std::invoke_result_t<F&, std::uint64_t>,
typename M::value_type > typename M::value_type reduce(Range range, unsigned workers, F f) {
    const std::uint64_t all = range.size();
    const std::uint64_t chunk = Chunk::size(all, workers);
    std::uint64_t cursor = 0;
    std::vector<Slot<M>> slots(std::min<std::uint64_t>(workers, all));
    {
        std::vector<std::jthread> team;
        team.reserve(slots.size());
        for (auto& slot : slots)
            team.emplace_back([&slot, &cursor, &f, all, chunk, range]() noexcept {
                try {
                    const std::atomic_ref shared{cursor};
                    for (auto at = shared.fetch_add(chunk); at < all; at = shared.fetch_add(chunk))
                        for (const auto end = std::min(all, at + chunk); at != end; ++at)
                            slot.value =
                                M::plus(std::move(slot.value), std::invoke(f, range.first + at));
                } catch (...) {
                    slot.error = std::current_exception();
                }
            });
    }
    auto sum = M::zero();
    for (auto& slot : slots) {
        if (slot.error) std::rethrow_exception(slot.error);
        sum = M::plus(std::move(sum), std::move(slot.value));
    }
    return sum;
}

// ---------------------------------------------------------------------------------- processes

template <auto Close>
struct Closer {
    struct pointer {
        int fd = -1;
        pointer() = default;
        pointer(std::nullptr_t) {}
        explicit pointer(int f) : fd{f} {}
        friend bool operator==(pointer, pointer) = default;
        explicit operator bool() const { return fd >= 0; }
    };
    void operator()(pointer p) const noexcept { Close(p.fd); }
};
using Descriptor = std::unique_ptr<int, Closer<&::close>>;

template <typename Wire>
requires std::is_trivially_copyable_v<Wire>
class RemoteTask {
public:
    explicit RemoteTask(Range slice) : slice_{slice} {}
    RemoteTask(const RemoteTask&) = delete;
    RemoteTask& operator=(const RemoteTask&) = delete;
    ~RemoteTask() {
        if (process_ <= 0) return;
        ::kill(process_, SIGKILL);
        (void)status();
    }

    void start(const std::string& program) {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            throw std::system_error{errno, std::system_category(), "socketpair"};
        here_.reset(Closer<&::close>::pointer{ends[0]});
        const Descriptor there{Closer<&::close>::pointer{ends[1]}};

        posix_spawn_file_actions_t todo_list;
        ::posix_spawn_file_actions_init(&todo_list);
        ::posix_spawn_file_actions_adddup2(&todo_list, ends[1], STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&todo_list, ends[1], STDOUT_FILENO);
        std::string name = program;
        char* const argv[] = {name.data(), nullptr};
        pid_t child = -1;
        const int error =
            ::posix_spawn(&child, program.c_str(), &todo_list, nullptr, argv, environ);
        ::posix_spawn_file_actions_destroy(&todo_list);
        if (error != 0) throw std::system_error{error, std::system_category(), "posix_spawn"};
        process_ = child;

        const Wire ends_of_slice[2] = {slice_.first, slice_.last};
        // No SIGPIPE; a worker that is gone already is found out below.
        (void)::send(here_.get().fd, ends_of_slice, sizeof ends_of_slice, MSG_NOSIGNAL);
        ::shutdown(here_.get().fd, SHUT_WR);
    }

    Flight get() {
        std::vector<std::byte> bytes;
        const bool complete = drain(bytes);
        here_.reset();
        const int how = status();
        if (WIFSIGNALED(how)) fail("was ended by signal " + std::to_string(WTERMSIG(how)));
        if (!WIFEXITED(how) || WEXITSTATUS(how) != 0) fail("ended with an exit code other than 0");
        if (!complete) fail("broke its connection");
        if (bytes.empty() || bytes.size() % sizeof(Wire) != 0) fail("sent no whole numbers");
        std::vector<Wire> words(bytes.size() / sizeof(Wire));
        std::copy(bytes.begin(), bytes.end(), std::as_writable_bytes(std::span{words}).begin());
        // The complement of the number of values is the last word.
        const Wire tail = words.back();
        words.pop_back();
        if (words.empty() || static_cast<Wire>(~tail) != words.size()) fail("sent half a flight");
        if (words.front() < slice_.first || words.front() >= slice_.last)
            fail("sent another's flight");
        return {words.begin(), words.end()};
    }

private:
    bool drain(std::vector<std::byte>& bytes) {
        std::byte part[4096];
        for (;;) {
            const ssize_t got = ::read(here_.get().fd, part, sizeof part);
            if (got == 0) return true;
            if (got > 0)
                bytes.insert(bytes.end(), part, part + got);
            else if (errno != EINTR)
                return false;
        }
    }
    int status() noexcept {
        int how = -1;
        while (::waitpid(process_, &how, 0) == -1 && errno == EINTR) {
        }
        process_ = -1;
        return how;
    }
    [[noreturn]] void fail(const std::string& what) const {
        throw WorkerError{slice_, "The worker " + what + '.'};
    }

    Range slice_;
    Descriptor here_;
    pid_t process_ = -1;
};

template <typename Duration>
constexpr double ratio(Duration a, Duration b) {
    return b == Duration::zero() ? 1.0
                                 : static_cast<double>(a.count()) / static_cast<double>(b.count());
}

template <std::invocable... Searches>
auto stopwatch(Searches&&... searches) {
    const auto one = [](auto&& search) {
        const auto before = std::chrono::steady_clock::now();
        std::invoke(search);
        return std::chrono::nanoseconds{std::chrono::steady_clock::now() - before};
    };
    return std::array{one(std::forward<Searches>(searches))...};  // braces: from left to right
}

}  // namespace

Flight run_threads(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n"};
    return reduce<Longest, ChunkOf<8>>(range, n, &flight);
}

Flight run_processes(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n"};
    const auto count = std::min<std::uint64_t>(n, range.size());
    if (count == 0) return Longest::zero();
    const auto program = worker_program();
    std::vector<std::unique_ptr<RemoteTask<std::uint64_t>>> tasks;
    const auto cut = [&, quotient = range.size() / count,
                      rest = range.size() % count](std::uint64_t i) {
        return range.first + quotient * i + std::min(i, rest);
    };
    for (std::uint64_t i = 0; i != count; ++i) {
        tasks.push_back(std::make_unique<RemoteTask<std::uint64_t>>(Range{cut(i), cut(i + 1)}));
        tasks.back()->start(program);
    }
    auto sum = Longest::zero();
    for (const auto& task : tasks) sum = Longest::plus(std::move(sum), task->get());
    return sum;
}

Comparison compare(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n"};
    const auto [serial, threads, processes] =
        stopwatch([&] { return longest_flight(range); }, [&] { return run_threads(range, n); },
                  [&] { return run_processes(range, n); });
    return {.serial = {serial, 1.0, 1.0},
            .threads = {threads, ratio(serial, threads), ratio(serial, threads) / n},
            .processes = {processes, ratio(serial, processes), ratio(serial, processes) / n}};
}
