// Exercise 04's scenario of task 2: how mirrors.cpp is called.
//
// "mirrors". Workload: an element for each mirror in `time`, `fails` (0 no, 1 MirrorError, 2
// connection_refused, 3 operation_aborted, 4 an int, its number, 5 a TimedOut of its own),
// `tidying`; `per try`, `total`, `cancel` (-1: never); `salt`: in the pages' texts; `blank`: the
// mirror whose page has no text, or -1; `beside`: 1: a second call with mirrors of its own, which
// leave nothing in the trace, is under way in the same loop.
// Events "cancel", "came out", "came back"; slow_mirror.hpp's. Answer: `end`, `told`; `beside`: 1
// if the second call gave the page of its own mirrors.
#include "scenarios_ends.hpp"

#include <mirrors.hpp>

#include <lab/events.hpp>
#include <support/slow_call.hpp>
#include <support/slow_mirror.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <worker/scenario.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using lockstep::timeout::Canceller;
using lockstep::timeout::End;
using lockstep::timeout::end_by;
using lockstep::worker::Scenario;
using lockstep::worker::Telling;
using lockstep::worker::Workload;
using std::chrono::nanoseconds;

constexpr std::int64_t aborts = 3;
constexpr std::int64_t throws_an_int = 4;
constexpr std::int64_t has_a_limit = 5;
constexpr std::chrono::milliseconds own_limit{7};

asio::awaitable<Page> fetch_oddly(Mirror mirror, std::int64_t fails, int number) {
    try {
        co_return co_await mirror.fetch();
    } catch (const MirrorError&) {
        if (fails == aborts) throw boost::system::system_error{asio::error::operation_aborted};
        if (fails == has_a_limit) throw TimedOut{own_limit};
        throw number;
    }
}

/// The same mirror, but instead of MirrorError it throws what nobody expects of a mirror.
Mirror odd(Mirror mirror, std::int64_t fails, int number) {
    std::string name = mirror.name();
    return {std::move(name), [mirror = std::move(mirror), fails, number] {
                return fetch_oddly(mirror, fails, number);
            }};
}

asio::awaitable<Page> fetch_after(std::chrono::milliseconds time, std::optional<Page> page) {
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(asio::use_awaitable);
    if (!page) throw MirrorError{"Another mirror"};
    co_return *page;
}

/// A search of somebody else's: the first mirror fails while the other search is at its first, too.
std::vector<Mirror> mirrors_beside(const Page& page) {
    const std::chrono::milliseconds time{10};
    return {{"Another mirror", [=] { return fetch_after(time, std::nullopt); }},
            {"Yet another mirror", [=] { return fetch_after(time, page); }}};
}

void play_mirrors(const Workload& workload, Telling& telling) {
    std::vector<Page> pages;
    std::vector<Mirror> mirrors;
    for (std::size_t i = 0; i < workload.list("time").size(); ++i) {
        lockstep::SlowCall call;
        call.number = static_cast<std::int64_t>(i);
        call.steps.push_back({nanoseconds{workload.list("time")[i]}});
        const std::int64_t fails = workload.list("fails")[i];
        call.fails = fails != 0;
        call.tidying = nanoseconds{workload.list("tidying")[i]};
        Page page;
        page.url = "https://example.org/" + std::to_string(workload.number("salt"));
        if (call.number != workload.number("blank"))
            page.text = "as " + lockstep::name_of_mirror(call.number) + " has it";
        pages.push_back(page);
        const auto failure =
            fails == 2 ? lockstep::Failure::no_connection : lockstep::Failure::out_of_order;
        const auto number = static_cast<int>(i);
        Mirror mirror = lockstep::make_slow_mirror(std::move(call), failure, std::move(page));
        if (fails == aborts || fails == throws_an_int || fails == has_a_limit)
            mirror = odd(mirror, fails, number);
        mirrors.push_back(std::move(mirror));
    }
    End end;
    telling.text("what", "");
    const Page beside{.url = "https://example.com/", .text = "another page"};
    bool beside_given = false;
    asio::cancellation_signal nobody_cancels;
    {
        asio::io_context loop{1};
        Canceller canceller{loop, workload.number("cancel")};
        const auto ended = [&](const std::exception_ptr& error, const Page& page) {
            lab::event("came out");
            canceller.stop();
            if (error) {
                end = end_by(error);
                return;
            }
            end.how = 0;
            end.told = -1;
            for (std::size_t i = 0; i < pages.size(); ++i)
                if (page == pages[i]) end.told = static_cast<std::int64_t>(i);
        };
        // It may throw at the call, or when it is awaited. The call stands in a statement of its
        // own, so that nothing that it was given outlives it.
        std::optional<asio::awaitable<Page>> waiting;
        try {
            waiting.emplace(fetch_first(mirrors, nanoseconds{workload.number("per try")},
                                        nanoseconds{workload.number("total")}));
        } catch (...) {
            ended(std::current_exception(), Page{});
        }
        if (waiting)
            asio::co_spawn(loop, std::move(*waiting),
                           asio::bind_cancellation_slot(canceller.slot(), ended));
        if (workload.number("beside") != 0)
            asio::co_spawn(
                loop,
                fetch_first(mirrors_beside(beside), std::chrono::seconds{1},
                            std::chrono::seconds{1}),
                asio::bind_cancellation_slot(nobody_cancels.slot(),
                                             [&](const std::exception_ptr&, const Page& page) {
                                                 beside_given = page == beside;
                                             }));
        loop.run();
    }
    lab::event("came back");
    if (end.error) {
        try {
            std::rethrow_exception(end.error);
        } catch (const MirrorError& error) {
            end.how = 3;
            for (std::size_t i = 0; i < mirrors.size(); ++i)
                if (MirrorError{mirrors[i].name()}.what() == std::string_view{error.what()})
                    end.told = static_cast<std::int64_t>(i);
        } catch (const std::invalid_argument&) {
            end.how = 5;
        } catch (...) {  // told already
        }
    }
    telling.number("beside", beside_given ? 1 : 0);
    telling.number("end", end.how);
    telling.number("told", end.told);
    telling.text("what", end.what);
}

const Scenario mirrors_scenario{"mirrors", play_mirrors};

}  // namespace
