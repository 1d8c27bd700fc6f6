#include "mirrors.hpp"

#include "timeout.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <stdexcept>
#include <utility>

namespace {

using Duration = std::chrono::steady_clock::duration;

asio::awaitable<Page> try_in_turn(std::vector<Mirror> mirrors, Duration per_try) {
    const auto state = co_await asio::this_coro::cancellation_state;
    std::exception_ptr last;
    for (const Mirror& mirror : mirrors) {
        try {
            co_return co_await with_timeout(mirror.fetch(), per_try);
        } catch (...) {
            last = std::current_exception();
        }
        if (state.cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error{asio::error::operation_aborted};
    }
    std::rethrow_exception(last);
}

}  // namespace

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors, Duration per_try, Duration total) {
    if (mirrors.empty()) throw std::invalid_argument{"no mirrors"};
    co_return co_await with_timeout(try_in_turn(std::move(mirrors), per_try), total);
}
