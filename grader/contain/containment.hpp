// Runs a program that nobody trusts, and comes back with what became of it.
//
// Every program runs under the supervisor (supervisor.cpp), which enforces the limits, leaves no
// process of it alive and tells why it killed; and inside a sandbox of bubblewrap where this
// machine allows one.
#pragma once

#include <exercise/manifest.hpp>

#include <signal.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// Of a program's output, this many bytes are kept at most: half from its beginning, half from its
/// end. What lies between is counted, and a line in its place says how much it was.
inline constexpr std::size_t kept_output_bytes = std::size_t{256} << 10;

/// As root, programs run as the user nobody (uid 65534), so what is mounted must be readable by
/// everyone; a writable folder (not what is in it) is given to that user by `start`. Without a
/// sandbox root stays root where nobody can't reach the job's paths.
struct Mount {
    std::filesystem::path from;  ///< outside
    std::filesystem::path to;    ///< inside; the same path as `from` where there is no sandbox
    bool writable = false;
};

struct Job {
    std::vector<std::string> command;      ///< the program first; an absolute path
    std::vector<Mount> mounts;             ///< beside the system's /usr, /lib, … (read-only)
    std::filesystem::path working_folder;  ///< inside
    std::vector<std::string> environment;  ///< "NAME=value"; nothing else is passed on
    Limits limits;
    std::size_t file_bytes = std::size_t{64} << 20;     ///< of one file written
    std::size_t scratch_bytes = std::size_t{64} << 20;  ///< of /tmp and of /dev/shm, each
    /// A descriptor that the program finds as its number 3; -1: none. It stays the caller's, who
    /// closes it after `start` in order to see the end of file when the program is gone.
    int channel = -1;
    bool fixed_addresses = false;  ///< no address randomisation: for sanitised programs
};

enum class End {
    exited,       ///< on its own: `status`
    signalled,    ///< by a signal of its own doing: `status`
    wall_time,    ///< killed: took too long
    cpu_time,     ///< killed: burnt too much CPU time, all its processes together
    memory,       ///< killed: too much resident memory, all its processes together
    output,       ///< killed: printed too much
    processes,    ///< killed: too many processes
    interrupted,  ///< killed: the grader was told to stop
    not_started,  ///< never ran: `output` says why. The machine's doing, not the program's.
};

struct Outcome {
    End end = End::not_started;
    int status = 0;                ///< exit code or signal number
    std::string output;            ///< stdout and stderr as they came, capped (head and tail)
    std::size_t output_bytes = 0;  ///< how many there were
    std::chrono::nanoseconds wall{0};
    std::chrono::nanoseconds cpu{0};
    std::size_t peak_memory_bytes = 0;
    unsigned left_behind = 0;  ///< processes still alive when the first one ended; all were killed
    bool lost = false;  ///< with `not_started`: who was to watch it died, and nothing is known

    /// Somebody killed it, or its supervisor, who had no limit to enforce: the program itself, a
    /// person, or the kernel when memory is short. Once may be chance.
    [[nodiscard]] bool struck_down() const noexcept {
        return lost || (end == End::signalled && status == SIGKILL);
    }

    /// There was no process left for it: a limit of this user or container was reached, on which
    /// the program has no influence. Only of a program that we trust, for it goes by what is said.
    [[nodiscard]] bool starved() const;
};

/// What to do about `Outcome::starved`.
inline constexpr std::string_view remedy_for_starvation =
    "raise the limit on the processes of this user or container (ulimit -u, pids.max), or grade "
    "fewer submissions at a time with --jobs";

/// What this machine offers, found by trying it.
struct Isolation {
    bool sandbox = false;    ///< bubblewrap works here
    std::string limitation;  ///< "" or one sentence: what is missing, and how to get it
};

class Containment {
public:
    /// `supervisor`: the program. Tries the sandbox once. Throws GraderError when there is no
    /// supervisor.
    explicit Containment(const std::filesystem::path& supervisor);

    [[nodiscard]] const Isolation& isolation() const noexcept { return isolation_; }

    class Running {
    public:
        Running(Running&&) noexcept;
        Running& operator=(Running&&) noexcept;
        ~Running();  ///< kills the program where it was not waited for

        /// Blocks until the program and everything it started are gone.
        [[nodiscard]] Outcome wait();
        /// Ends it as soon as may be; `wait` is still to be called. May be called from a
        /// signal-free other thread.
        void stop() noexcept;

    private:
        friend class Containment;
        struct State;
        explicit Running(std::unique_ptr<State> state);
        std::unique_ptr<State> state_;
    };

    /// Ends what runs by `run`, and what will: it comes to `End::interrupted`. Thread-safe.
    void stop() noexcept;

    /// "" where a program gets nearly as many processes as `limits` allow it; else a sentence that
    /// says what to do. Tells who started too much from a machine that had nothing left to give: a
    /// limit on the processes of a user or a container counts those of everybody who grades beside
    /// us, and the system call fails in the same way. Tried each time, for it changes: some 30 ms.
    /// Thread-safe. Throws as `start`.
    [[nodiscard]] std::string process_shortage(const Limits& limits) const;

    /// Thread-safe. Throws GraderError when the supervisor can't be started.
    [[nodiscard]] Running start(const Job& job) const;
    [[nodiscard]] Outcome run(const Job& job) const;
    /// As `run`, and once more where that was struck down.
    [[nodiscard]] Outcome run_to_an_end(const Job& job) const {
        Outcome outcome = run(job);
        return outcome.struck_down() ? run(job) : outcome;
    }

private:
    class Stoppable;

    std::filesystem::path supervisor_;
    Isolation isolation_;
    mutable std::mutex mutex_;
    mutable std::set<Running*> running_;
    bool stopped_ = false;
};

}  // namespace lockstep
