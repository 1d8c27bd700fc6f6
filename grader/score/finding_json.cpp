#include <score/finding_json.hpp>

#include <base/error.hpp>
#include <score/strict_json.hpp>
#include <score/timeline_json.hpp>

#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

/// The texts of a finding, by their keys: written and read from the one list.
constexpr std::array<std::pair<std::string_view, std::string Finding::*>, 7> texts{{
    {"expected", &Finding::expected},
    {"happened", &Finding::happened},
    {"file", &Finding::file},
    {"picture", &Finding::picture},
    {"hint", &Finding::hint},
    {"detail", &Finding::detail},
    {"recipe", &Finding::recipe},
}};

using Timeline = std::optional<lab::timeline::Layout>;
constexpr std::array<std::pair<std::string_view, Timeline Finding::*>, 2> timelines{{
    {"timeline", &Finding::timeline},
    {"expected_timeline", &Finding::expected_timeline},
}};

[[noreturn]] void refuse(std::string_view what) {
    throw GraderError(
        fmt::format("The driver's findings can't be read: {}. Build the grader again, for its "
                    "parts do not fit together.",
                    what));
}

const std::string& text_of(const Json& value, std::string_view key) {
    if (!value.is_string()) {
        refuse(fmt::format("\"{}\" is no text", key));
    }
    return value.get_ref<const std::string&>();
}

Timeline timeline_of(const Json& value, const std::string& key) {
    try {
        return timeline_from_json(value, key);
    } catch (const Refusal& refusal) {
        refuse(refusal.what);
    }
}

unsigned line_of(const Json& value) {
    if (!value.is_number_unsigned() ||
        value.get<std::uint64_t>() > std::numeric_limits<unsigned>::max()) {
        refuse("\"line\" is no line number");
    }
    return value.get<unsigned>();
}

}  // namespace

Json to_json(const CheckFinding& finding) {
    Json object;
    object["check"] = finding.check;
    object["verdict"] = name_of(finding.finding.verdict);
    for (const auto& [key, member] : texts) {
        if (const std::string& text = finding.finding.*member; !text.empty()) {
            object[std::string{key}] = text;
        }
    }
    if (finding.finding.line != 0) {
        object["line"] = finding.finding.line;
    }
    for (const auto& [key, member] : timelines) {
        if (const Timeline& timeline = finding.finding.*member) {
            object[std::string{key}] = to_json(*timeline);
        }
    }
    return object;
}

CheckFinding finding_from_json(const Json& object) {
    if (!object.is_object()) {
        refuse("a finding is no object");
    }
    CheckFinding finding;
    bool judged = false;
    for (const auto& [key, value] : object.items()) {
        const std::string_view name = key;
        if (name == "check") {
            finding.check = text_of(value, name);
        } else if (name == "verdict") {
            const std::optional<Verdict> verdict = verdict_named(text_of(value, name));
            if (!verdict) {
                refuse(fmt::format("there is no verdict \"{}\"", text_of(value, name)));
            }
            finding.finding.verdict = *verdict;
            judged = true;
        } else if (name == "line") {
            finding.finding.line = line_of(value);
        } else {
            bool known = false;
            for (const auto& [text, member] : texts) {
                if (text == name) {
                    finding.finding.*member = text_of(value, name);
                    known = true;
                }
            }
            for (const auto& [timeline, member] : timelines) {
                if (timeline == name) {
                    finding.finding.*member = timeline_of(value, key);
                    known = true;
                }
            }
            if (!known) {
                refuse(fmt::format("\"{}\" is no part of a finding", name));
            }
        }
    }
    if (finding.check.empty() || !judged) {
        refuse("a finding lacks its check or its verdict");
    }
    return finding;
}

std::string write_findings(const std::vector<CheckFinding>& findings) {
    Json list = Json::array();
    for (const CheckFinding& finding : findings) {
        list.push_back(to_json(finding));
    }
    return Json{{"findings", std::move(list)}}.dump(2, ' ', false, Json::error_handler_t::replace) +
           '\n';
}

std::vector<CheckFinding> read_findings(std::string_view text) {
    const Json document = Json::parse(text, nullptr, false);
    if (document.is_discarded()) {
        refuse("they are no JSON");
    }
    if (!document.is_object() || document.size() != 1 || !document.contains("findings") ||
        !document["findings"].is_array()) {
        refuse("they are no object with one list \"findings\"");
    }
    std::vector<CheckFinding> findings;
    std::set<std::string, std::less<>> seen;
    for (const Json& object : document["findings"]) {
        findings.push_back(finding_from_json(object));
        if (!seen.insert(findings.back().check).second) {
            refuse(fmt::format("the check \"{}\" is there twice", findings.back().check));
        }
    }
    return findings;
}

}  // namespace lockstep
