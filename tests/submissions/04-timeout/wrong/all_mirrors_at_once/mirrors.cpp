#include "mirrors.hpp"

#include "timeout.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <cstddef>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace {

using Duration = std::chrono::steady_clock::duration;

asio::awaitable<Page> try_from(const std::vector<Mirror>& mirrors, std::size_t index,
                               Duration per_try) {
    using namespace asio::experimental::awaitable_operators;
    if (index + 1 == mirrors.size())
        co_return co_await with_timeout(mirrors[index].fetch(), per_try);
    auto first = co_await (with_timeout(mirrors[index].fetch(), per_try) ||
                           try_from(mirrors, index + 1, per_try));
    co_return first.index() == 0 ? std::move(std::get<0>(first)) : std::move(std::get<1>(first));
}

}  // namespace

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors, Duration per_try, Duration total) {
    if (mirrors.empty()) throw std::invalid_argument{"no mirrors"};
    co_return co_await with_timeout(try_from(mirrors, 0, per_try), total);
}
