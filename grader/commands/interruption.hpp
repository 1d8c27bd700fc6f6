// Ctrl-C and its kin, while something is under way.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <thread>

namespace lockstep {

/// While one lives, SIGINT, SIGTERM and SIGHUP do not end the process: the first calls `stop`, in a
/// thread of its own; a second ends the process at once, and the supervisors then end their
/// programs.
///
/// Handlers and not a blocked mask, for children inherit a mask and not a handler.
class Interruption {
public:
    explicit Interruption(std::function<void()> stop);
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    /// The signal that came; 0 when none did. Thread-safe.
    [[nodiscard]] int signal() const noexcept { return signal_; }

private:
    void wait();

    std::function<void()> stop_;
    std::atomic<int> signal_{0};
    boost::asio::io_context context_;
    boost::asio::signal_set signals_;
    std::thread waiter_;
};

/// What ends the program after an interruption, when all is cleaned up.
struct Interrupted {
    int signal;
    [[nodiscard]] int exit_code() const noexcept { return 128 + signal; }
};

}  // namespace lockstep
