// What holds for every format there is.
#include "samples.hpp"

#include <base/read_file.hpp>
#include <lab/catch.hpp>
#include <report/formats.hpp>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

using Json = nlohmann::ordered_json;
using lockstep::Audience;
using lockstep::Language;
using lockstep::report_formats;
using lockstep::ReportFormat;
using lockstep::Result;
using samples::has;
using samples::lines_of;

namespace {

struct Total {
    long points = 0;
    long of = 0;
    bool operator==(const Total&) const = default;
};

/// The first "16 of 18 points" of a text.
Total spoken(const std::string& text) {
    std::smatch found;
    REQUIRE(std::regex_search(text, found, std::regex{"([0-9]+) of ([0-9]+) point"}));
    return {std::stol(found[1]), std::stol(found[2])};
}

Total of_tests(const Json& tests, const char* points, const char* most) {
    Total total;
    for (const Json& test : tests) {
        REQUIRE(test[points].is_number_integer());
        total.points += test[points].get<long>();
        total.of += test[most].get<long>();
    }
    return total;
}

/// What a reader of this format would take for the result's total. -1 where it does not say.
Total total_in(const std::string& format, const std::string& text) {
    if (format == "text" || format == "html" || format == "markdown") {
        return spoken(text);
    }
    if (format == "classroom") {
        Total total;
        for (const std::string& line : lines_of(text)) {
            const Json payload = Json::parse(samples::from_base64(line.substr(line.find('=') + 1)));
            total.of += payload["max_score"].get<long>();
            for (const Json& test : payload["tests"]) {
                total.points += test["score"].get<long>();
            }
        }
        return total;
    }
    if (format == "junit") {
        Total total;
        const std::regex property{"<property name=\"(max_)?points\" value=\"([0-9]+)\"/>"};
        for (std::sregex_iterator found{text.begin(), text.end(), property}, end; found != end;
             ++found) {
            ((*found)[1].matched ? total.of : total.points) += std::stol((*found)[2]);
        }
        return total;
    }
    if (format == "autolab") {
        Total total = spoken(text);
        total.points = 0;
        const Json last = Json::parse(lines_of(text).back());
        for (const Json& score : last["scores"]) {
            total.points += score.get<long>();
        }
        return total;
    }
    const Json json = Json::parse(text);
    if (format == "json") {
        return {json["points"].get<long>(), json["max_points"].get<long>()};
    }
    if (format == "gradescope") {
        const Total total = of_tests(json["tests"], "score", "max_score");
        CHECK(json["score"] == total.points);
        return total;
    }
    if (format == "classroom50") {
        const Total total = of_tests(json["tests"], "score", "max-score");
        CHECK(json["score"] == total.points);
        CHECK(json["max-score"] == total.of);
        return total;
    }
    REQUIRE(format == "prairielearn");
    const Total total = of_tests(json["tests"], "points", "max_points");
    if (total.of != 0) {
        const double points = json["score"].get<double>() * static_cast<double>(total.of);
        CHECK(std::lround(points) == total.points);
        CHECK(std::abs(points - static_cast<double>(total.points)) < 1e-9);
    }
    return total;
}

bool has_points(const ReportFormat& format) { return format.name != "annotations"; }

}  // namespace

TEST_CASE("every format of one result comes to the same total") {
    for (const Result& result : samples::all()) {
        const Total total{result.points(), result.max_points()};
        for (const ReportFormat& format : report_formats()) {
            if (format.of_result != nullptr && has_points(format)) {
                for (const Audience audience : {Audience::student, Audience::instructor}) {
                    CAPTURE(format.name, result.submission.substr(0, 30), total.points, total.of);
                    const std::string text = format.of_result(result, samples::context(audience));
                    CHECK(total_in(std::string{format.name}, text) == total);
                }
            }
        }
    }
}

