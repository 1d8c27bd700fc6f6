#include "mirrors.hpp"

#include "timeout.hpp"

#include <boost/system/system_error.hpp>

#include <exception>
#include <stdexcept>
#include <utility>

namespace {

using Duration = std::chrono::steady_clock::duration;

asio::awaitable<Page> try_in_turn(std::vector<Mirror> mirrors, Duration per_try) {
    std::exception_ptr last;
    for (const Mirror& mirror : mirrors) {
        try {
            co_return co_await with_timeout(mirror.fetch(), per_try);
        } catch (const boost::system::system_error& error) {
            if (!last)
                last =
                    std::make_exception_ptr(MirrorError{mirror.name() + " (" + error.what() + ")"});
        } catch (...) {
            last = std::current_exception();
        }
    }
    std::rethrow_exception(last);
}

}  // namespace

asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors, Duration per_try, Duration total) {
    if (mirrors.empty()) throw std::invalid_argument{"no mirrors"};
    co_return co_await with_timeout(try_in_turn(std::move(mirrors), per_try), total);
}
