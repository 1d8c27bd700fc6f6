#include "mirrors.hpp"

#include "timeout.hpp"

asio::awaitable<Page> fetch_first([[maybe_unused]] std::vector<Mirror> mirrors,
                                  [[maybe_unused]] std::chrono::steady_clock::duration per_try,
                                  [[maybe_unused]] std::chrono::steady_clock::duration total) {
    // Begin with the tries, one mirror after the other; then put a limit around all of them.
    todo("try the mirrors in turn, each and all within their time limits");
}
