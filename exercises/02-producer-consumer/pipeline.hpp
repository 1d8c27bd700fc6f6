// Exercise 02, task 2: what pipeline.cpp has to define. This header is the specification.
// (Task 1's specification is in bounded_queue.hpp, which you complete.)
#pragma once

#include <support/async_lock.hpp>
#include <support/async_queue.hpp>
#include <support/log.hpp>
#include <support/todo.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace asio = boost::asio;

using lockstep::AsyncLock;
using lockstep::AsyncQueue;
using lockstep::Log;
using lockstep::todo;

struct Item {
    std::int64_t number = 0;  // any number, but no two items have the same
};

// Handles an item; takes its time, suspended. When it can't, it throws an exception of any type
// derived from std::exception, as soon as it is called or when awaited.
using Handler = std::function<asio::awaitable<void>(Item)>;

struct Failure {
    std::int64_t item = 0;  // its number
    std::string reason;     // what() of the exception
};

struct Summary {
    std::size_t handled = 0;        // how many items were handled without an exception
    std::vector<Failure> failures;  // the others, in any order
};

// Task 2. A producer puts the items, in their order and as far ahead as there is room, into a queue
// of `capacity` places; `workers` coroutines take them out and have each handled.
//
// - `handler` is called once for each item. As long as there are items that nobody has begun to
//   handle, `workers` handlers are under way; there are never more.
// - The queue between producer and workers (AsyncQueue, support/async_queue.hpp) holds no more than
//   `capacity` items.
// - After each item, its worker writes one entry about it to the log: log.write(number, "done"), or
//   log.write(number, reason) where the handler threw. It waits for nothing but the end of another
//   entry: one write at a time. An AsyncLock (support/async_lock.hpp) may be held over a co_await,
//   a std::mutex must not.
// - A handler that throws fails its own item only: it is reported in the summary.
// - All this happens in coroutines on the executor of the caller, an event loop with one thread.
//   Nothing blocks it, and when run_pipeline is done, everything that it started has ended.
// - `workers` or `capacity` is 0: throws std::invalid_argument, whatever the items, when called or
//   when awaited, and handles nothing.
asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log);
