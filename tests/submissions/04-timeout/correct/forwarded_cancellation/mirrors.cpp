#include "mirrors.hpp"

#include "timeout.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <stdexcept>
#include <utility>

namespace {

class MirrorFetcher final {
public:
    MirrorFetcher(std::vector<Mirror> mirrors, std::chrono::steady_clock::duration perTry)
        : mirrors_(std::move(mirrors)), perTry_(perTry) {}

    asio::awaitable<Page> run() {
        std::exception_ptr failure;
        for (const Mirror& mirror : mirrors_) {
            try {
                Page page = co_await with_timeout(mirror.fetch(), perTry_);
                co_return page;
            } catch (...) {
                failure = std::current_exception();
            }
            const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
            if (isInterrupted(state))
                throw boost::system::system_error(asio::error::operation_aborted, "interrupted");
        }
        std::rethrow_exception(failure);
    }

private:
    static bool isInterrupted(const asio::cancellation_state& state) {
        return state.cancelled() != asio::cancellation_type::none;
    }

    const std::vector<Mirror> mirrors_;
    const std::chrono::steady_clock::duration perTry_;
};

}  // namespace

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors,
                                  std::chrono::steady_clock::duration per_try,
                                  std::chrono::steady_clock::duration total) {
    if (mirrors.empty()) throw std::invalid_argument("fetch_first: mirrors must not be empty");
    MirrorFetcher fetcher(std::move(mirrors), per_try);
    co_return co_await with_timeout(fetcher.run(), total);
}
