// Exercise 02's scenario of task 2: how pipeline.cpp is called.
//
// What it leaves in the trace: spans "handle" (value: the item); event "came back".
#include <pipeline.hpp>

#include <lab/events.hpp>
#include <support/queue_closed.hpp>
#include <support/todo.hpp>

#include <worker/scenario.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using lockstep::worker::Scenario;
using lockstep::worker::Telling;
using lockstep::worker::Workload;
using std::chrono::nanoseconds;

// What `ends` says of an item.
constexpr std::int64_t throws = 1;
constexpr std::int64_t throws_logic_error = 2;
constexpr std::int64_t throws_own_type = 3;
constexpr std::int64_t throws_at_the_call = 4;
constexpr std::int64_t throws_an_empty_reason = 5;
constexpr std::int64_t throws_system_error = 6;
constexpr std::int64_t throws_queue_closed = 7;

struct World {
    explicit World(const Workload& given) : workload{given} {}
    const Workload& workload;

    /// Nullopt when none of the items has that number.
    [[nodiscard]] std::optional<std::size_t> place_of(std::int64_t number) const {
        const auto numbers = workload.list("numbers");
        const auto found = std::ranges::find(numbers, number);
        if (found == numbers.end()) return std::nullopt;
        return static_cast<std::size_t>(found - numbers.begin());
    }
    [[nodiscard]] std::int64_t end_of(std::int64_t number) const {
        const std::optional<std::size_t> place = place_of(number);
        return place ? workload.list("ends")[*place] : 0;
    }
};

std::string sentence_about(const World& world, std::int64_t number) {
    const std::int64_t places = (number % 100 + 1) * world.workload.number("salt");
    return "item " + std::to_string(number) + " is broken in " + std::to_string(places) + " places";
}

/// Its what() adds the code's message to the sentence.
boost::system::system_error error_about(const World& world, std::int64_t number) {
    return {asio::error::connection_reset, sentence_about(world, number)};
}

/// What what() gives of the exception that the handler throws.
std::string reason_of(const World& world, std::int64_t number) {
    if (world.end_of(number) == throws_an_empty_reason) return "";
    if (world.end_of(number) == throws_queue_closed) return lockstep::QueueClosed{}.what();
    if (world.end_of(number) == throws_system_error) return error_about(world, number).what();
    return sentence_about(world, number);
}

/// An exception of a type of its own, whose text does not outlive it.
template <typename Base>
class Broken final : public Base {
public:
    template <typename... Arguments>
    explicit Broken(const std::string& text, Arguments... arguments) : Base{arguments...} {
        text_.fill('\0');
        std::copy_n(text.begin(), std::min(text.size(), text_.size() - 1), text_.begin());
    }
    Broken(const Broken&) = default;
    Broken& operator=(const Broken&) = default;
    ~Broken() override {
        // Through a volatile pointer, for no compiler sees a use in what is about to be freed.
        volatile char* const text = text_.data();
        for (std::size_t i = 0; i + 1 < text_.size() && text[i] != '\0'; ++i) text[i] = '?';
    }
    [[nodiscard]] const char* what() const noexcept override { return text_.data(); }

private:
    std::array<char, 200> text_;
};

asio::awaitable<void> handle(const World& world, Item item) {
    const lab::Span span{"handle", item.number};
    const std::optional<std::size_t> place = world.place_of(item.number);
    if (!place) co_return;
    asio::steady_timer timer{co_await asio::this_coro::executor,
                             nanoseconds{world.workload.list("latencies")[*place]}};
    co_await timer.async_wait(asio::use_awaitable);
    for (std::int64_t turn = 0; turn < world.workload.list("turns")[*place]; ++turn)
        co_await asio::post(timer.get_executor(), asio::use_awaitable);
    const std::int64_t end = world.end_of(item.number);
    const std::string reason = reason_of(world, item.number);
    if (end == throws || end == throws_an_empty_reason)
        throw Broken<std::runtime_error>{reason, "?"};
    if (end == throws_queue_closed) throw lockstep::QueueClosed{};
    if (end == throws_system_error) throw error_about(world, item.number);
    if (end == throws_logic_error) throw std::logic_error{reason};
    if (end == throws_own_type) throw Broken<std::exception>{reason};
}

asio::awaitable<void> handle_or_throw(const World& world, Item item) {
    if (world.end_of(item.number) == throws_at_the_call) {
        const lab::Span span{"handle", item.number};
        throw std::runtime_error{reason_of(world, item.number)};
    }
    return handle(world, item);
}

/// What the summary or the log says of each item, and what its handler threw, where they differ.
class Reasons {
public:
    Reasons(const World& world, Telling& telling) : world_{world}, telling_{telling} {}

