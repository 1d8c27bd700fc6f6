#include <build/includes.hpp>

#include <base/read_file.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

/// The headers that the kit gives, by name.
std::map<std::string, std::string> contracts_of(const Toolkit& toolkit,
                                                const std::string& exercise) {
    std::map<std::string, std::string> contracts;
    std::error_code error;
    for (const auto& header : fs::directory_iterator{toolkit.headers() / exercise, error}) {
        contracts.emplace(header.path().filename().string(),
                          read_bytes(header.path()).value_or(""));
    }
    return contracts;
}

/// The directives of a source, one a line.
std::string directives_of(const std::string& source) {
    std::istringstream lines{source};
    std::string directives;
    for (std::string line; std::getline(lines, line);) {
        const std::size_t begin = line.find_first_not_of(" \t");
        if (begin != std::string::npos && line[begin] == '#') directives += line + '\n';
    }
    return directives;
}

bool is_header(std::string_view name) {
    for (const std::string_view ending : {".h", ".hh", ".hpp", ".hxx"})
        if (name.ends_with(ending)) return true;
    return false;
}

}  // namespace

std::vector<const SubmittedFile*> read_with(const std::string& source, const Submission& submission,
                                            const Toolkit& toolkit) {
    std::map<std::string, std::string> texts = contracts_of(toolkit, submission.exercise->id);
    for (const SubmittedFile& file : submission.files) texts[file.name] = file.bytes;

    const std::string own = fs::path{source}.filename().string();
    std::vector<std::string> reached;
    if (submission.files.end() !=
        std::find_if(submission.files.begin(), submission.files.end(),
                     [&](const SubmittedFile& file) { return file.name == own; })) {
        reached.push_back(own);
    } else {
        for (const SubmittedFile& file : submission.files)
            if (is_header(file.name)) reached.push_back(file.name);
    }
    std::set<std::string> known{reached.begin(), reached.end()};
    while (!reached.empty()) {
        const std::string text = directives_of(texts[reached.back()]);
        reached.pop_back();
        for (const auto& [name, unused] : texts)
            if (text.find(name) != std::string::npos && known.insert(name).second)
                reached.push_back(name);
    }

    std::vector<const SubmittedFile*> files;
    for (const SubmittedFile& file : submission.files)
        if (known.contains(file.name)) files.push_back(&file);
    return files;
}

}  // namespace lockstep
