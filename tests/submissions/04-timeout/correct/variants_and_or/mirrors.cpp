#include "mirrors.hpp"

#include "timeout.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <span>
#include <stdexcept>
#include <utility>
#include <variant>

namespace {

using Duration = std::chrono::steady_clock::duration;
using Result = std::variant<Page, std::exception_ptr>;  // Result<Page, Error>

asio::awaitable<Result> attempt(const Mirror& mirror, Duration per_try) {
    try {
        Page page = co_await with_timeout(mirror.fetch(), per_try);
        co_return Result{std::in_place_index<0>, std::move(page)};
    } catch (...) {
        co_return Result{std::in_place_index<1>, std::current_exception()};
    }
}

asio::awaitable<Page> first_ok(std::span<const Mirror> mirrors, Duration per_try) {
    for (;;) {
        Result result = co_await attempt(mirrors.front(), per_try);
        if (Page* page = std::get_if<0>(&result)) co_return std::move(*page);

        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error{asio::error::operation_aborted};

        mirrors = mirrors.subspan(1);
        if (mirrors.empty()) std::rethrow_exception(std::get<1>(result));
    }
}

}  // namespace

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors, Duration per_try, Duration total) {
    if (mirrors.empty()) throw std::invalid_argument{"fetch_first needs at least one mirror"};
    co_return co_await with_timeout(first_ok(mirrors, per_try), total);
}
