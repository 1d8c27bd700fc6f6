// The simulated world of exercise 04's mirrors. In the lab, each leaves what slow_call.hpp says,
// with the label "fetch".
#pragma once

#include <support/mirror.hpp>
#include <support/slow_call.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace lockstep {

/// How a mirror with `SlowCall::fails` fails.
enum class Failure : std::uint8_t { out_of_order, no_connection };

[[nodiscard]] inline std::string name_of_mirror(std::int64_t number) {
    return "Mirror " + std::to_string(number);
}

namespace slow_mirror {

inline boost::asio::awaitable<Page> fetch(SlowCall call, Failure failure, Page page) {
    bool failed = false;
    try {
        co_await perform(call);
    } catch (const CallError&) {
        failed = true;
    }
    if (failed && failure == Failure::out_of_order) throw MirrorError{name_of_mirror(call.number)};
    if (failed) throw boost::system::system_error{boost::asio::error::connection_refused};
    co_return page;
}

}  // namespace slow_mirror

/// A mirror that works through `call` and then gives `page`.
[[nodiscard]] inline Mirror make_slow_mirror(SlowCall call, Failure failure, Page page) {
    call.label = "fetch";
    std::string name = name_of_mirror(call.number);
    return {std::move(name), [call = std::move(call), failure, page = std::move(page)] {
                return slow_mirror::fetch(call, failure, page);
            }};
}

}  // namespace lockstep
