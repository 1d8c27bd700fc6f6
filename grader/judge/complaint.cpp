#include <judge/complaint.hpp>

#include <lab/printable.hpp>

#include <build/workshop.hpp>
#include <support/todo.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace lockstep {
namespace {

using Kind = lab::Diagnosis::Kind;

/// What a kind of diagnosis means to a student. `hint` names the chapter's idea.
struct Meaning {
    Verdict verdict;
    std::string_view expected;
    std::string_view hint;
};

Meaning meaning_of(Kind kind) {
    switch (kind) {
    case Kind::lock_cycle:
        return {Verdict::deadlock, "Every thread gets the locks it asks for in the end.",
                "Deadlock: let all threads take the locks in one order, or take them together with "
                "std::scoped_lock."};
    case Kind::self_deadlock:
        return {Verdict::deadlock, "No thread waits for a lock that it holds itself.",
                "Deadlock: a std::mutex can't be locked twice by one thread; release it first, or "
                "move the locked part into a function that expects the lock to be held."};
    case Kind::lost_wakeup:
        return {
            Verdict::deadlock, "A thread that waits is woken when what it waits for has come.",
            "Lost wake-up: change what is waited for under the mutex, then notify; and wait with "
            "a predicate, which is checked before the thread goes to sleep."};
    case Kind::never_woken:
        return {Verdict::deadlock, "Every wait ends.",
                "Deadlock: ask of each wait who will end it, and what happens when that one has "
                "already gone, or waits as well."};
    case Kind::busy_wait:
        return {
            Verdict::busy_wait, "A thread that has to wait sleeps until it is woken.",
            "Busy waiting: asking again and again burns a processor that others need; wait on a "
            "condition variable, a semaphore, a latch, or join the thread."};
    case Kind::endless:
        return {Verdict::timeout, "The work comes to an end.",
                "Look for a loop whose condition nobody makes false, or a wait that nobody ends."};
    case Kind::stuck:
        return {Verdict::timeout, "The work comes to an end.",
                "Look for a call that never returns."};
    case Kind::blocked_loop:
        return {
            Verdict::blocked_loop, "Nothing in a coroutine or handler blocks the event loop.",
            "Blocking the event loop stops every task that runs on it: co_await an asynchronous "
            "operation, or hand the blocking call to a thread pool."};
    case Kind::unlock_not_owner:
        return {Verdict::wrong, "A lock is released by the thread that holds it.",
                "Let std::lock_guard or std::unique_lock release what they have taken."};
    case Kind::destroyed_locked:
        return {Verdict::wrong, "A mutex outlives everybody who uses it.",
                "Join the threads before the mutex they use goes out of scope."};
    case Kind::not_released:
        return {
            Verdict::deadlock, "Every lock is released again.",
            "Let std::lock_guard or std::scoped_lock release the lock on every path, exceptions "
            "included."};
    case Kind::data_race:
        return {
            Verdict::data_race,
            "Of two accesses to the same memory, one of them a write, one happens before the "
            "other.",
            "Data race: guard the shared data with one mutex on every access, reads too, or give "
            "each thread memory of its own, or use std::atomic."};
    case Kind::leaked_thread:
        return {Verdict::leak, "No thread is left when the function has returned.",
                "Structured concurrency: whoever starts a thread waits for its end; std::jthread "
                "joins in its destructor."};
    case Kind::leaked_process:
        return {Verdict::leak, "No child process is left when the function has returned.",
                "Wait for every child process, also on the way out of an error."};
    case Kind::leaked_coroutine:
        return {Verdict::leak, "No coroutine is left suspended.",
                "Structured concurrency: a task ends when those that it started have ended."};
    case Kind::leaked_timer:
        return {Verdict::leak, "No timer is left running.",
                "Cancel the timer that is no longer needed, and wait for its end."};
    case Kind::joinable_destroyed:
        return {Verdict::crash, "Every std::thread is joined before it is destroyed.",
                "A std::thread that is destroyed while joinable ends the program (std::terminate), "
                "also when an exception skips the join: use std::jthread."};
    case Kind::uncaught_exception:
        return {Verdict::crash, "No exception leaves a thread's function.",
                "An exception that leaves a thread ends the program: catch it there, keep it as a "
                "std::exception_ptr, and rethrow it where the caller waits."};
    case Kind::body_threw:
        return {Verdict::wrong, "The function returns; nothing that it was given throws.",
                "Read what the exception says, and find out who throws it."};
    case Kind::terminated:
        return {
            Verdict::crash, "The program is not ended from inside.",
            "Look for std::terminate or abort: a noexcept function that throws, an exception in "
            "a destructor, an assertion."};
    case Kind::crashed:
        return {Verdict::crash, "The program does not crash.",
                "Look for an index out of range, a dangling reference (a thread that uses a local "
                "variable of a function that has returned), or a null pointer."};
    case Kind::stack_overflow:
        return {
            Verdict::crash, "The stack is large enough.",
            "Look for a function that calls itself without end, or a large array on the stack."};
    case Kind::exited:
        return {Verdict::crash, "The function returns to its caller.",
                "exit ends the whole program: return, or throw an exception."};
    case Kind::too_many_threads:
        return {Verdict::over_limit, "No more threads than are useful.",
                "Bound the number of threads: each costs memory and time; let a few take the next "
                "piece of work each."};
    case Kind::out_of_threads:
    case Kind::diverged:
        return {Verdict::over_limit, "The program gets the threads it asks for.",
                "Bound the number of threads."};
    case Kind::out_of_bounds:
        return {Verdict::wrong, "Nobody reaches beyond the end of the list.", check_then_act};
    }
    return {Verdict::wrong, "", ""};
}

std::string with_full_stop(std::string sentence) {
    if (!sentence.empty() && sentence.back() != '.' && sentence.back() != '!') sentence += '.';
    if (!sentence.empty() && sentence.front() >= 'a' && sentence.front() <= 'z')
        sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
    return sentence;
}

/// The diagnosis' sentence, then a line for each thread that had a part in it.
std::string told(const lab::Diagnosis& diagnosis) {
    constexpr std::size_t most_witnesses = 6;
    constexpr std::size_t most_columns = 300;
    std::string text = with_full_stop(lab::printable::clean(diagnosis.summary, most_columns));
    std::size_t shown = 0;
    for (const lab::Witness& witness : diagnosis.witnesses) {
        if (shown++ == most_witnesses) {
            text += fmt::format("\n- and {} more", diagnosis.witnesses.size() - most_witnesses);
            break;
        }
        text += fmt::format("\n- {}: {}", lab::printable::clean(witness.name),
                            lab::printable::clean(witness.state, most_columns));
        if (const lab::Place place = student_place(witness.stack); place.known())
            text += fmt::format(" ({}:{})", place.file, place.line);
    }
    return text;
}

Complaint complaint_of(const lab::Diagnosis& diagnosis) {
    const Meaning meaning = meaning_of(diagnosis.kind);
    Complaint complaint;
    complaint.verdict = meaning.verdict;
    complaint.expected = meaning.expected;
    complaint.hint = meaning.hint;
    complaint.happened = told(diagnosis);
    for (const lab::Witness& witness : diagnosis.witnesses)
        complaint.stacks.push_back(witness.stack);
    return complaint;
}

Complaint not_written(std::string what, const std::string& file, unsigned line) {
    Complaint complaint;
    complaint.verdict = Verdict::todo;
    complaint.expected = "The function is written.";
    complaint.happened = std::move(what);
    complaint.hint = "Begin with the task's section in the handout, README.md.";
    lab::Place place;
    place.file = file;
    place.line = line;
    place.owner = lab::Owner::program;
    complaint.stacks = {{std::move(place)}};
    return complaint;
}

/// todo() leaves its text in the trace: it counts also where the exception was swallowed or ended a
/// thread.
std::optional<Complaint> unwritten(const Played& run) {
    constexpr std::size_t most_columns = 300;
    if (run.answer.unwritten) {
        const Unwritten& todo = *run.answer.unwritten;
        return not_written(lab::printable::clean(todo.what, most_columns), todo.file, todo.line);
    }
    for (const lab::Event& event : run.trace.events()) {
        const std::string_view label = run.trace.label(event);
        if (event.kind != lab::EventKind::marked || !label.starts_with(not_written_yet)) continue;
        Complaint complaint = not_written(lab::printable::clean(label, most_columns), "", 0);
        complaint.stacks = {run.trace.stack(event.stack)};
        return complaint;
    }
    return std::nullopt;
}

std::string_view signal_name(int signal) {
    switch (signal) {
    case 4: return "an illegal instruction";
    case 6: return "abort";
    case 7: return "a bus error";
    case 8: return "a division by zero";
    case 9: return "a kill signal";
    case 11: return "a segmentation fault";
    default: return "a signal";
    }
}

}  // namespace

