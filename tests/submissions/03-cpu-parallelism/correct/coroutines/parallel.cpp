#include "parallel.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

namespace asio = boost::asio;
Flight run_threads(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n"};
    asio::thread_pool pool{n};
    auto merging = asio::make_strand(pool);
    std::atomic<std::uint64_t> next{range.first};
    Flight best;
    const auto search = [&]() -> asio::awaitable<void> {
        Flight mine;
        for (auto s = next++; s < range.last; s = next++) {
            Flight f = flight(s);
            if (beats(f, mine)) mine = std::move(f);
        }
        co_await asio::post(asio::bind_executor(merging, asio::use_awaitable));
        if (beats(mine, best)) best = std::move(mine);
    };
    for (unsigned i = 0; i < n; ++i) asio::co_spawn(pool, search, asio::detached);
    pool.join();
    return best;
}

namespace process = boost::process::v2;
namespace {
struct Outcome {
    Range slice;
    std::string text;
    int status = -1;
};
asio::awaitable<void> one(Outcome& outcome) {
    auto executor = co_await asio::this_coro::executor;
    asio::readable_pipe out{executor};
    const std::vector<std::string> arguments{std::to_string(outcome.slice.first),
                                             std::to_string(outcome.slice.last)};
    process::process program{executor, worker_program(), arguments,
                             process::process_stdio{nullptr, out, {}}};
    boost::system::error_code error;
    co_await asio::async_read(out, asio::dynamic_buffer(outcome.text),
                              asio::redirect_error(asio::use_awaitable, error));
    outcome.status = co_await program.async_wait(asio::use_awaitable);
}
}  // namespace

Flight run_processes(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n"};
    const std::uint64_t count = std::min<std::uint64_t>(n, range.size());
    std::vector<Outcome> outcomes(count);
    asio::io_context context;
    for (std::uint64_t i = 0; i < count; ++i) {
        outcomes[i].slice = {range.first + range.size() * i / count,
                             range.first + range.size() * (i + 1) / count};
        asio::co_spawn(context, one(outcomes[i]), asio::detached);
    }
    context.run();
    Flight best;
    for (auto& o : outcomes) {
        Flight values;
        std::istringstream in{o.text};
        std::size_t size = 0;
        std::string word;
        in >> size;
        for (std::uint64_t v = 0; values.size() < size && in >> v;) values.push_back(v);
        if (o.status != 0 || size == 0 || values.size() != size || !(in >> word) || word != ".")
            throw WorkerError{o.slice, "failed"};  // all have been waited for
        if (beats(values, best)) best = std::move(values);
    }
    return best;
}

namespace {
template <class F>
std::chrono::nanoseconds measure(F f) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    return std::chrono::steady_clock::now() - begin;
}
Timing row(std::chrono::nanoseconds serial, std::chrono::nanoseconds time, unsigned n) {
    Timing t{time, 1.0, 1.0};
    if (time.count() != 0)
        t.speed_up = static_cast<double>(serial.count()) / static_cast<double>(time.count());
    t.efficiency = t.speed_up / n;
    return t;
}
}  // namespace

Comparison compare(Range range, unsigned n) {
    if (n == 0) throw std::invalid_argument{"n == 0"};
    const auto s = measure([&] { (void)longest_flight(range); });
    const auto t = measure([&] { (void)run_threads(range, n); });
    const auto p = measure([&] { (void)run_processes(range, n); });
    return {row(s, s, 1), row(s, t, n), row(s, p, n)};
}
