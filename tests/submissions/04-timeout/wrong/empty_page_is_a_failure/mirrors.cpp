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

namespace {

asio::awaitable<Page> try_all(const std::vector<Mirror>& mirrors, Duration per_try) {
    std::exception_ptr last;
    for (const Mirror& mirror : mirrors) {
        try {
            Page page = co_await with_timeout(mirror.fetch(), per_try);
            if (page.text.empty()) throw MirrorError{mirror.name()};
            co_return page;
        } catch (...) {
            last = std::current_exception();
        }
        const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error{asio::error::operation_aborted};
    }
    std::rethrow_exception(last);
}

}  // namespace

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors, Duration per_try, Duration total) {
    if (mirrors.empty()) throw std::invalid_argument{"no mirrors"};
    asio::awaitable<Page> tries = try_all(mirrors, per_try);
    co_return co_await with_timeout(std::move(tries), total);
}
