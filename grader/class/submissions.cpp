#include <class/submissions.hpp>

#include <base/error.hpp>
#include <build/hash.hpp>
#include <class/gradescope_export.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <regex>
#include <string_view>
#include <system_error>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

/// The name without an archive's ending; "" where it has none.
std::string without_ending(const std::string& name) {
    for (const std::string_view ending : {".tar.gz", ".tgz", ".tar", ".zip"})
        if (name.size() > ending.size() && name.ends_with(ending))
            return name.substr(0, name.size() - ending.size());
    return "";
}

std::string student_named(const std::string& name, const std::string& assignment) {
    static const std::regex moodle{"(.+)_[0-9]+_assignsubmission_.*"};
    if (std::smatch found; std::regex_match(name, found, moodle)) return found[1];
    if (!assignment.empty() && name.size() > assignment.size() + 1 &&
        name.starts_with(assignment + "-"))
        return name.substr(assignment.size() + 1);
    return name;
}

/// The archive in a folder that holds nothing else; else the folder.
fs::path unwrapped(const fs::path& folder) {
    fs::path only;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{folder, error}) {
        if (!only.empty() || !entry.is_regular_file()) return folder;
        only = entry.path();
    }
    return only.empty() || without_ending(only.filename().string()).empty() ? folder : only;
}

}  // namespace

std::vector<Handed> submissions_in(const fs::path& folder) {
    std::error_code error;
    fs::directory_iterator entries{folder, error};
    if (error) {
        throw UsageError{
            fmt::format("The submissions in '{}' can't be read ({}): name the folder that holds "
                        "one folder or archive for each student.",
                        folder.string(), error.message())};
    }
    std::string assignment = fs::absolute(folder).lexically_normal().filename().string();
    constexpr std::string_view cloned = "-submissions";
    assignment = assignment.ends_with(cloned)
                     ? assignment.substr(0, assignment.size() - cloned.size())
                     : std::string{};

    const auto submitters = gradescope_submitters(folder);
    std::vector<Handed> all;
    for (const fs::directory_entry& entry : entries) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.') || name == "__MACOSX") continue;
        if (const auto named = submitters.find(name);
            named != submitters.end() && entry.is_directory()) {
            for (const std::string& student : named->second)
                all.push_back({student, unwrapped(entry.path())});
        } else if (entry.is_directory()) {
            all.push_back({student_named(name, assignment), unwrapped(entry.path())});
        } else if (const std::string stem = without_ending(name);
                   entry.is_regular_file() && !stem.empty()) {
            all.push_back({student_named(stem, assignment), entry.path()});
        }
    }
    if (all.empty()) {
        throw UsageError{
            fmt::format("There is no submission in '{}': it is to hold one folder or "
                        "archive for each student.",
                        folder.string())};
    }
    std::ranges::sort(all, {}, &Handed::student);
    const auto twice = std::ranges::adjacent_find(all, {}, &Handed::student);
    if (twice != all.end()) {
        throw UsageError{fmt::format("'{}' and '{}' are both {}'s: leave one of them.",
                                     twice->path.string(), (twice + 1)->path.string(),
                                     twice->student)};
    }
    return all;
}

bool belongs(const std::string& student, const Shard& shard) {
    const std::string digits = hash_of(student).substr(0, 8);
    return std::stoul(digits, nullptr, 16) % shard.of == shard.number - 1;
}

}  // namespace lockstep
