// Theory of operation
//
// Real processes run as the machine pleases. Two rules make what they do comparable:
//
// - Rendezvous. A worker's first call of the work waits until as many workers have come as the run
//   asks for. So workers that can be at work together are, however slowly they start; and those
//   that cannot, because one is started only when another has ended, never meet.
// - Pace. Then no worker begins its next call before each of the others has come back from as many,
//   or has ended. So whoever hands out work on demand hands out the same to all, however the
//   machine shares its processors. Where one is to be the last to end, there is no pace: it waits
//   until it is released, and so until its caller has nothing else left to hear. (Were it enough
//   that the others have ended, a caller that is slow to look would find all of them at once.)
//
// Nobody waits here by the clock. When all processes of the run sleep, for good, whoever looks on
// (real_run.cpp) releases those that wait here; all of it is then as free as without a page.
#include <support/journal.hpp>

#include <support/flights.hpp>

#include <lab/interpose/ends.hpp>

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace lockstep::journal {
namespace {

Page* attached = nullptr;

Page* mapped() noexcept {
    const char* file = std::getenv(variable);
    if (file == nullptr) return nullptr;
    const int descriptor = ::open(file, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return nullptr;
    void* memory = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    ::close(descriptor);
    return memory == MAP_FAILED ? nullptr : static_cast<Page*>(memory);
}

/// std::atomic's wait does not reach another process.
void wait_for_a_turn(Page& page, std::uint32_t seen) noexcept {
    ::syscall(SYS_futex, &page.turn, FUTEX_WAIT, seen, nullptr, nullptr, 0);
}

std::int64_t now_ns() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

std::uint64_t bytes_of_arguments() noexcept {
    const int file = ::open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    std::uint64_t sum = 0;
    std::array<char, 65'536> part{};
    for (ssize_t got = 0; (got = ::read(file, part.data(), part.size())) > 0;)
        sum += static_cast<std::uint64_t>(got);
    ::close(file);
    return sum;
}

bool is_worker_program() noexcept {
    try {
        std::array<char, PATH_MAX> self{};
        const ssize_t size = ::readlink("/proc/self/exe", self.data(), self.size() - 1);
        const std::string wanted = worker_program();
        const auto name = [](std::string_view path) {
            return path.substr(path.find_last_of('/') + 1);
        };
        return size > 0 && name({self.data(), static_cast<std::size_t>(size)}) == name(wanted);
    } catch (...) {
        return false;
    }
}

Worker* this_worker = nullptr;
std::int32_t this_worker_process = 0;

std::atomic<Mishap> at_the_end{Mishap::none};
constexpr int failing_status = 3;

bool is_this_worker() noexcept {
    return this_worker != nullptr && this_worker_process == ::getpid();
}

/// Of a worker that ends as programs do.
void leave() {
    if (!is_this_worker()) return;
    this_worker->done = gone;
    wake_all(*page());
}

/// Of a worker that ends at once, by _exit or quick_exit.
int leave_at_once(int status) {
    leave();
    if (!is_this_worker()) return status;
    if (at_the_end == Mishap::killed_at_the_end) ::raise(SIGKILL);
    return at_the_end == Mishap::status ? failing_status : status;
}

/// This process's place on the page; null when it is full. A forked child has one of its own.
Worker* place_of_this_process(Page& page) noexcept {
    const std::int32_t self = ::getpid();
    if (this_worker_process == self) return this_worker;
    for (Worker& place : page.worker) {
        std::int32_t nobody = 0;
        if (!std::atomic_ref{place.process}.compare_exchange_strong(nobody, self)) continue;
        this_worker = &place;
        this_worker_process = self;
        this_worker->arguments = bytes_of_arguments();
        this_worker->program = is_worker_program() ? 1 : 0;
        std::atexit(leave);
        lab::interpose::set_last_word(leave_at_once);
        // The smallest pipe there is: what a result does to a full one shows with a short one.
        ::fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 4096);
        if (++page.arrived >= page.workers && page.released == 0) page.met = 1;
        wake_all(page);
        return this_worker;
    }
    return nullptr;
}

bool all_have_come(const Page& page) noexcept { return page.arrived >= page.workers; }

bool others_are_as_far(const Page& page, const Worker& self) noexcept {
    return std::ranges::all_of(page.worker, [&](const Worker& other) {
        return other.process == 0 || other.done >= self.done;
    });
}

template <typename Condition>
void wait_until(Page& page, Condition condition) noexcept {
    for (;;) {
        const std::uint32_t seen = page.turn;
        if (page.released != 0 || condition()) return;
        ++page.waiting;
        wait_for_a_turn(page, seen);
        --page.waiting;
    }
}

void put(std::string_view text) noexcept {
    if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) errno = 0;
}

/// An end that no word of the program's can change. What it printed is printed.
/// Whoever ends at once prints what it has to say before: then leave_at_once comes instead.
void end_badly() {
    std::cout.flush();
    std::fflush(nullptr);
    ::_exit(leave_at_once(failing_status));
}

bool waits_for_the_others(Mishap mishap) noexcept {
    return mishap == Mishap::last || mishap == Mishap::status_last;
}

void suffer(Mishap mishap) noexcept {
    if (mishap == Mishap::status || mishap == Mishap::killed_at_the_end) {
        at_the_end = mishap;
        std::atexit(end_badly);
        return;
    }
    if (mishap == Mishap::garbage || mishap == Mishap::noise) put("?!\n");
    if (mishap == Mishap::noise) return;
    leave();
    if (mishap == Mishap::killed) ::raise(SIGKILL);
    ::_exit(0);
}

/// Before main: also a worker that never comes to work is one that was started.
[[maybe_unused]] const bool counted = [] {
    if (Page* const shared = page(); shared != nullptr && is_worker_program()) ++shared->programs;
    return true;
}();

}  // namespace

