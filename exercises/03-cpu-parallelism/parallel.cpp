#include "parallel.hpp"

Flight run_threads([[maybe_unused]] Range range, [[maybe_unused]] unsigned n) {
    // Start from longest_flight in support/flights.cpp. Who takes which numbers, and where does the
    // best flight of each thread go?
    todo("search the range with n threads");
}

Flight run_processes([[maybe_unused]] Range range, [[maybe_unused]] unsigned n) {
    // What does a worker need to know, and how does its flight come back?
    todo("search the range with n processes that run worker_program()");
}

Comparison compare([[maybe_unused]] Range range, [[maybe_unused]] unsigned n) {
    todo("measure the three ways of searching");
}
