// Exercise 05, task 1: what job.cpp has to define. This header is the specification.
#pragma once

#include <support/todo.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

using lockstep::todo;

// What a job is to do.
struct Work {
    // So many steps, numbered from 0; none is fine. Between two of them the job pauses.
    unsigned steps = 0;
    std::chrono::nanoseconds pause{0};

    // Does a step, on the job's thread; takes its time, and may throw. A step that was begun is not
    // interrupted, but the token tells it that the job was cancelled, so that it may return early.
    std::function<void(unsigned number, std::stop_token stop)> step;

    // Tidies up, on the job's thread; takes its time as well, and does not throw.
    std::function<void()> cleanup;
};

// A long task on a thread of its own, which can be cancelled.
//
// All members but the constructor and the destructor may be called from several threads at once.
// `cancel` and `steps_done` may also be called by the job's own step and cleanup. Several jobs may
// be under way at the same time.
class Job {
public:
    enum class End {
        finished,   // all steps were done, whatever came after
        cancelled,  // a cancel came before the last step had begun
    };

    explicit Job(Work work);

    // Cancels the job if it is running, and waits for its end: no thread is left.
    ~Job();

    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    // Starts the thread: the steps in turn, a pause between two of them (none before the first or
    // after the last), and then the cleanup: exactly once, at once, and to its end, however the
    // steps came to theirs. A step that throws is the last one, and no pause comes after it.
    // The second call throws std::logic_error.
    void start();

    // From now on no step begins. A pause ends at once; a step that is under way goes on to its
    // end, with its token asked to stop. Never waits for any of that.
    // Before `start`: the job will do no step (but the cleanup). Again, or after the end: nothing
    // happens.
    void cancel();

    // Waits until the job has ended, the cleanup included; then says how, or throws what a step has
    // thrown. As often, and from as many threads, as you like; all get the same answer.
    // Before `start`: throws std::logic_error.
    End wait();

    // How many steps have returned so far.
    unsigned steps_done() const;

private:
    struct Inner;  // yours: define it in job.cpp
    std::unique_ptr<Inner> inner_;
};
