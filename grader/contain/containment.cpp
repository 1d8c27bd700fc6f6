#include <contain/containment.hpp>

#include <contain/descriptor.hpp>
#include <contain/sandbox_trial.hpp>
#include <contain/wire.hpp>

#include <base/error.hpp>

#include <boost/asio.hpp>
// Asio first: Process does not include all that it needs of it.
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <utility>

namespace lockstep {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;

constexpr const char* no_sandbox_variable = "LOCKSTEP_NO_SANDBOX";
constexpr const char* supervisor_inside = "/run/lockstep/supervisor";

/// The program itself, and whoever holds its sandbox open.
constexpr unsigned processes_of_a_sandbox = 4;

/// How the supervisor is started: with an empty environment, and with two descriptors under their
/// own numbers. Process's own bind_fd puts them under others, which may be those that Process
/// itself is about to report through; and process_environment is not in the headers of 1.81.
struct HandOver {
    int control;
    int channel;  ///< -1: none

    template <typename Launcher>
    boost::system::error_code on_setup(Launcher& launcher, const process::filesystem::path&,
                                       const char* const*) const {
        static constexpr const char* nothing[] = {nullptr};
        launcher.env = nothing;
        for (const int number : {control, channel}) {
            if (number >= 0) launcher.fd_whitelist.push_back(number);
        }
        return {};
    }
    template <typename Launcher>
    boost::system::error_code on_exec_setup(Launcher&, const process::filesystem::path&,
                                            const char* const*) const {
        for (const int number : {control, channel}) {
            if (number >= 0 && ::fcntl(number, F_SETFD, 0) != 0) {
                return {errno, boost::system::system_category()};
            }
        }
        return {};
    }
};

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0' && std::strcmp(value, "0") != 0;
}

}  // namespace

struct Containment::Running::State {
    asio::io_context context;  ///< of this process alone: no thread ever runs it
    Descriptor control;
    std::optional<process::process> supervisor;
    bool waited = false;
};

Containment::Running::Running(std::unique_ptr<State> state) : state_(std::move(state)) {}
Containment::Running::Running(Running&&) noexcept = default;

Containment::Running& Containment::Running::operator=(Running&& other) noexcept {
    Running previous(std::move(state_));
    state_ = std::move(other.state_);
    return *this;
}

Containment::Running::~Running() {
    if (!state_ || state_->waited) return;
    stop();
    try {
        static_cast<void>(wait());
    } catch (const std::exception&) {
        // Nobody asked.
    }
}

Outcome Containment::Running::wait() {
    if (!state_ || state_->waited) {
        throw GraderError(
            "A contained program was waited for twice: wait once, and keep the outcome.");
    }
    state_->waited = true;
    std::optional<Bytes> answer;
    std::string problem = "it gave no answer";
    try {
        answer = receive_frame(state_->control.get());
    } catch (const std::exception& error) {
        problem = error.what();
    }
    boost::system::error_code ignored;
    state_->supervisor->wait(ignored);
    if (answer) {
        try {
            return decode_outcome(*answer);
        } catch (const std::exception& error) {
            problem = error.what();
        }
    }
    Outcome outcome;
    outcome.lost = true;
    outcome.output = fmt::format(
        "The supervisor of a contained program ended early ({}): see whether the machine is out of "
        "memory, or whether somebody killed it.",
        problem);
    return outcome;
}

void Containment::Running::stop() noexcept {
    // The supervisor sees the end of its orders, and can still answer.
    if (state_) ::shutdown(state_->control.get(), SHUT_WR);
}

bool Outcome::starved() const {
    return !lost && (end == End::not_started || (end == End::exited && status != 0)) &&
           output.find(std::strerror(EAGAIN)) != std::string::npos;
}

Containment::Containment(const std::filesystem::path& supervisor)
    : supervisor_(std::filesystem::absolute(supervisor)) {
    if (::access(supervisor_.c_str(), X_OK) != 0) {
        throw GraderError(
            fmt::format("The supervisor, which contains programs, is not at {}: build the target "
                        "lockstep_supervisor.",
                        supervisor_.string()));
    }
    if (is_set(no_sandbox_variable)) {
        isolation_.limitation = fmt::format(
            "Programs run without a sandbox, because {0} is set: unset it.", no_sandbox_variable);
        return;
    }
    Job trial;
    trial.command = {supervisor_inside, "--probe"};
    isolation_.sandbox = true;
    const Outcome outcome = run_to_an_end(trial);
    // That says nothing of the machine, and must not make anybody do without a sandbox.
    if (outcome.lost) throw GraderError(outcome.output);
    if (outcome.starved())
        throw GraderError(fmt::format("There was no process left to try the sandbox with: {}.",
                                      remedy_for_starvation));
    isolation_ = isolation_from_trial(outcome);
}

/// Is known to `stop` while it lives.
class Containment::Stoppable {
public:
    Stoppable(const Containment& containment, Running& running)
        : containment_{containment}, running_{running} {
        const std::scoped_lock lock{containment_.mutex_};
        containment_.running_.insert(&running_);
        if (containment_.stopped_) running_.stop();
    }
    ~Stoppable() {
        const std::scoped_lock lock{containment_.mutex_};
        containment_.running_.erase(&running_);
    }
    Stoppable(const Stoppable&) = delete;
    Stoppable& operator=(const Stoppable&) = delete;

private:
    const Containment& containment_;
    Running& running_;
};

Outcome Containment::run(const Job& job) const {
    Running running = start(job);
    const Stoppable stoppable{*this, running};
    return running.wait();
}

void Containment::stop() noexcept {
    const std::scoped_lock lock{mutex_};
    stopped_ = true;
    for (Running* running : running_) running->stop();
}

std::string Containment::process_shortage(const Limits& limits) const {
    const unsigned wanted = limits.processes - std::min(limits.processes, processes_of_a_sandbox);
    Job job;
    job.command = {isolation_.sandbox ? supervisor_inside : supervisor_.string(), "--crowd",
                   std::to_string(wanted)};
    job.limits = limits;
    const Outcome outcome = run(job);
    if (!outcome.starved()) return "";
    return fmt::format(
        "This machine had no room for the {} processes that a submission may have: {}.",
        limits.processes, remedy_for_starvation);
}

Containment::Running Containment::start(const Job& job) const {
    auto state = std::make_unique<Running::State>();
    try {
        auto [ours, theirs] = connected_sockets(SOCK_STREAM);
        state->control = std::move(ours);
        const Descriptor channel = job.channel >= 0 ? out_of_the_way(job.channel) : Descriptor();
        state->supervisor.emplace(
            state->context, supervisor_.string(),
            std::vector<std::string>{"--supervise", std::to_string(theirs.get()),
                                     std::to_string(channel.get())},
            process::process_stdio{nullptr, nullptr, nullptr},
            HandOver{theirs.get(), channel.get()});
        theirs.reset();
        send_frame(state->control.get(), encode(Order{job, isolation_.sandbox}));
    } catch (const std::exception& problem) {
        throw GraderError(fmt::format("The supervisor {} can't be started ({}).",
                                      supervisor_.string(), problem.what()));
    }
    return Running(std::move(state));
}

}  // namespace lockstep
