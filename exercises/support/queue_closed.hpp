// What a queue throws at those who put something into it after it was closed.
#pragma once

#include <stdexcept>

namespace lockstep {

class QueueClosed : public std::runtime_error {
public:
    QueueClosed() : std::runtime_error{"The queue is closed: nothing can be put into it."} {}
};

}  // namespace lockstep
