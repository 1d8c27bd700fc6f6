// Exercise 02, task 1: the comments are the specification, the bodies are yours to write.
#pragma once

#include <support/queue_closed.hpp>
#include <support/todo.hpp>

#include <cstddef>
#include <optional>

using lockstep::QueueClosed;
using lockstep::todo;

// A queue between threads: any number of them may call any function at the same time. First in,
// first out. Items are moved, never copied: T need not be copyable, nor default-constructible.
//
// Who has to wait, sleeps (std::condition_variable), and goes on as soon as what it waits for is
// there: no looking again and again, no sleeping for a while.
template <class T>
class BoundedQueue {
public:
    // For up to `capacity` items. Throws std::invalid_argument when that is 0.
    explicit BoundedQueue([[maybe_unused]] std::size_t capacity) {
        // The arguments, and whatever members you need.
    }
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    // Waits while the queue is full. Throws QueueClosed when it is closed, or is being closed while
    // this waits; the item is then not in the queue.
    void put([[maybe_unused]] T item) { todo("wait for a free place, and put the item into it"); }

    // Waits while the queue is empty and open. Nothing once it is closed and drained.
    std::optional<T> get() { todo("wait for an item, and take the oldest one out"); }

    // From now on nothing is put into the queue; what is in it can still be taken out. Wakes all
    // who wait in put or get for what will not come any more. A second call does nothing.
    void close() { todo("close, and wake everybody who waits"); }

    // Tells that one item that was put into the queue has been dealt with, taken out or not. Throws
    // std::logic_error when that was told of all of them already, and changes nothing then.
    void task_done() { todo("count the items that are done"); }

    // Waits until task_done has been called for every item that was put into the queue, taken out
    // or not. Returns at once when there are none.
    void join() { todo("wait until every item is done"); }
};
