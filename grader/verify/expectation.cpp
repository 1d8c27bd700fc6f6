#include <verify/expectation.hpp>

#include <base/error.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace lockstep {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const toml::node* where,
                         const std::string& what) {
    const auto line = where == nullptr ? 0U : where->source().begin.line;
    throw GraderError(line == 0 ? fmt::format("{}: {}.", file.string(), what)
                                : fmt::format("{}:{}: {}.", file.string(), line, what));
}

Verdict verdict_in(const std::filesystem::path& file, const toml::node& node) {
    const auto word = node.value<std::string>();
    const auto verdict = word ? verdict_named(*word) : std::nullopt;
    if (!verdict || !costs_points(*verdict)) {
        refuse(file, &node,
               fmt::format("{} is no verdict that a submission can be expected to get",
                           word ? '"' + *word + '"' : "this"));
    }
    return *verdict;
}

void read_verdicts(Expectation& expectation, const std::filesystem::path& file,
                   const toml::table& table, const Exercise& exercise) {
    // First what stands for all, so that what is named goes before it.
    if (const toml::node* const all = table.get("*")) {
        expectation.verdicts = all_checks(exercise, verdict_in(file, *all)).verdicts;
    }
    for (const auto& [key, node] : table) {
        const std::string check{key.str()};
        if (check == "*") {
            continue;
        }
        if (exercise.check(check) == nullptr) {
            refuse(file, &node, fmt::format("{} has no check \"{}\"", exercise.id, check));
        }
        expectation.verdicts[check] = verdict_in(file, node);
    }
}

}  // namespace

Expectation all_checks(const Exercise& exercise, Verdict verdict) {
    Expectation expectation;
    for (const Check& check : exercise.checks) {
        expectation.verdicts[check.id] = verdict;
    }
    return expectation;
}

Expectation read_expectation(const std::filesystem::path& file, const Exercise& exercise) {
    toml::table document;
    try {
        document = toml::parse_file(file.string());
    } catch (const toml::parse_error& error) {
        refuse(file, nullptr,
               fmt::format("line {}: {}", error.source().begin.line,
                           std::string{error.description()}));
    }
    Expectation expectation;
    for (const auto& [key, node] : document) {
        if (key == "says" && node.is_string()) {
            expectation.says = *node.value<std::string>();
        } else if (key == "verdicts" && node.is_table()) {
            read_verdicts(expectation, file, *node.as_table(), exercise);
        } else {
            refuse(file, &node,
                   fmt::format(R"("{}" is not "says" with a text or [verdicts])",
                               std::string{key.str()}));
        }
    }
    if (expectation.says.empty()) {
        refuse(file, nullptr, "it lacks \"says\", one line that its author would recognise");
    }
    return expectation;
}

}  // namespace lockstep