TEST_CASE("no student's report holds what is for instructors, in any format") {
    const Result result = samples::every_verdict();
    for (const ReportFormat& format : report_formats()) {
        const auto rendered = [&](Audience audience) {
            const auto context = samples::context(audience);
            std::string text;
            if (format.of_result != nullptr) {
                text += format.of_result(result, context);
                if (format.name == "classroom") {
                    for (const std::string& line : lines_of(text)) {
                        text += samples::from_base64(line.substr(line.find('=') + 1));
                    }
                }
            }
            if (format.of_class != nullptr) {
                text += format.of_class(samples::whole_class(), context);
            }
            return text;
        };
        const std::string student = rendered(Audience::student);
        for (const std::string& secret : samples::secrets()) {
            CAPTURE(format.name, secret);
            CHECK_FALSE(has(student, secret));
        }
        // And an instructor sees it, in the formats that tell details at all.
        const std::set<std::string_view> silent{"annotations", "csv", "canvas", "moodle"};
        if (!silent.contains(format.name)) {
            CAPTURE(format.name);
            CHECK(has(rendered(Audience::instructor), "random walk"));
        }
    }
}

TEST_CASE("timelines are for JSON and pages, and make no other report any longer") {
    const Result with = samples::every_verdict();
    Result without = with;
    for (auto& exercise : without.exercises) {
        for (auto& check : exercise.checks) {
            check.finding.timeline.reset();
            check.finding.expected_timeline.reset();
        }
    }
    for (const ReportFormat& format : report_formats()) {
        if (format.of_result == nullptr) {
            continue;
        }
        for (const Audience audience : {Audience::student, Audience::instructor}) {
            CAPTURE(format.name);
            const auto context = samples::context(audience);
            CHECK((format.of_result(with, context) == format.of_result(without, context)) !=
                  format.shows_reference);
        }
    }
}

TEST_CASE("no format lets a student's text move a cursor or command GitHub's runner") {
    for (const ReportFormat& format : report_formats()) {
        for (const Audience audience : {Audience::student, Audience::instructor}) {
            std::string text;
            const auto context = samples::context(audience);
            if (format.of_result != nullptr) {
                text += format.of_result(samples::hostile(), context);
            }
            if (format.of_class != nullptr) {
                text += format.of_class(samples::whole_class(), context);
            }
            CAPTURE(format.name);
            CHECK(std::all_of(text.begin(), text.end(), [](char c) {
                return c == '\n' || c == '\r' || static_cast<unsigned char>(c) >= 0x20;
            }));
            CHECK_FALSE(has(text, "##["));
            CHECK_FALSE(has(text, "\u202e"));
            CHECK_FALSE(has(text, "\x7f"));
            for (const std::string& line : lines_of(text)) {
                const std::size_t start = std::min(line.find_first_not_of(" \t\r"), line.size());
                const bool own = format.name == "annotations" &&
                                 (line.starts_with("::error ") || line.starts_with("::warning "));
                if (!own) {
                    CAPTURE(line.substr(0, 200));
                    CHECK_FALSE(line.substr(start).starts_with("::"));
                }
            }
        }
    }
}

TEST_CASE("the same result and context give the same bytes, in both languages") {
    for (const ReportFormat& format : report_formats()) {
        for (const Language language : {Language::en, Language::fr}) {
            const auto context = samples::context(Audience::instructor, language);
            if (format.of_result != nullptr) {
                const std::string once = format.of_result(samples::every_verdict(), context);
                CHECK(once == format.of_result(samples::every_verdict(), context));
            }
            if (format.of_class != nullptr) {
                CHECK(format.of_class(samples::whole_class(), context) ==
                      format.of_class(samples::whole_class(), context));
            }
        }
    }
}

TEST_CASE("the list of formats is in order, and the README has it") {
    const std::string readme = lockstep::read_bytes(GRADER_README).value();
    std::set<std::string_view> names;
    for (const ReportFormat& format : report_formats()) {
        CAPTURE(format.name);
        CHECK(names.insert(format.name).second);
        CHECK(lockstep::report_format(format.name) == &format);
        CHECK_FALSE(format.what_for.empty());
        CHECK(16 + format.what_for.size() <= 80);
        CHECK(
            (format.of_result != nullptr || format.of_class != nullptr || format.fill != nullptr));
        CHECK(has(readme, "| `" + std::string{format.name} + "` |"));
    }
    CHECK(lockstep::report_format("pdf") == nullptr);
}
