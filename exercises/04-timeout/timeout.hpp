// Exercise 04, task 1: the comments are the specification, the body is yours to write.
#pragma once

#include <support/timed_out.hpp>
#include <support/todo.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace asio = boost::asio;

using lockstep::TimedOut;
using lockstep::todo;

// Awaits `operation`, and gives what that gives: its value, or its exception. But once `limit` has
// passed, `operation` is cancelled; when it then ends with operation_aborted (a
// boost::system::system_error), TimedOut{limit} is thrown instead.
//
// - T is void, or any type that can be moved and has a default constructor.
// - The limit counts from the moment at which the coroutine is awaited, not from the call. It may
//   be anything, not only whole milliseconds, and nothing is cancelled before it has passed.
// - A limit of zero or less has passed from the beginning: TimedOut comes at once. (Whether
//   `operation` gets as far as its first suspension is left open.) duration::max() never passes.
// - Cancelled means asked to end, with cancellation_type::terminal. However long it takes to tidy
//   up, or to come out of a step that can't be cancelled, it is waited for: when this coroutine
//   ends, `operation` has ended, and its local variables have been destroyed.
// - What it ends with on its own account is never hidden. If it ends with a value or an exception
//   of its own although it was cancelled, that comes out, and not TimedOut.
// - Cancelled from outside, this cancels `operation`, waits for it and gives what it ends with, as
//   a rule operation_aborted. That is TimedOut only if the limit had passed before the
//   cancellation came. So limits can be nested: the outer one cancels the inner one from outside.
// - The event loop is never blocked, and sleeps as long as there is nothing to do. When this
//   coroutine is over nothing of it is left there: no timer, no task.
//
// For event loops of one thread.
template <class T>
asio::awaitable<T> with_timeout([[maybe_unused]] asio::awaitable<T> operation,
                                [[maybe_unused]] std::chrono::steady_clock::duration limit) {
    // The first co_await makes this a coroutine. Two things go on at once: which, and who ends the
    // other?
    todo("await the operation, and cancel it when the limit has passed");
}
