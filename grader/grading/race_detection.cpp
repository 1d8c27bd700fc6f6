#include <grading/race_detection.hpp>

#include <base/error.hpp>

#include <lab/printable.hpp>

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace lockstep {
namespace {

/// What the canary tells ThreadSanitizer to end it with, when it sees the race.
constexpr int race_seen = 66;
/// What it ends with when it gets no second thread.
constexpr int no_thread = 3;

std::string try_canary(const Containment& containment, const std::filesystem::path& canary) {
    std::error_code error;
    if (!std::filesystem::exists(canary, error))
        return "Data races can't be detected: this build of the kit has no ThreadSanitizer.";
    Job job;
    const std::filesystem::path inside =
        containment.isolation().sandbox ? std::filesystem::path{"/canary"} : canary;
    job.command = {inside.string()};
    job.mounts = {{canary, inside, false}};
    job.working_folder = "/tmp";
    // That it reports is enough; where, would take a third of a second.
    job.environment = {"TSAN_OPTIONS=symbolize=0"};
    job.fixed_addresses = true;
    job.limits.memory_bytes = std::size_t{2} << 30;
    const Outcome outcome = containment.run_to_an_end(job);
    if (outcome.end == End::exited && outcome.status == race_seen) return "";
    if (outcome.struck_down())
        throw GraderError{
            "Whether data races can be detected is not known, for the program that tries was "
            "killed twice: see who kills programs here, or whether memory is short."};
    if (outcome.starved() || (outcome.end == End::exited && outcome.status == no_thread))
        throw GraderError{fmt::format(
            "Whether data races can be detected is not known, for there was no process left to try "
            "it with: {}.",
            remedy_for_starvation)};
    if (outcome.end == End::interrupted) throw GraderError{"The grading was interrupted."};
    if (outcome.end == End::exited && outcome.status == 0)
        return "Data races can't be detected: ThreadSanitizer runs here but sees none.";
    return fmt::format("Data races can't be detected: ThreadSanitizer does not start here ({}).",
                       lab::printable::clean(outcome.output.substr(0, 200), 160));
}

}  // namespace

RaceDetection::RaceDetection(const Containment& containment, std::filesystem::path canary)
    : containment_{containment}, canary_{std::move(canary)} {}

std::string RaceDetection::limitation() const {
    const std::scoped_lock lock{mutex_};
    if (!limitation_) limitation_ = try_canary(containment_, canary_);
    return *limitation_;
}

}  // namespace lockstep
