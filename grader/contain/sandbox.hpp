// How a keeper is started: inside a sandbox of bubblewrap, or without one.
#pragma once

#include <contain/wire.hpp>

#include <sys/types.h>

#include <string>

namespace lockstep {

/// What the keeper gets of the supervisor's descriptors.
struct KeeperDescriptors {
    int input = -1;
    int output = -1;
    int lifeline = -1;
    int channel = -1;  ///< -1: none
};

/// A child of this process: bubblewrap, or the keeper itself where `order` wants no sandbox. Throws
/// std::runtime_error, in a sentence, when it can't be started. What bubblewrap has to say goes to
/// `output`, and the lifeline ends.
[[nodiscard]] pid_t start_keeper(const Order& order, const KeeperDescriptors& descriptors);

}  // namespace lockstep
