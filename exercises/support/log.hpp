// The shared log of the exercises with coroutines: writing to it takes time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <lab/events.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

class Log {
public:
    struct Entry {
        std::int64_t item = 0;
        std::string text;
    };

    /// `time_per_entry`: how long `write` is suspended; not negative.
    explicit Log(std::chrono::nanoseconds time_per_entry = {}) : time_{time_per_entry} {}
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    /// Writes an entry about an item, in two parts, and is suspended between them. A second `write`
    /// that begins before the first has ended mixes the two entries up: see to it that none does.
    ///
    /// In the lab each call leaves a span "log", whose value is the item.
    [[nodiscard]] boost::asio::awaitable<void> write(std::int64_t item, std::string text) {
        const lab::Span span{"log", item};
        if (time_.count() > 0) {
            boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, time_};
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
        entries_.push_back({item, std::move(text)});
    }

    [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }

private:
    std::chrono::nanoseconds time_;
    std::vector<Entry> entries_;
};

}  // namespace lockstep
