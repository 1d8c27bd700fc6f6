#include <commands/interruption.hpp>

#include <csignal>
#include <cstdlib>
#include <utility>

namespace lockstep {

Interruption::Interruption(std::function<void()> stop)
    : stop_{std::move(stop)}, context_{1}, signals_{context_, SIGINT, SIGTERM, SIGHUP} {
    wait();
    waiter_ = std::thread{[this] { context_.run(); }};
}

Interruption::~Interruption() {
    context_.stop();
    waiter_.join();
}

void Interruption::wait() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) {
            return;
        }
        if (signal_.exchange(signal) != 0) {
            std::_Exit(128 + signal);
        }
        stop_();
        wait();
    });
}

}  // namespace lockstep
