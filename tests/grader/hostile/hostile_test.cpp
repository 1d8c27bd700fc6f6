// Every submission of tests/submissions/hostile: it gets its verdict and no point, reaches nothing
// outside, leaves nothing behind, harms no other submission, and can't speak through a report.
//
// With LOCKSTEP_NO_SANDBOX set it holds what is promised without a sandbox: all of that, but for
// what can be reached outside.
#include "outside.hpp"

#include <base/read_file.hpp>
#include <base/scratch_folder.hpp>
#include <exercise/kit.hpp>
#include <grading/grading.hpp>
#include <report/json.hpp>
#include <report/text.hpp>
#include <verify/parallel.hpp>
#include <verify/trials.hpp>

#include <lab/catch.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace lockstep;

/// The kit's exercises, but with a third of the time: many submissions use all of it, for each
/// check anew.
fs::path with_shorter_limits() {
    static const ScratchFolder folder;
    const fs::path source{KIT};
    for (const char* part : {"solutions", "tests"})
        fs::create_directory_symlink(source / part, folder.path() / part);
    fs::copy(source / "exercises", folder.path() / "exercises", fs::copy_options::recursive);
    for (const auto& entry : fs::directory_iterator{folder.path() / "exercises"}) {
        const fs::path manifest = entry.path() / "exercise.toml";
        if (!fs::exists(manifest)) continue;
        const std::string shorter = std::regex_replace(
            read_bytes(manifest).value(), std::regex{"(wall|cpu)_ms = [0-9]+"}, "$1_ms = 7000");
        std::ofstream{manifest} << shorter;
    }
    return folder.path();
}

const Kit& kit() {
    static const Kit the_kit{with_shorter_limits(), BUILD};
    return the_kit;
}

/// Of its own: what other tests leave of killed graders is not what submissions leave, and no
/// attack on the compiler is spared by an earlier run.
const fs::path& cache() {
    static const ScratchFolder folder;
    return folder.path();
}

const Grading& grading() {
    static const Grading the_grading{kit(), cache()};
    return the_grading;
}

Result grade(const fs::path& submission, const Exercise& exercise) {
    return grading().grade(submission, {.exercises = {exercise.id}, .seed = 1, .progress = {}});
}

std::string without_times(const Result& result) {
    nlohmann::json document = nlohmann::json::parse(render_json(result, Audience::instructor));
    document.erase("times");
    return document.dump();
}

/// All texts of a document, keys too.
void texts_of(const nlohmann::json& value, std::vector<std::string>& texts) {
    if (value.is_string()) texts.push_back(value.get<std::string>());
    if (value.is_structured())
        for (const auto& [key, member] : value.items()) {
            texts.push_back(key);
            texts_of(member, texts);
        }
}

/// What a text would do to whoever shows it; "" when it is harmless.
std::string harm_in(const std::string& text) {
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if ((code < 0x20 && byte != '\n') || code == 0x7f)
            return "the control character " + std::to_string(code);
    }
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        const std::size_t begin = line.find_first_not_of(" \t");
        if (begin != std::string::npos && line.compare(begin, 2, "::") == 0) return line;
        if (line.find("##[") != std::string::npos) return line;
    }
    return "";
}

std::vector<std::string> reports_of(const Result& result) {
    std::vector<std::string> texts;
    for (const Audience audience : {Audience::student, Audience::instructor}) {
        texts.push_back(render_text(result, {.audience = audience}));
        texts_of(nlohmann::json::parse(render_json(result, audience)), texts);
    }
    return texts;
}

/// Whoever reads a report is told where there was no sandbox.
bool says_how_isolated(const Result& result) {
    const std::string text = render_text(result, {.audience = Audience::instructor});
    const bool said = text.find("without a sandbox") != std::string::npos;
    return said != grading().isolation().sandbox;
}

void check_reports(const Result& result, const std::string& secret) {
    CHECK(says_how_isolated(result));
    for (const std::string& text : reports_of(result)) {
        const std::string harm = harm_in(text);
        CAPTURE(harm);
        CHECK(harm.empty());
        const bool leaked =
            grading().isolation().sandbox &&
            (text.find(secret) != std::string::npos || text.find("LEAKED") != std::string::npos);
        CAPTURE(text);
        CHECK_FALSE(leaked);
    }
}

/// Whose verdict depends on what is outside, and so on whether that is in reach: files to include,
/// a disk to fill. It is worth no point either way.
bool depends_on_outside(const std::string& submission) {
    return submission == "asks_whether_a_file_is_there" || submission == "assembles_a_secret" ||
           submission == "fills_the_disk";
}

TEST_CASE("hostile submissions gain nothing, reach nothing and leave nothing") {
    hostile::adopt_orphans();
    const hostile::Outside outside;
    std::vector<Trial> trials;
    KitComplaints complaints;
    for (const Exercise& exercise : kit().exercises())
        for (Trial& trial : hostile_trials_of(kit(), exercise, complaints))
            trials.push_back(std::move(trial));
    for (const KitComplaint& complaint : complaints) {
        CAPTURE(complaint.about, complaint.says);
        CHECK(false);
    }
    // So many that a corpus which was not found is noticed.
    REQUIRE(trials.size() >= 45);

    const Exercise& other = kit().exercise("01");
    const std::string before = without_times(grade(kit().solutions() / other.id, other));

    std::vector<Result> results(trials.size());
    in_parallel(trials.size(), 0, [&](std::size_t number) {
        results[number] = grade(trials[number].folder, *trials[number].exercise);
    });

    int gained = 0;
    std::string table;
    for (std::size_t number = 0; number < trials.size(); ++number) {
        const Trial& trial = trials[number];
        const Result& result = results[number];
        INFO(trial.name);
        gained += result.points();
        CHECK(result.points() == 0);
        CHECK(result.exit_code() == 1);
        std::size_t skipped = 0;
        if (grading().isolation().sandbox || !depends_on_outside(trial.name))
            for (const KitComplaint& complaint : compare(trial, result, kit(), skipped)) {
                CAPTURE(complaint.says);
                CHECK(false);
            }
        check_reports(result, outside.secret());
        table += fmt::format("{:<32} {:6.1f} s  {}\n", trial.name, result.times.total_s,
                             name_of(result.exercises.at(0).checks.at(0).finding.verdict));
    }
    const std::vector<std::string> traces = outside.traces();
    CAPTURE(traces);
    if (grading().isolation().sandbox) CHECK(traces.empty());
    const std::vector<std::string> children = hostile::children();
    CAPTURE(children);
    CHECK(children.empty());
    CHECK(fs::is_empty(cache() / "stages"));
    CHECK(without_times(grade(kit().solutions() / other.id, other)) == before);

    // Last, for what failed to be read first.
    fmt::print("{}{} hostile submissions{}, {} points gained\n", table, trials.size(),
               grading().isolation().sandbox ? "" : " without a sandbox", gained);
}

}  // namespace
