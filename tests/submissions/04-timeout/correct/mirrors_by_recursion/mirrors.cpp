#include "mirrors.hpp"

#include "timeout.hpp"

#include <cstddef>
#include <stdexcept>

namespace {

using Duration = std::chrono::steady_clock::duration;

asio::awaitable<Page> try_from(const std::vector<Mirror>& mirrors, std::size_t index,
                               Duration per_try) {
    try {
        co_return co_await with_timeout(mirrors[index].fetch(), per_try);
    } catch (...) {
        if (index + 1 == mirrors.size()) throw;
    }
    // Throws at once when this has been cancelled.
    co_return co_await try_from(mirrors, index + 1, per_try);
}

}  // namespace

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors, Duration per_try, Duration total) {
    if (mirrors.empty()) throw std::invalid_argument{"no mirrors"};
    co_return co_await with_timeout(try_from(mirrors, 0, per_try), total);
}
