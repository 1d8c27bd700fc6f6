// What instrumented Boost.Asio tells the lab: which coroutines and timer waits there are. Outside a
// run each of these does nothing.
#pragma once

namespace lab::asio {

/// A coroutine's frame was made, by the function behind `caller`, which is the coroutine itself.
void frame_made(const void* frame, void* caller) noexcept;
/// It was destroyed: when the coroutine had finished, or, outside of any event loop, without that.
void frame_gone(const void* frame) noexcept;

/// An asynchronous wait on a timer was begun; `operation` identifies it until it is over.
void wait_begun(const void* operation) noexcept;
void wait_over(const void* operation) noexcept;

}  // namespace lab::asio
