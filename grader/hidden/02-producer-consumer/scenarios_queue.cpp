// Exercise 02's scenarios of task 1: how bounded_queue.hpp is called. Compiled with the student's.
//
// What they leave in the trace: spans "put" (value: the item), "get" (the consumer), "join"; events
// "got" (the item), "got nothing" (the consumer), "refused" and "threw" (the item that could not be
// put), "done" (a call of task_done begins), "close", "came back".
#include <bounded_queue.hpp>

#include <lab/events.hpp>
#include <support/todo.hpp>

#include <worker/scenario.hpp>

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
        queue.task_done();
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
    const std::jthread worker{[&] { finish_one(0); }};
    const lab::Span span{"join", -2};
    queue.join();
}

const Scenario flow_scenario{"flow", flow};
const Scenario no_room_scenario{"no room", no_room};
const Scenario closing_scenario{"closing", closing};
const Scenario accounting_scenario{"accounting", accounting};

}  // namespace
