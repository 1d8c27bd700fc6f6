#include "mirrors.hpp"

#include "timeout.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors,
                                  std::chrono::steady_clock::duration per_try,
                                  std::chrono::steady_clock::duration total) {
    if (mirrors.empty()) throw std::invalid_argument{"no mirrors"};
    const auto state = co_await asio::this_coro::cancellation_state;
    const auto start = std::chrono::steady_clock::now();
    std::exception_ptr last;
    for (const Mirror& mirror : mirrors) {
        const auto left = total - (std::chrono::steady_clock::now() - start);
        if (left.count() <= 0) throw TimedOut{total};
        try {
            co_return co_await with_timeout(mirror.fetch(), std::min(per_try, left));
        } catch (const TimedOut&) {
            if (left < per_try) throw TimedOut{total};
            last = std::current_exception();
        } catch (...) {
            if (state.cancelled() != asio::cancellation_type::none) throw;
            last = std::current_exception();
        }
    }
    std::rethrow_exception(last);
}
