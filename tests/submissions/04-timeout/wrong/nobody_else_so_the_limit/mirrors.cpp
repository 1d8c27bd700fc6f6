#include "mirrors.hpp"

#include "timeout.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <stdexcept>

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors,
                                  std::chrono::steady_clock::duration per_try,
                                  std::chrono::steady_clock::duration total) {
    if (mirrors.empty()) throw std::invalid_argument{"no mirrors"};

    // async def attempts(): a closure over this coroutine, which outlives it
    auto attempts = [&]() -> asio::awaitable<Page> {
        std::exception_ptr why;
        for (const auto& mirror : mirrors) {
            try {
                co_return co_await with_timeout(mirror.fetch(), per_try);
            } catch (...) {
                why = std::current_exception();
            }
            // except CancelledError: raise
            if ((co_await asio::this_coro::cancellation_state).cancelled() !=
                asio::cancellation_type::none)
                throw boost::system::system_error{asio::error::operation_aborted};
        }
        std::rethrow_exception(why);
    };

    co_return co_await with_timeout(attempts(), total);
}