std::optional<Complaint> complaint_of(const Played& run, std::span<const Kind> also) {
    if (std::optional<Complaint> todo = unwritten(run)) return todo;
    const auto counts = [&](const lab::Diagnosis& diagnosis) {
        switch (diagnosis.kind) {
        case Kind::body_threw:
        case Kind::too_many_threads:
        case Kind::out_of_threads:
        case Kind::diverged: return true;
        default:
            return lab::fatal(diagnosis.kind) ||
                   std::ranges::find(also, diagnosis.kind) != also.end();
        }
    };
    const auto diagnoses = run.trace.diagnoses();
    // What a check asks for first: a race explains the crash that came of it.
    for (const Kind kind : also) {
        const auto found = std::ranges::find(diagnoses, kind, &lab::Diagnosis::kind);
        if (found != diagnoses.end()) return complaint_of(*found);
    }
    const auto found = std::ranges::find_if(diagnoses, counts);
    if (found != diagnoses.end()) return complaint_of(*found);
    return std::nullopt;
}

Complaint complaint_of(const Outcome& outcome, const std::string& broken_rule) {
    Complaint complaint;
    switch (outcome.end) {
    case End::wall_time:
    case End::cpu_time:
        complaint.verdict = Verdict::timeout;
        complaint.expected = "The work comes to an end.";
        complaint.happened =
            outcome.end == End::cpu_time
                ? "The program used up the processor time it may take and was stopped."
                : "The program did not end in the time it may take and was stopped.";
        complaint.hint = "Look for a loop without end, or a wait that nobody ends.";
        return complaint;
    case End::memory:
        complaint.verdict = Verdict::over_limit;
        complaint.expected = "The program stays within its memory.";
        complaint.happened = fmt::format("It used more than it may ({} MiB) and was stopped.",
                                         outcome.peak_memory_bytes >> 20);
        complaint.hint =
            "Bound what grows: a queue without a capacity, a thread per item, a list "
            "that is never emptied.";
        return complaint;
    case End::output:
        complaint.verdict = Verdict::over_limit;
        complaint.expected = "The program prints little or nothing.";
        complaint.happened = "It printed more than it may and was stopped.";
        complaint.hint = "Remove what you printed to look for a mistake.";
        return complaint;
    case End::processes:
        complaint.verdict = Verdict::over_limit;
        complaint.expected = "The program starts no more processes and threads than it may.";
        complaint.happened = "It started more and was stopped.";
        complaint.hint = "Bound the number of workers.";
        return complaint;
    case End::signalled:
        complaint.verdict = Verdict::crash;
        complaint.expected = "The program does not crash.";
        complaint.happened = fmt::format("It was ended by {} (signal {}).",
                                         signal_name(outcome.status), outcome.status);
        complaint.hint = "Look for an index out of range, a dangling reference or a null pointer.";
        return complaint;
    case End::exited:
        complaint.verdict = Verdict::crash;
        complaint.expected = "The function returns to its caller.";
        complaint.happened =
            broken_rule.empty()
                ? fmt::format("The program ended in the middle, with exit code {}.", outcome.status)
                : fmt::format("The program could not be followed: {}",
                              lab::printable::clean(broken_rule, 300));
        complaint.hint =
            "Nothing in your code may end the program, or use descriptors that it has "
            "not opened.";
        return complaint;
    case End::interrupted:
    case End::not_started: break;
    }
    complaint.verdict = Verdict::grader_error;
    complaint.expected = "The grader can run the program.";
    complaint.happened = lab::printable::clean(outcome.output, 300);
    complaint.hint = "This is not your doing: tell your instructor, who can run `grader doctor`.";
    return complaint;
}

lab::Place student_place(std::span<const lab::Place> stack) {
    const std::string folder = std::string{Workshop::student_folder} + "/";
    for (const lab::Place& frame : stack) {
        if (!frame.known() || !frame.file.starts_with(folder)) continue;
        lab::Place place = frame;
        place.file.erase(0, folder.size());
        return place;
    }
    return {};
}

std::vector<std::vector<lab::Place>> places_of_marks(
    const lab::Trace& trace, std::initializer_list<std::string_view> labels) {
    std::vector<std::vector<lab::Place>> stacks;
    for (const std::string_view label : labels) {
        std::vector<lab::Event> marks = trace.marks(label);
        std::ranges::reverse(marks);
        for (const lab::Event& mark : marks) stacks.push_back(trace.stack(mark.stack));
    }
    return stacks;
}

}  // namespace lockstep
