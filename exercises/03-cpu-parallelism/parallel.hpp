// Exercise 03: what parallel.cpp has to define. This header is the specification; that of the
// program worker.cpp stands in its own words at the end.
#pragma once

#include <support/flights.hpp>
#include <support/todo.hpp>

#include <chrono>
#include <string>

using lockstep::Flight;
using lockstep::Range;
using lockstep::todo;
using lockstep::WorkerError;

// Given (support/flights.hpp): `flight(start)`, the work; `longest_flight(range)`, which does it
// for one number after the other; `beats(flight, best)`, which says whose flight is the longer one;
// and `worker_program()`, the path of the program that worker.cpp becomes.
using lockstep::beats;
using lockstep::flight;
using lockstep::longest_flight;
using lockstep::worker_program;

// Task 1. The same flight as longest_flight(range), found by `n` threads.
//
// - `flight` is called exactly once for each number, in `n` threads at once, and never in more.
// - On a machine with n cores it is at least 0.75 n times as fast as longest_flight, also where a
//   few numbers make most of the work: whoever is done takes the next numbers, and few at a time
//   (one, or an eighth of an even share).
// - However it ends, no thread is left that it started.
// - `n` is 0: throws std::invalid_argument. The range is empty: the empty flight.
Flight run_threads(Range range, unsigned n);

// Task 2. The same flight, found by `n` processes, each of which runs worker_program().
//
// - There are `n` workers, or as many as there are numbers, where those are fewer; none is started
//   twice. All are at work at the same time, each on a share of its own: the range in slices of the
//   same length, for instance. `flight` is called exactly once for each number, and only by
//   workers.
// - What goes to a worker (as arguments, or to its standard input) and comes from it (on its
//   standard output) does not grow with the range: the ends of a slice, one flight. A flight may
//   have more values than fit into a pipe.
// - A worker that is ended by a signal, ends with an exit code other than 0, or prints anything but
//   its result: throws WorkerError with that worker's slice.
// - However it ends, no process is left, dead or alive: each was waited for; and no thread.
// - `n` is 0: throws std::invalid_argument. The range is empty: the empty flight. Neither starts a
//   process.
Flight run_processes(Range range, unsigned n);

struct Timing {
    std::chrono::nanoseconds time{};  // by the clock on the wall
    double speed_up = 1.0;            // the serial time divided by this one; 1 if this one is zero
    double efficiency = 1.0;          // the speed-up per worker
};

struct Comparison {
    Timing serial;
    Timing threads;
    Timing processes;
};

// Task 3. Finds the longest flight three times: with longest_flight, run_threads and run_processes,
// and measures how long each took. What they throw, passes through; `n` is 0: as above.
Comparison compare(Range range, unsigned n);

// worker.cpp (task 2) is a program of its own, with a `main`. How the two talk is up to you. It is
// started with the caller's environment, as Boost.Process does unless told otherwise. On its
// standard output it writes its result and nothing else. It may keep `todo` only until you get
// there.
