#include "survivors.hpp"

#include <base/error.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <optional>

namespace mutation {

Survivors::Survivors(const std::filesystem::path& file) {
    toml::table document;
    try {
        document = toml::parse_file(file.string());
    } catch (const toml::parse_error& error) {
        throw lockstep::GraderError{fmt::format("{}:{}: This is not TOML: {}.", file.string(),
                                                error.source().begin.line, error.description())};
    }
    const toml::array* const list = document["survivor"].as_array();
    if (list == nullptr) return;
    for (const toml::node& node : *list) {
        const toml::table* const table = node.as_table();
        const auto text = [&](const char* key) {
            const std::optional<std::string> value =
                table == nullptr ? std::nullopt : (*table)[key].value<std::string>();
            if (!value)
                throw lockstep::GraderError{
                    fmt::format("{}:{}: A survivor has exercise, file, was, becomes and why.",
                                file.string(), node.source().begin.line)};
            return *value;
        };
        entries_.push_back({.exercise = text("exercise"),
                            .file = text("file"),
                            .was = text("was"),
                            .becomes = text("becomes"),
                            .why = text("why")});
    }
}

std::string Survivors::why(const std::string& exercise, const std::string& file,
                           const Mutant& mutant) {
    for (Entry& entry : entries_) {
        if (entry.used || entry.exercise != exercise || entry.file != file ||
            entry.was != mutant.was || entry.becomes != mutant.becomes)
            continue;
        entry.used = true;
        return entry.why;
    }
    return "";
}

std::vector<std::string> Survivors::unused() const {
    std::vector<std::string> entries;
    for (const Entry& entry : entries_)
        if (!entry.used)
            entries.push_back(fmt::format("{}/{} '{}'", entry.exercise, entry.file, entry.was));
    return entries;
}

}  // namespace mutation
