#include <commands/interruption.hpp>

#include <csignal>
#include <cstdlib>
#include <utility>

namespace lockstep {

Interruption::Interruption() : context_{1}, signals_{context_, SIGINT, SIGTERM, SIGHUP} {
    wait();
    waiter_ = std::thread{[this] { context_.run(); }};
}

Interruption::~Interruption() {
    context_.stop();
    waiter_.join();
}

void Interruption::on_signal(std::function<void()> stop) {
    const std::lock_guard lock{mutex_};
    stop_ = std::move(stop);
    if (signal_ != 0 && stop_) {
        stop_();
    }
}

void Interruption::throw_if_interrupted() const {
    if (signal_ != 0) {
        throw Interrupted{signal_};
    }
}

void Interruption::wait() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) {
            return;
        }
        if (signal_.exchange(signal) != 0) {
            std::_Exit(128 + signal);
        }
        // Waiting for a second signal must not wait for what the first one has to do.
        wait();
        const std::lock_guard lock{mutex_};
        if (stop_) {
            stop_();
        }
    });
}

}  // namespace lockstep
