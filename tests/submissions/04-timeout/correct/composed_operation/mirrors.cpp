#include "mirrors.hpp"

#include "timeout.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <optional>
#include <stdexcept>

namespace {

enum class status { got_it, failed, stopped };

struct attempt {
    std::optional<Page> page;
    std::exception_ptr error;
};

asio::awaitable<status> try_one(const Mirror& mirror, std::chrono::steady_clock::duration per_try,
                                attempt& out) {
    try {
        out.page = co_await with_timeout(mirror.fetch(), per_try);
        co_return status::got_it;
    } catch (...) {
        out.error = std::current_exception();
    }
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() == asio::cancellation_type::none ? status::failed : status::stopped;
}

asio::awaitable<void> try_all(const std::vector<Mirror>& mirrors,
                              std::chrono::steady_clock::duration per_try, attempt& out) {
    for (const Mirror& mirror : mirrors) {
        switch (co_await try_one(mirror, per_try, out)) {
        case status::got_it: co_return;
        case status::failed: break;
        case status::stopped: throw boost::system::system_error(asio::error::operation_aborted);
        }
    }
    std::rethrow_exception(out.error);
}

}  // namespace

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors,
                                  std::chrono::steady_clock::duration per_try,
                                  std::chrono::steady_clock::duration total) {
    if (mirrors.empty()) throw std::invalid_argument("there are no mirrors");
    attempt out;
    co_await with_timeout(try_all(mirrors, per_try, out), total);
    co_return std::move(out.page).value();
}
