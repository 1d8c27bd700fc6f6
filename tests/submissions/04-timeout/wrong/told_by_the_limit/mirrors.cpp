#include "mirrors.hpp"

#include "timeout.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <stdexcept>

namespace {

asio::awaitable<Page> try_mirrors(const std::vector<Mirror>& mirrors,
                                  std::chrono::steady_clock::duration per_try) {
    std::exception_ptr last;
    for (const Mirror& mirror : mirrors) {
        try {
            co_return co_await with_timeout(mirror.fetch(), per_try);
        } catch (const TimedOut& late) {
            if (late.limit() != per_try) throw;  // not this try's limit: a larger one has passed
            last = std::current_exception();
        } catch (...) {
            last = std::current_exception();
        }
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error{asio::error::operation_aborted};
    }
    std::rethrow_exception(last);
}

}  // namespace

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors,
                                  std::chrono::steady_clock::duration per_try,
                                  std::chrono::steady_clock::duration total) {
    if (mirrors.empty()) throw std::invalid_argument{"no mirrors"};
    co_return co_await with_timeout(try_mirrors(mirrors, per_try), total);
}
