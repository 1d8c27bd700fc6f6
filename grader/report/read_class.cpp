#include <report/read_class.hpp>

#include <base/error.hpp>
#include <report/foreign.hpp>
#include <report/read_result.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <utility>
#include <vector>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

Result read_for(const fs::path& file, Audience wanted) {
    ReadResult read = read_result_file(file);
    if (wanted == Audience::instructor && read.audience == Audience::student) {
        throw UsageError(fmt::format(
            "'{}' was written for a student, and lacks what instructors are told: grade again with "
            "--audience instructor, or report with --audience student.",
            clean_name(file.filename().string())));
    }
    return std::move(read.result);
}

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    fs::directory_iterator entries{folder, error};
    for (; !error && entries != fs::directory_iterator{}; entries.increment(error)) {
        const fs::path& path = entries->path();
        std::error_code ignored;
        if (path.extension() == ".json" && !path.filename().string().starts_with('.') &&
            fs::is_regular_file(path, ignored)) {
            files.push_back(path);
        }
    }
    if (error) {
        throw UsageError(fmt::format("The folder '{}' can't be read ({}): name another.",
                                     clean_name(folder.string()), error.message()));
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

ClassResults read_class(const fs::path& path, Audience wanted) {
    std::error_code ignored;
    ClassResults results;
    if (!fs::is_directory(path, ignored)) {
        Attempt attempt;
        attempt.result = read_for(path, wanted);
        attempt.student =
            attempt.result->submission.empty() ? path.stem().string() : attempt.result->submission;
        results.title = attempt.student;
        results.attempts.push_back(std::move(attempt));
        return results;
    }
    results.title = fs::path{path / "."}.lexically_normal().parent_path().filename().string();
    for (const fs::path& file : files_in(path)) {
        Attempt attempt;
        attempt.student = file.stem().string();
        try {
            attempt.result = read_for(file, wanted);
        } catch (const UsageError& error) {
            attempt.grader_error = error.what();
        }
        results.attempts.push_back(std::move(attempt));
    }
    if (results.attempts.empty()) {
        throw UsageError(fmt::format(
            "'{}' holds no result, and a class is a folder of NAME.json, one for each student, as "
            "'grader grade --format json --audience instructor' writes them.",
            clean_name(path.string())));
    }
    return results;
}

}  // namespace lockstep
