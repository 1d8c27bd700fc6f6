#include "parallel.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio.hpp>
// Asio first: Process does not include all that it needs of it.
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

namespace asio = boost::asio;
namespace process = boost::process::v2;

namespace {

void check_workers(unsigned n) {
    if (n == 0) throw std::invalid_argument{"n must be at least 1."};
}

/// No more workers than numbers.
unsigned workers_for(Range range, unsigned n) {
    return static_cast<unsigned>(std::min<std::uint64_t>(n, range.size()));
}

}  // namespace

// --- Threads ---

Flight run_threads(Range range, unsigned n) {
    check_workers(n);
    std::atomic<std::uint64_t> next{range.first};
    std::mutex mutex;
    std::deque<Flight> found_by_each;

    const auto search = [&] {
        Flight mine;  // each thread's own: nothing is shared while it computes
        for (;;) {
            const std::uint64_t start = next++;
            if (start >= range.last) break;
            if (Flight found = flight(start); beats(found, mine)) mine = std::move(found);
        }
        const std::lock_guard lock{mutex};
        found_by_each.push_back(std::move(mine));
    };

    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < workers_for(range, n); ++i) threads.emplace_back(search);
    }  // joined: from now on this thread is alone
    Flight best;
    for (Flight& each : found_by_each)
        if (beats(each, best)) best = std::move(each);
    return best;
}

// --- Processes ---

namespace {

/// One worker, and the thread of the caller's that talks with it.
class Dialogue {
public:
    Dialogue() {
        const std::vector<std::string> arguments;
        program_.emplace(context_, worker_program(), arguments,
                         process::process_stdio{input_, output_, {}});
    }

    /// Until `take` has nothing left. The worker's own best comes back.
    template <typename Take>
    Flight talk(Take take) {
        try {
            for (piece_ = take(); !piece_.empty(); piece_ = take()) {
                say(std::to_string(piece_.first) + ' ' + std::to_string(piece_.last) + '\n');
                if (hear() != "done") fail("said what is no answer");
                last_ = piece_;
            }
            say("end\n");
            const std::string line = hear();
            std::istringstream words{line};
            Flight values;
            for (std::uint64_t value = 0; words >> value;) values.push_back(value);
            if (hear() != "end") fail("did not end as it should");
            finish();
            return values;
        } catch (const boost::system::system_error&) {
            fail("broke off");
        }
    }

private:
    void say(const std::string& text) { asio::write(input_, asio::buffer(text)); }
    std::string hear() {
        const std::size_t size = asio::read_until(output_, asio::dynamic_buffer(heard_), '\n');
        const std::string line = heard_.substr(0, size - 1);
        heard_.erase(0, size);
        return line;
    }
    void finish() {
        input_.close();
        if (program_->wait() != 0) fail("ended with an error");
    }
    [[noreturn]] void fail(const char* how) {
        boost::system::error_code ignored;  // it may have ended already, and been waited for
        program_->terminate(ignored);
        program_->wait(ignored);
        throw WorkerError{piece_.empty() ? last_ : piece_, std::string{"A worker "} + how + "."};
    }

    asio::io_context context_;
    asio::writable_pipe input_{context_};
    asio::readable_pipe output_{context_};
    std::optional<process::process> program_;
    std::string heard_;
    Range piece_;
    Range last_;
};

}  // namespace

Flight run_processes(Range range, unsigned n) {
    check_workers(n);
    const unsigned count = workers_for(range, n);
    if (count == 0) return {};
    const std::uint64_t length = std::max<std::uint64_t>(1, range.size() / (8 * count));
    std::atomic<std::uint64_t> next{range.first};
    const auto take = [&]() -> Range {
        const std::uint64_t first = next.fetch_add(length);
        return {first, std::min(first + length, range.last)};
    };
    std::vector<Flight> found(count);
    std::vector<std::exception_ptr> failures(count);
    {
        std::deque<Dialogue> workers(count);  // all started before the first piece is sent
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < count; ++i) {
            threads.emplace_back([&, i] {
                try {
                    found[i] = workers[i].talk(take);
                } catch (...) {
                    failures[i] = std::current_exception();
                }
            });
        }
    }
    for (const std::exception_ptr& failure : failures)
        if (failure) std::rethrow_exception(failure);
    Flight best;
    for (Flight& each : found)
        if (beats(each, best)) best = std::move(each);
    return best;
}

// --- Measuring ---

namespace {

template <typename Search>
std::chrono::nanoseconds time_of(Search search) {
    const auto begin = std::chrono::steady_clock::now();
    (void)search();
    return std::chrono::steady_clock::now() - begin;
}

Timing timing(std::chrono::nanoseconds serial, std::chrono::nanoseconds time, unsigned workers) {
    using Seconds = std::chrono::duration<double>;
    const double speed_up = time.count() > 0 ? Seconds{serial} / Seconds{time} : 1.0;
    return {time, speed_up, speed_up / workers};
}

}  // namespace

Comparison compare(Range range, unsigned n) {
    check_workers(n);
    const auto serial = time_of([&] { return longest_flight(range); });
    const auto threads = time_of([&] { return run_threads(range, n); });
    const auto processes = time_of([&] { return run_processes(range, n); });
    return {timing(serial, serial, 1), timing(serial, threads, n), timing(serial, processes, n)};
}
