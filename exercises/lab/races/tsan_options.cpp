// ThreadSanitizer's options for programs with the lab. What the user sets in TSAN_OPTIONS wins.

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __tsan_default_options();

extern "C" const char* __tsan_default_options() {
    return
        // A race must be reported in each run in which it shows, not once in a process.
        "suppress_equal_stacks=0:suppress_equal_addresses=0"
        // The lab finds deadlocks themselves; the runtime guesses from the order of locks.
        ":detect_deadlocks=0"
        // What a thread did is looked up in its history; where that is lost, Clang's runtime drops
        // the race. 4 is some 200,000 accesses there, and 1.5 MB a thread; GCC 12's 500,000, 4 MB.
        ":history_size=4"
        // The lab looks up places itself, once each. The runtime would do it again for every
        // report, with its locks held, in milliseconds each.
        ":symbolize=0"
        // Else a process with other threads left, as the lab's parked ones, sleeps a second at
        // exit.
        ":atexit_sleep_ms=0"
        // Programs under the lab are multi-threaded wherever they fork; their children may be, too.
        ":die_after_fork=0";
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
