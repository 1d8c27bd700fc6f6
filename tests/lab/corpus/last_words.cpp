// Programs that do not end well: exceptions without a handler, exit, abort, a fault, a stack.
#include "topics.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace corpus {
namespace {

using Kind = lab::Diagnosis::Kind;

// Exceptions ----------------------------------------------------------------------------------

int parse_digit(char c) {
    if (c < '0' || c > '9') {
        throw std::invalid_argument{"not a digit"};
    }
    return c - '0';
}

void exception_leaves_a_thread() {
    int value = 0;
    std::jthread worker{[&] { value = parse_digit('x'); }};
}

void exception_carried_to_the_body() {
    std::exception_ptr error;
    std::thread worker{[&] {
        try {
            parse_digit('x');
        } catch (...) {
            error = std::current_exception();
        }
    }};
    worker.join();
    bool caught = false;
    try {
        if (error) {
            std::rethrow_exception(error);
        }
    } catch (const std::invalid_argument&) {
        caught = true;
    }
    expect(caught, "the exception was lost");
}

void parse_promising_not_to_throw(char c, int& value) noexcept { value = parse_digit(c); }

void exception_leaves_a_noexcept() {
    int value = 0;
    parse_promising_not_to_throw('x', value);
}

/// Whether the throwing thread comes first depends on the schedule.
void exception_in_one_order_only() {
    std::mutex mutex;
    int divisor = 0;
    std::jthread setter{[&] {
        const std::lock_guard lock{mutex};
        divisor = 2;
    }};
    std::jthread divider{[&] {
        const std::lock_guard lock{mutex};
        if (divisor == 0) {
            throw std::domain_error{"division by zero"};
        }
    }};
}

void exception_leaves_the_body() {
    std::jthread worker{[] { std::this_thread::yield(); }};
    parse_digit('x');
}

// Exits ---------------------------------------------------------------------------------------

void give_up() { std::exit(3); }

void exit_from_a_thread() { std::jthread worker{give_up}; }

void insist(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void abort_in_one_order_only() {
    std::atomic<int> clients{0};
    std::jthread client{[&] {
        std::this_thread::yield();
        ++clients;
    }};
    std::jthread server{[&] {
        std::this_thread::yield();
        insist(clients == 1);
    }};
}

// Faults --------------------------------------------------------------------------------------

struct Server {
    int port = 80;
};

int port_of(const volatile Server* server) { return server->port; }

/// The thread is started before the pointer it uses is set.
void started_before_it_is_ready() {
    Server server;
    std::atomic<const Server*> current{nullptr};
    std::atomic<int> port{0};
    {
        std::jthread worker{[&] { port = port_of(current); }};
        current = &server;
    }
    expect(port == 80, "the port is another one");
}

void started_when_it_is_ready() {
    Server server;
    std::atomic<const Server*> current{nullptr};
    std::atomic<int> port{0};
    current = &server;
    {
        std::jthread worker{[&] { port = port_of(current); }};
    }
    expect(port == 80, "the port is another one");
}

/// Keeps a kilobyte alive on every level, so that no compiler makes a loop of it.
int descend(int levels) {
    std::array<volatile int, 256> kept{};
    kept[0] = levels;
    if (levels == 0) {
        return 0;
    }
    const int below = descend(levels - 1);
    return below + kept[0] - kept[0] + 1;
}

void recursion_without_end() {
    std::atomic<int> levels{0};
    std::jthread worker{[&] { levels = descend(1 << 30); }};
}

void recursion_with_an_end() {
    int levels = 0;
    {
        std::jthread worker{[&] { levels = descend(50); }};
    }
    expect(levels == 50, "a level was lost");
}

constexpr Program table[] = {
    faulty("exception_leaves_a_thread", "An exception leaves a thread's function.",
           exception_leaves_a_thread, Kind::uncaught_exception, 1, "not a digit"),
    correct("exception_carried_to_the_body", "An exception_ptr carries it to the body.",
            exception_carried_to_the_body),
    faulty("exception_leaves_a_noexcept", "An exception leaves a noexcept function.",
           exception_leaves_a_noexcept, Kind::uncaught_exception, 1, "not a digit"),
    faulty("exception_in_one_order_only", "A thread throws if it comes before another.",
           exception_in_one_order_only, Kind::uncaught_exception, 100, "division by zero"),
    faulty("exception_leaves_the_body", "An exception leaves the body.", exception_leaves_the_body,
           Kind::body_threw, 1, "not a digit"),
    faulty("exit_from_a_thread", "A thread ends the whole process.", exit_from_a_thread,
           Kind::exited, 1, ""),
    faulty("abort_in_one_order_only", "An assertion fails if the server comes before the client.",
           abort_in_one_order_only, Kind::terminated, 100, "insist"),
    faulty("started_before_it_is_ready", "A thread runs before the pointer it uses is set.",
           started_before_it_is_ready, Kind::crashed, 20, "port_of"),
    correct("started_when_it_is_ready", "The pointer is set before the thread is started.",
            started_when_it_is_ready),
    faulty("recursion_without_end", "A thread uses up its stack.", recursion_without_end,
           Kind::stack_overflow, 1, "descend"),
    correct("recursion_with_an_end", "Fifty levels of a kilobyte fit any stack.",
            recursion_with_an_end),
};

}  // namespace

std::span<const Program> last_words() { return table; }

}  // namespace corpus
