#include "mirrors.hpp"

#include "timeout.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <stdexcept>
#include <utility>

namespace {

using Limit = std::chrono::steady_clock::duration;

/// An end of the mirror's own, which is not our doing.
bool own(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const TimedOut&) {
        return false;
    } catch (const boost::system::system_error& thrown) {
        return thrown.code() != asio::error::operation_aborted;
    } catch (...) {
        return true;
    }
}

asio::awaitable<Page> one_by_one(const std::vector<Mirror>& mirrors, Limit per_try) {
    std::exception_ptr error;
    for (std::size_t i = 0; i != mirrors.size(); ++i) {
        try {
            Page page = co_await with_timeout(mirrors[i].fetch(), per_try);
            co_return page;
        } catch (...) {
            error = std::current_exception();
        }
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() == asio::cancellation_type::none) continue;
        // No other is tried. If the mirror had something to say all the same, that is worth more.
        if (own(error)) std::rethrow_exception(error);
        throw boost::system::system_error{asio::error::operation_aborted};
    }
    std::rethrow_exception(error);
}

}  // namespace

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors, Limit per_try, Limit total) {
    if (mirrors.empty()) throw std::invalid_argument{"whom shall I ask?"};
    auto all = one_by_one(mirrors, per_try);
    co_return co_await with_timeout(std::move(all), total);
}
