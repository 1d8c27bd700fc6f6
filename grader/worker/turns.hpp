// Plays several requests, each in a process of its own that has nothing of the others.
#pragma once

#include <functional>

namespace lockstep::worker {

/// Whether a child would begin as a new process does. Not where a student's static constructors
/// have started threads: a child would lack them, and ThreadSanitizer sees nothing in the child of
/// a program with several. False, too, where that cannot be told.
[[nodiscard]] bool can_take_turns();

/// Has a child do `turn`, which must not return, and waits for its end. False when that was not an
/// ordinary one, or when a process that it started still runs. Main thread only.
[[nodiscard]] bool take_turn(const std::function<void()>& turn);

}  // namespace lockstep::worker
