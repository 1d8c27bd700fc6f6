// The two programs by which the lab's speed is measured. Both are correct and end by themselves,
// and throw when their result is wrong.
#pragma once

namespace bench {

/// Seven threads: three producers and three consumers at a queue with room for one item, and the
/// body's. One condition variable for both sides, so that every notification wakes whoever waits.
void bounded_queue();

/// An io_context with a slow operation under a time limit, calls of a thread pool with two workers,
/// and a channel: three virtual seconds.
void event_loop();

}  // namespace bench
