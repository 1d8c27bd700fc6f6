#include <base/error.hpp>
#include <contain/descriptor.hpp>
#include <judge/stage.hpp>
#include <protocol/channel.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace lockstep {
namespace {

/// ThreadSanitizer keeps four bytes or more for each of the program's, and takes about ten times as
/// long (https://github.com/google/sanitizers/wiki/ThreadSanitizerCppManual).
constexpr std::size_t tsan_memory_factor = 4;
constexpr int tsan_time_factor = 5;

/// Waits until a worker is ready for more. False when it is not going to be.
bool is_ready(int channel) {
    try {
        const std::optional<Frame> frame = FrameReader{channel}.next();
        return frame && frame->kind == MessageKind::ready;
    } catch (const wire::Malformed&) {
        return false;
    }
}

}  // namespace

Performance read_performance(int descriptor, const Request& request) {
    Performance performance;
    FrameReader reader{descriptor};
    try {
        while (const std::optional<Frame> frame = reader.next()) {
            if (frame->kind == MessageKind::played) {
                if (performance.runs.size() == request.runs.size())
                    throw wire::Malformed{"There are more runs than were asked for."};
                performance.runs.push_back(
                    decode_played(frame->bytes, request.runs[performance.runs.size()]));
            } else if (frame->kind == MessageKind::finished) {
                Finished finished = decode_finished(frame->bytes);
                if (finished.runs != performance.runs.size())
                    throw wire::Malformed{"Not all runs were sent."};
                performance.complaint = std::move(finished.complaint);
                performance.finished = performance.complaint.empty();
                break;
            } else {
                throw wire::Malformed{"A worker sends runs, and then that it has finished."};
            }
        }
    } catch (const wire::Malformed& malformed) {
        performance.complaint = malformed.what();
        performance.finished = false;
    }
    return performance;
}

struct ContainedStage::Sitting {
    Descriptor channel;
    Containment::Running running;
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
};

ContainedStage::ContainedStage(const Containment& containment,
                               std::map<Flavour, std::filesystem::path> workers, Limits limits,
                               std::filesystem::path program)
    : containment_{containment},
      workers_{std::move(workers)},
      limits_{limits},
      program_{std::move(program)} {}

ContainedStage::~ContainedStage() = default;

ContainedStage::Sitting ContainedStage::start(Flavour flavour) const {
    const auto worker = workers_.find(flavour);
    if (worker == workers_.end())
        throw GraderError{fmt::format("There is no {} worker: build one first.", name_of(flavour))};

    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw GraderError{fmt::format("No socket could be made ({}): close other programs.",
                                      std::strerror(errno))};
    Descriptor ours{ends[0]};
    const Descriptor theirs{ends[1]};

    Job job;
    const bool sandbox = containment_.isolation().sandbox;
    const std::filesystem::path inside =
        sandbox ? std::filesystem::path{"/worker"} / worker->second.filename() : worker->second;
    job.command = {inside.string()};
    job.mounts = {{worker->second, inside, false}};
    job.working_folder = "/tmp";
    job.environment = {"LANG=C.UTF-8", "PATH=/usr/bin:/bin"};
    if (!program_.empty()) {
        const std::filesystem::path seen =
            sandbox ? std::filesystem::path{"/worker"} / program_.filename() : program_;
        job.mounts.push_back({program_, seen, false});
        job.environment.push_back("LOCKSTEP_WORKER=" + seen.string());
    }
    job.limits = limits_;
    job.channel = theirs.get();
    if (flavour == Flavour::tsan) {
        job.fixed_addresses = true;
        job.limits.memory_bytes *= tsan_memory_factor;
        job.limits.wall *= tsan_time_factor;
        job.limits.cpu *= tsan_time_factor;
    }
    return {std::move(ours), containment_.start(job)};
}

Performance ContainedStage::play_alone(const Request& request, Flavour flavour) {
    Performance performance = play_once(request, flavour);
    // Who did it to itself does it again.
    return performance.outcome.struck_down() ? play_once(request, flavour) : std::move(performance);
}

Performance ContainedStage::play_once(const Request& request, Flavour flavour) {
    Sitting sitting = start(flavour);
    // A worker that reads nothing leaves this to be written into the socket's buffer, or ends.
    (void)send_frame(sitting.channel.get(), MessageKind::request, encode(request));
    Performance performance = read_performance(sitting.channel.get(), request);
    // What it does after its last word is nobody's business: it may not hold up the others.
    if (performance.finished || !performance.complaint.empty())
        ::shutdown(sitting.channel.get(), SHUT_RDWR);
    performance.outcome = sitting.running.wait();
    if (performance.outcome.end == End::interrupted)
        throw GraderError{"The grading was interrupted."};
    return performance;
}

std::optional<Performance> ContainedStage::take_turn(const Request& request, Flavour flavour) {
    auto sitting = sittings_.find(flavour);
    // Rather a new one than one whose limits are nearly used up.
    if (sitting != sittings_.end() &&
        std::chrono::steady_clock::now() - sitting->second.begun > limits_.wall / 2) {
        sittings_.erase(sitting);
        sitting = sittings_.end();
    }
    if (sitting == sittings_.end()) sitting = sittings_.emplace(flavour, start(flavour)).first;

    const int channel = sitting->second.channel.get();
    if (send_frame(channel, MessageKind::turn, encode(request))) {
        Performance performance = read_performance(channel, request);
        if (performance.finished && is_ready(channel)) return performance;
    }
    sittings_.erase(sitting);
    return std::nullopt;
}

Performance ContainedStage::play(const Request& request, Flavour flavour) {
    // Who ends so often ends so again, and a turn in vain doubles the time.
    constexpr unsigned most_spoilt = 2;
    unsigned& spoilt = spoilt_[flavour];
    if (spoilt < most_spoilt) {
        if (std::optional<Performance> performance = take_turn(request, flavour))
            return std::move(*performance);
        ++spoilt;
    }
    return play_alone(request, flavour);
}

}  // namespace lockstep
