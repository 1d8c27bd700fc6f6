// A server among several that have the same page: what exercise 04 is given.
#pragma once

#include <support/site.hpp>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace lockstep {

/// Thrown by a mirror that can't give the page.
class MirrorError : public std::runtime_error {
public:
    explicit MirrorError(const std::string& mirror)
        : std::runtime_error{mirror + " is out of order."} {}
};

/// A value: copies are the same server.
class Mirror {
public:
    using Fetch = std::function<boost::asio::awaitable<Page>()>;

    Mirror(std::string name, Fetch fetch) : name_{std::move(name)}, fetch_{std::move(fetch)} {}

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// Takes time, during which the event loop runs other tasks; then gives the page, or throws
    /// MirrorError, or boost::system::system_error when there is no connection. Nothing happens
    /// before it is awaited. The mirror has to stay until it has ended.
    [[nodiscard]] boost::asio::awaitable<Page> fetch() const { return fetch_(); }

private:
    std::string name_;
    Fetch fetch_;
};

}  // namespace lockstep
