// Ctrl-C and its kin, while something is under way.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <mutex>
#include <thread>

namespace lockstep {

/// What ends the program after an interruption, when all is cleaned up.
struct Interrupted {
    int signal;
    [[nodiscard]] int exit_code() const noexcept { return 128 + signal; }
};

/// While one lives, SIGINT, SIGTERM and SIGHUP do not end the process: the first calls what
/// `on_signal` was given, in a thread of its own; a second ends the process at once, and the
/// supervisors then end their programs. Made before anything that would have to be cleaned up.
///
/// Handlers and not a blocked mask, for children inherit a mask and not a handler.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    /// What to do when a signal comes; done at once when one has come already. `stop` must stay
    /// callable until this object is gone, or `on_signal` is given something else.
    void on_signal(std::function<void()> stop);

    /// The signal that came; 0 when none did. Thread-safe.
    [[nodiscard]] int signal() const noexcept { return signal_; }

    /// Throws Interrupted when a signal came.
    void throw_if_interrupted() const;

private:
    void wait();

    std::mutex mutex_;
    std::function<void()> stop_;
    std::atomic<int> signal_{0};
    boost::asio::io_context context_;
    boost::asio::signal_set signals_;
    std::thread waiter_;
};

}  // namespace lockstep
