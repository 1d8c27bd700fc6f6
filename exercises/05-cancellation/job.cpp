#include "job.hpp"

// What a job needs to remember: the work, a thread, and whatever its functions have to share.
struct Job::Inner {};

Job::Job([[maybe_unused]] Work work) { todo("keep the work, so that start can begin it"); }

Job::~Job() = default;  // to write: a job may still be running

void Job::start() { todo("start the thread that does the steps, the pauses and the cleanup"); }

void Job::cancel() { todo("ask the thread to stop, and end its pause"); }

Job::End Job::wait() { todo("wait for the end of the job, and say how it ended"); }

unsigned Job::steps_done() const { todo("count the steps that have returned"); }