Page* page() noexcept {
    if (attached != nullptr) return attached;
    static Page* const found = mapped();
    return found;
}

void attach(Page* page) noexcept { attached = page; }

void wake_all(Page& page) noexcept {
    ++page.turn;
    ::syscall(SYS_futex, &page.turn, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void note_unwritten(std::string_view text) noexcept {
    Page* const shared = page();
    if (shared == nullptr || shared->unwritten.front() != '\0') return;
    const std::size_t size = std::min(text.size(), shared->unwritten.size() - 1);
    std::copy_n(text.data(), size, shared->unwritten.data());
}

void Entry::compute() noexcept {
    Page& page = *page_;
    Worker* self = nullptr;
    if (::getpid() != page.caller) self = place_of_this_process(page);
    if (self != nullptr && page.workers > 0) {
        wait_until(page, [&] { return all_have_come(page); });
        if (!waits_for_the_others(page.mishap))
            wait_until(page, [&] { return others_are_as_far(page, *self); });
    }
    const std::int64_t begin = now_ns();
    if (page.nap_ns > 0) {
        timespec nap{page.nap_ns / 1'000'000'000, page.nap_ns % 1'000'000'000};
        while (::nanosleep(&nap, &nap) != 0 && errno == EINTR) {
        }
    }
    if (const std::uint32_t number = page.records++; number < page.record.size())
        page.record[number] = {::getpid(), static_cast<std::uint32_t>(values_), start_, begin,
                               now_ns()};
    if (self == nullptr) return;
    if (page.mishap != Mishap::none && page.mishap_at == start_) {
        if (waits_for_the_others(page.mishap)) wait_until(page, [] { return false; });
        if (page.mishap == Mishap::status_last)
            suffer(Mishap::status);
        else if (page.mishap != Mishap::last)
            suffer(page.mishap);
    }
    ++self->done;
    wake_all(page);
}

}  // namespace lockstep::journal