    [[nodiscard]] bool is_reason(std::int64_t item, const std::string& text) {
        const std::string thrown = reason_of(world_, item);
        if (text == thrown) return true;
        telling_.text("text about " + std::to_string(item), text);
        telling_.text("thrown by " + std::to_string(item), thrown);
        return false;
    }

private:
    const World& world_;
    Telling& telling_;
};

void tell(const World& world, Telling& telling, const Summary& summary) {
    telling.number("handled", static_cast<std::int64_t>(summary.handled));
    std::vector<std::int64_t> failures;
    std::vector<std::int64_t> reasons;
    Reasons right{world, telling};
    for (const Failure& failure : summary.failures) {
        failures.push_back(failure.item);
        reasons.push_back(right.is_reason(failure.item, failure.reason) ? 1 : 0);
    }
    telling.list("failures", std::move(failures));
    telling.list("reasons", std::move(reasons));
}

void tell(const World& world, Telling& telling, const Log& log) {
    std::vector<std::int64_t> items;
    std::vector<std::int64_t> kinds;
    Reasons right{world, telling};
    for (const Log::Entry& entry : log.entries()) {
        items.push_back(entry.item);
        kinds.push_back(entry.text == "done" ? 1 : right.is_reason(entry.item, entry.text) ? 2 : 0);
    }
    telling.list("log items", std::move(items));
    telling.list("log kinds", std::move(kinds));
}

asio::awaitable<Summary> pipeline_of(std::span<const std::int64_t> numbers, const World& world,
                                     Log& log) {
    std::vector<Item> items;
    for (const std::int64_t number : numbers) items.push_back(Item{number});
    const Handler handler = [&world](Item item) { return handle_or_throw(world, item); };
    return run_pipeline(std::move(items),
                        static_cast<std::size_t>(world.workload.number("workers")),
                        static_cast<std::size_t>(world.workload.number("capacity")), handler, log);
}

/// What run_pipeline throws, when called or when awaited.
std::exception_ptr call(const World& world, Log& log, Telling& telling) {
    std::exception_ptr failure;
    asio::io_context loop;
    try {
        asio::co_spawn(loop, pipeline_of(world.workload.list("numbers"), world, log),
                       [&](std::exception_ptr error, const Summary& summary) {
                           failure = std::move(error);
                           lab::event("came back");
                           if (!failure) tell(world, telling, summary);
                           loop.stop();
                       });
    } catch (...) {
        return std::current_exception();
    }
    loop.run();
    // Who was about to end at that very instant may do so; nobody else gets further.
    loop.restart();
    loop.poll();
    return failure;
}

/// Workload: `numbers`, `latencies` (nanoseconds, positive), `ends` (see above; 0: well) and
/// `turns` (how often to step aside before the end), one for each item; `workers`; `capacity`;
/// `log`: how long writing an entry takes; `salt`: goes into the reasons.
void pipeline(const Workload& workload, Telling& telling) {
    const World world{workload};
    Log log{nanoseconds{workload.number("log")}};
    telling.text("threw", "");
    const std::exception_ptr failure = call(world, log, telling);
    tell(world, telling, log);
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const lockstep::Todo&) {
        throw;
    } catch (const std::invalid_argument& error) {
        telling.text("threw", "std::invalid_argument");
        telling.text("what", error.what());
    } catch (const std::exception& error) {
        telling.text("threw", "another exception");
        telling.text("what", error.what());
    }
}

/// Two pipelines in one loop, each with half of the items. Workload: as above. Answer: `handled`
/// and `failed`, how many, with an element for each of the two; -1 where it threw.
void two_pipelines(const Workload& workload, Telling& telling) {
    const World world{workload};
    Log log{nanoseconds{0}};
    const auto numbers = workload.list("numbers");
    std::array<std::int64_t, 2> handled{-1, -1};
    std::array<std::int64_t, 2> failed{-1, -1};
    asio::io_context loop;
    const std::size_t half = numbers.size() / 2;
    for (std::size_t which = 0; which < 2; ++which)
        asio::co_spawn(loop, pipeline_of(numbers.subspan(which * half, half), world, log),
                       [&, which](const std::exception_ptr& error, const Summary& summary) {
                           if (error) return;
                           handled.at(which) = static_cast<std::int64_t>(summary.handled);
                           failed.at(which) = static_cast<std::int64_t>(summary.failures.size());
                       });
    loop.run();
    telling.list("handled", {handled.begin(), handled.end()});
    telling.list("failed", {failed.begin(), failed.end()});
}

const Scenario pipeline_scenario{"pipeline", pipeline};
const Scenario two_pipelines_scenario{"two pipelines", two_pipelines};

}  // namespace
