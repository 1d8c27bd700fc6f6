#include <grading/drive.hpp>

#include <base/error.hpp>
#include <base/read_file.hpp>

#include <boost/asio.hpp>
// Asio first: Process does not include all that it needs of it.
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

#include <fmt/format.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <string_view>
#include <utility>

namespace lockstep {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file{path, std::ios::binary};
    file << text;
    file.close();
    if (!file)
        throw GraderError{
            fmt::format("{} could not be written: see whether the disk is full.", path.string())};
}

/// Reads to the end, a line at a time.
void read_lines(asio::readable_pipe& pipe, const std::function<void(std::string_view)>& each) {
    std::string rest;
    std::array<char, 1024> piece{};
    boost::system::error_code error;
    for (;;) {
        const std::size_t got = pipe.read_some(asio::buffer(piece), error);
        if (error) return;
        rest.append(piece.data(), got);
        for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
            each(std::string_view{rest}.substr(0, end));
            rest.erase(0, end + 1);
        }
    }
}

}  // namespace

std::vector<CheckFinding> Drivers::examine(const DriverJob& job,
                                           const std::filesystem::path& scratch,
                                           const std::function<void(const std::string&)>& begun) {
    const std::filesystem::path job_file = scratch / "job.json";
    const std::filesystem::path findings_file = scratch / "findings.json";
    const std::filesystem::path errors_file = scratch / "errors";
    write_file(job_file, to_json(job));

    asio::io_context context;
    asio::readable_pipe lines{context};
    int exit_code = 0;
    try {
        std::unique_lock lock{mutex_};
        if (stopped_) throw GraderError{"The grading was interrupted."};
        process::process driver{
            context,
            driver_.string(),
            {job_file.string(), findings_file.string()},
            process::process_stdio{nullptr, lines,
                                   process::filesystem::path{errors_file.string()}}};
        const pid_t id = driver.id();
        running_.insert(id);
        lock.unlock();

        constexpr std::string_view check = "check ";
        read_lines(lines, [&](std::string_view line) {
            if (begun && line.starts_with(check)) begun(std::string{line.substr(check.size())});
        });
        // Reaped under the lock: until then nobody else can have its number.
        lock.lock();
        exit_code = driver.wait();
        running_.erase(id);
        if (stopped_) throw GraderError{"The grading was interrupted."};
    } catch (const boost::system::system_error& failure) {
        throw GraderError{
            fmt::format("The driver {} could not be run ({}): build the grader afresh.",
                        driver_.string(), failure.code().message())};
    }
    if (exit_code != 0) {
        std::string why = read_bytes(errors_file).value_or("");
        while (!why.empty() && why.back() == '\n') why.pop_back();
        throw GraderError{why.empty() ? fmt::format("The driver ended with exit code {}: run "
                                                    "`grader doctor`.",
                                                    exit_code)
                                      : why};
    }
    return read_findings(read_bytes(findings_file).value_or(""));
}

void Drivers::stop() noexcept {
    const std::scoped_lock lock{mutex_};
    stopped_ = true;
    for (const pid_t driver : running_) ::kill(driver, SIGKILL);
}

bool Drivers::stopped() const {
    const std::scoped_lock lock{mutex_};
    return stopped_;
}

}  // namespace lockstep
