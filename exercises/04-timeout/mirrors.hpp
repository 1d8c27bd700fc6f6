// Exercise 04, task 2: what mirrors.cpp has to define. This header is the specification.
#pragma once

#include <support/mirror.hpp>
#include <support/timed_out.hpp>
#include <support/todo.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <vector>

namespace asio = boost::asio;

using lockstep::Mirror;
using lockstep::MirrorError;
using lockstep::Page;
using lockstep::TimedOut;
using lockstep::todo;

// The page from the first of the mirrors that gives it.
//
// - They are tried in their order, one at a time, and none again. The first page is returned at
//   once.
// - A mirror has failed when it throws, whatever it throws, or when it has not answered within
//   `per_try`: then it is cancelled and unwound. The next one is tried at once. (A mirror's own
//   operation_aborted is a failure like any other as long as nobody has cancelled you.)
// - When the last one has failed, what it threw comes out; if it was too slow, TimedOut{per_try}.
// - All tries together have `total`. When that has passed, the mirror that is being tried is
//   cancelled and unwound, no other is tried, and TimedOut{total} comes out. (What comes out if
//   that mirror does not end with operation_aborted then is left open.)
// - Cancelled from outside, it does the same, but operation_aborted comes out.
// - No mirrors: throws std::invalid_argument, at the call or when it is awaited.
// - As for with_timeout: the event loop is never blocked, and nothing is left in it. Several calls
//   may be under way there at the same time.
asio::awaitable<Page> fetch_first(std::vector<Mirror> mirrors,
                                  std::chrono::steady_clock::duration per_try,
                                  std::chrono::steady_clock::duration total);
