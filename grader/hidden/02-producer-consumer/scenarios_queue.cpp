// Exercise 02's scenarios of task 1: how bounded_queue.hpp is called. Compiled with the student's.
//
// What they leave in the trace: spans "put" (value: the item), "get" (the consumer), "join"; events
// "got" (the item), "got nothing" (the consumer), "refused" and "threw" (the item that could not be
// put), "copied", "done" (a call of task_done begins), "not accepted" (it was refused), "close",
// "came back". In a script, the value of a span, of "got nothing" and of "refused" is the number of
// its line.
#include <bounded_queue.hpp>

#include <lab/events.hpp>
#include <support/todo.hpp>

#include <worker/scenario.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace {

using lockstep::worker::Scenario;
using lockstep::worker::Telling;
using lockstep::worker::Workload;
using std::chrono::nanoseconds;

void pause(std::int64_t length) {
    if (length > 0) std::this_thread::sleep_for(nanoseconds{length});
}

/// Can be moved, and nothing else. Who was moved from has the number -1.
class Parcel {
public:
    explicit Parcel(std::int64_t number) : number_{number} {}
    Parcel(Parcel&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    Parcel& operator=(Parcel&& other) noexcept {
        number_ = std::exchange(other.number_, -1);
        return *this;
    }
    [[nodiscard]] std::int64_t number() const { return number_; }

private:
    std::int64_t number_;
};

using Queue = BoundedQueue<Parcel>;

/// Can be copied, which is told; and that it can be moved without an exception, nobody promises.
class Letter {
public:
    Letter() = default;
    Letter(const Letter& /*other*/) { lab::event("copied"); }
    Letter& operator=(const Letter& /*other*/) {
        lab::event("copied");
        return *this;
    }
    // NOLINTNEXTLINE(performance-noexcept-move-constructor): it is what a container looks at.
    Letter(Letter&& /*other*/) noexcept(false) {}
    // NOLINTNEXTLINE(performance-noexcept-move-constructor)
    Letter& operator=(Letter&& /*other*/) noexcept(false) { return *this; }
};

void put(Queue& queue, std::int64_t number) {
    lab::Span span{"put", number};
    try {
        queue.put(Parcel{number});
    } catch (const lockstep::Todo&) {
        throw;
    } catch (const QueueClosed&) {
        span.end(lab::Outcome::failed);
        lab::event("refused", number);
    } catch (const std::exception&) {
        span.end(lab::Outcome::failed);
        lab::event("threw", number);
    }
}

void get(Queue& queue, std::int64_t consumer) {
    lab::Span span{"get", consumer};
    const std::optional<Parcel> parcel = queue.get();
    span.end();
    if (parcel)
        lab::event("got", parcel->number());
    else
        lab::event("got nothing", consumer);
}

/// Producers and consumers. Workload: `capacity`; `puts` and `put pauses`, for each producer how
/// many items and how long before each; `gets`, `get pauses` and `delays` for each consumer;
/// `phases`: 1 when consumers begin after the last producer has ended.
void flow(const Workload& workload, Telling&) {
    Queue queue{static_cast<std::size_t>(workload.number("capacity"))};
    const auto puts = workload.list("puts");
    const auto gets = workload.list("gets");
    std::vector<std::jthread> producers;
    for (std::size_t producer = 0; producer < puts.size(); ++producer)
        producers.emplace_back([&, producer] {
            for (std::int64_t i = 0; i < puts[producer]; ++i) {
                pause(workload.list("put pauses")[producer]);
                put(queue, static_cast<std::int64_t>(producer) * 1000 + i);
            }
        });
    if (workload.number("phases") != 0) producers.clear();
    std::vector<std::jthread> consumers;
    for (std::size_t consumer = 0; consumer < gets.size(); ++consumer)
        consumers.emplace_back([&, consumer] {
            pause(workload.list("delays")[consumer]);
            for (std::int64_t i = 0; i < gets[consumer]; ++i) {
                get(queue, static_cast<std::int64_t>(consumer));
                pause(workload.list("get pauses")[consumer]);
            }
        });
}

/// `capacity` letters are put and taken out again, twice.
void letters(const Workload& workload, Telling&) {
    const std::int64_t capacity = workload.number("capacity");
    BoundedQueue<Letter> queue{static_cast<std::size_t>(capacity)};
    for (int time = 0; time < 2; ++time) {
        for (std::int64_t i = 0; i < capacity; ++i) queue.put(Letter{});
        for (std::int64_t i = 0; i < capacity; ++i) (void)queue.get();
    }
}

/// A queue without room.
void no_room(const Workload&, Telling& telling) {
    telling.text("threw", "");
    try {
        const Queue queue{0};
    } catch (const std::invalid_argument&) {
        telling.text("threw", "std::invalid_argument");
    } catch (const std::exception&) {
        telling.text("threw", "another exception");
    }
}

/// Closes a full queue with `putters` waiting and an empty one with `getters` waiting, after
/// `wait`; closes both again; puts; and drains the first, into which 0 … capacity - 1 were put.
void closing(const Workload& workload, Telling&) {
    const std::int64_t capacity = workload.number("capacity");
    Queue full{static_cast<std::size_t>(capacity)};
    Queue empty{static_cast<std::size_t>(capacity)};
    for (std::int64_t i = 0; i < capacity; ++i) put(full, i);
    {
        std::vector<std::jthread> waiting;
        for (std::int64_t i = 0; i < workload.number("putters"); ++i)
            waiting.emplace_back([&, i] { put(full, 1000 + i); });
        for (std::int64_t i = 0; i < workload.number("getters"); ++i)
            waiting.emplace_back([&, i] { get(empty, i); });
        pause(workload.number("wait"));
        lab::event("close");
        full.close();
        empty.close();
    }
    full.close();
    empty.close();
    lab::event("came back");
    put(full, 2000);
    put(empty, 2001);
    for (std::int64_t i = 0; i < capacity + workload.number("putters") + 1; ++i) get(full, 1000);
    get(empty, 1001);
}

/// Tells that one item is done. False when that was refused.
bool finish(Queue& queue) {
    try {
        queue.task_done();
    } catch (const lockstep::Todo&) {
        throw;
    } catch (const std::exception&) {
        return false;
    }
    return true;
}

/// Puts as many items as there are `efforts`; workers, as many as there are `shares`, take so many
/// each, spend the effort and tell that they are done, while `joiners` wait in join.
void accounting(const Workload& workload, Telling&) {
    const auto efforts = workload.list("efforts");
    const auto shares = workload.list("shares");
    Queue queue{efforts.size()};
    {
        const lab::Span span{"join", -1};
        queue.join();
    }
    const auto finish_one = [&](std::int64_t worker) {
        const std::optional<Parcel> parcel = queue.get();
        if (!parcel) {
            lab::event("got nothing", worker);
            return;
        }
        lab::event("got", parcel->number());
        pause(efforts[static_cast<std::size_t>(parcel->number())]);
        lab::event("done", parcel->number());
        if (!finish(queue)) lab::event("not accepted", parcel->number());
    };
    for (std::size_t i = 0; i < efforts.size(); ++i) put(queue, static_cast<std::int64_t>(i));
    {
        std::vector<std::jthread> threads;
        for (std::int64_t i = 0; i < workload.number("joiners"); ++i)
            threads.emplace_back([&, i] {
                const lab::Span span{"join", i};
                queue.join();
            });
        for (std::size_t worker = 0; worker < shares.size(); ++worker)
            threads.emplace_back([&, worker] {
                for (std::int64_t i = 0; i < shares[worker]; ++i)
                    finish_one(static_cast<std::int64_t>(worker));
            });
    }
    lab::event("one too many");
    try {
        queue.task_done();
        lab::event("accepted");
    } catch (const lockstep::Todo&) {
        throw;
    } catch (const std::logic_error&) {
        lab::event("refused");
    } catch (const std::exception&) {
        lab::event("threw");
    }
    // And once more: join is not for one time only.
    lab::event("again");
    put(queue, 0);
    (void)queue.get();
    if (!finish(queue)) {
        lab::event("not accepted", 0);
        return;  // what join does then proves nothing
    }
    put(queue, 0);
    const std::jthread worker{[&] { finish_one(0); }};
    const lab::Span span{"join", -2};
    queue.join();
}

void put_late(Queue& queue, std::int64_t number) {
    try {
        queue.put(Parcel{number});
    } catch (const QueueClosed&) {
        return;
    }
    if (queue.get()) (void)finish(queue);
}

// What `calls` says of a line.
constexpr std::int64_t calls_put = 0;
constexpr std::int64_t calls_get = 1;
constexpr std::int64_t calls_close = 2;
constexpr std::int64_t calls_task_done = 3;
constexpr std::int64_t calls_join = 4;

void play(Queue& queue, std::int64_t call, std::int64_t line) {
    if (call == calls_put) {
        put(queue, line);
    } else if (call == calls_get) {
        get(queue, line);
    } else if (call == calls_close) {
        const lab::Span span{"close", line};
        queue.close();
    } else if (call == calls_task_done) {
        lab::Span span{"task_done", line};
        if (!finish(queue)) lab::event("refused", line);
    } else if (call == calls_join) {
        const lab::Span span{"join", line};
        queue.join();
    } else {
        const lab::Span span{"put", line};
        put_late(queue, line);
    }
}

/// Workload: `capacity`; and a script, whose lines have a thread each (0, 1, …) in `threads`, what
/// it calls (see above) in `calls`, and when in `times`. Lines of one thread are played one after
/// the other.
void script(const Workload& workload, Telling&) {
    Queue queue{static_cast<std::size_t>(workload.number("capacity"))};
    const auto threads = workload.list("threads");
    const auto calls = workload.list("calls");
    const auto times = workload.list("times");
    std::vector<std::jthread> running;
    for (std::int64_t thread = 0; thread <= std::ranges::max(threads); ++thread)
        running.emplace_back([&, thread] {
            for (std::size_t line = 0; line < threads.size(); ++line) {
                if (threads[line] != thread) continue;
                pause(times[line] - lab::now().count());
                play(queue, calls[line], static_cast<std::int64_t>(line));
            }
        });
}

const Scenario flow_scenario{"flow", flow};
const Scenario letters_scenario{"letters", letters};
const Scenario no_room_scenario{"no room", no_room};
const Scenario closing_scenario{"closing", closing};
const Scenario accounting_scenario{"accounting", accounting};
const Scenario script_scenario{"script", script};

}  // namespace
