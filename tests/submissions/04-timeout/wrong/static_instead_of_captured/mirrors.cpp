#include "mirrors.hpp"

#include "timeout.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

using Duration = std::chrono::steady_clock::duration;

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors, Duration per_try, Duration total) {
    if (mirrors.empty()) throw std::invalid_argument{"no mirrors"};
    // GCC 12 destroys captures by value twice: so nothing is captured.
    static std::vector<Mirror> list;
    static Duration each;
    list = std::move(mirrors);
    each = per_try;
    auto try_all = []() -> asio::awaitable<Page> {
        std::exception_ptr last;
        for (std::size_t i = 0; i < list.size(); ++i) {
            try {
                const Mirror mirror = list[i];
                co_return co_await with_timeout(mirror.fetch(), each);
            } catch (...) {
                last = std::current_exception();
            }
            const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() != asio::cancellation_type::none)
                throw boost::system::system_error{asio::error::operation_aborted};
        }
        std::rethrow_exception(last);
    };
    asio::awaitable<Page> tries = try_all();
    co_return co_await with_timeout(std::move(tries), total);
}
