// Outside a run: the last word of a process that ends at once, where no handler of std::atexit is
// asked.
#pragma once

namespace lab::interpose {

/// Given the status that a process is about to end with; returns the one that it ends with. Runs in
/// whatever thread ends the process, maybe in a signal handler: only what is safe there may be
/// called.
using LastWord = int (*)(int status);

/// From now on `word` is asked when this process (or one that it forks) calls quick_exit, _Exit or
/// _exit outside a run. Not asked when main returns, by exit, by a signal, or by a raw system call.
/// One at a time: the last one given counts; null: none. Thread-safe.
void set_last_word(LastWord word) noexcept;

}  // namespace lab::interpose
