#include "samples.hpp"

#include <base/read_file.hpp>
#include <base/scratch_folder.hpp>
#include <lab/catch.hpp>
#include <lab/printable.hpp>
#include <report/read_result.hpp>

#include <cstdlib>
#include <fstream>
#include <openssl/evp.h>
#include <sstream>
#include <sys/wait.h>

namespace samples {

using lockstep::CheckResult;
using lockstep::ExerciseResult;
using lockstep::Result;
using lockstep::Verdict;

CheckResult check(const std::string& id, Verdict verdict) {
    CheckResult check;
    check.id = id;
    check.title = {"the title of " + id, "le titre de " + id};
    check.shows = {"It shows what " + id + " shows.", "Cela montre ce que montre " + id + "."};
    check.task = 1;
    check.max_points = 2;
    check.finding.verdict = verdict;
    return check;
}

lab::timeline::Layout timeline(const std::string& words) {
    using lab::timeline::Point;
    using lab::timeline::State;
    lab::timeline::Row main;
    main.name = "main " + words;
    main.states = {{State::ready, 0, 1'000'000'000, "", ""},
                   {State::waits_lock, 1'000'000'000, 2'000'000'000, "mutex " + words, ""}};
    main.points = {{Point::Kind::event, 500'000'000, "put " + words, false},
                   {Point::Kind::problem, 2'000'000'000, "deadlock " + words, true}};
    lab::timeline::Row loop;
    loop.name = "loop " + words;
    loop.ended = true;
    loop.concurrent = true;
    loop.states = {{State::sleeping, 0, 1'500'000'000, "", ""},
                   {State::absent, 1'500'000'000, 2'000'000'000, "", ""}};
    loop.lanes = {{{State::span, 0, 1'000'000'000, "fetch " + words, ""}},
                  {{State::cancelled, 250'000'000, 1'500'000'000, "call " + words, ""}}};
    lab::timeline::Layout layout;
    layout.end = 2'000'000'000;
    layout.tail = true;
    layout.rows = {main, loop};
    layout.problems = {{"deadlock " + words, "They wait " + words, {"main: waits " + words}}};
    layout.left_out = 7;
    return layout;
}

Result every_verdict() {
    Result result;
    result.submission = "a submission";
    result.seed = 18'446'744'073'709'551'615U;
    result.isolation = "bubblewrap is not installed: apt-get install bubblewrap.";
    for (const char* id : {"01-first", "02-second"}) {
        ExerciseResult exercise;
        exercise.id = id;
        exercise.title = {"An exercise", "Un exercice"};
        exercise.notes = {"notes.txt was not taken, for it is no file of this exercise."};
        for (int number = 0; number <= static_cast<int>(Verdict::grader_error); ++number) {
            const auto verdict = static_cast<Verdict>(number);
            const std::string name{name_of(verdict)};
            CheckResult made = check(name, verdict);
            if (verdict != Verdict::pass) {
                made.finding.expected = "What was expected of " + name + ".";
                made.finding.happened =
                    "What happened instead in " + name +
                    ", in a sentence that is too long to stand on one line of any terminal.\n"
                    "And in another one.";
                made.finding.file = "downloads.cpp";
                made.finding.line = 10U + static_cast<unsigned>(number);
                made.finding.picture = "main     |████░░░░|\nthread 1 |  ▓▓▓ ✗ |\n";
                made.finding.hint = "The hint for " + name + ".";
                made.finding.timeline = timeline("of " + name);
                made.finding.expected_timeline = timeline("as only the reference does");
                made.finding.detail = "The stacks of " + name + ".\n    at step(), worker.cpp:3";
                made.finding.recipe = "workload 7, random walk, seed 3 (" + name + ")";
            }
            exercise.checks.push_back(made);
        }
        result.exercises.push_back(exercise);
        result.times.exercises.push_back({id, 1.23456, 0.5, 0.25, true});
    }
    result.times.total_s = 2.0;
    return result;
}

Result all_with(Verdict verdict) {
    Result result;
    result.submission = "submission";
    result.isolation = "sandbox";
    ExerciseResult exercise;
    exercise.id = "01-first";
    exercise.title = {"An exercise", "Un exercice"};
    for (const char* id : {"one", "two", "three"}) {
        CheckResult made = check(id, verdict);
        if (verdict != Verdict::pass) {
            made.finding.expected = "It is there.";
            made.finding.happened = "It is not.";
            made.finding.file = "downloads.cpp";
            made.finding.line = 8;
        }
        exercise.checks.push_back(made);
    }
    result.exercises.push_back(exercise);
    return result;
}

Result hostile() {
    const std::string text =
        "\x1b[2J\x1b]0;title\x07 harmless\r\n::error file=x::taken\n  "
        "::warning::taken\n##[error]taken\n"
        "\xff\xfe half \xe2\x82 \u202e reversed \t tab\x08\x7f";
    Result result = all_with(Verdict::wrong);
    result.submission = "::error::" + text;
    result.isolation = text;
    result.exercises[0].notes = {text, "::notice::" + text};
    for (CheckResult& check : result.exercises[0].checks) {
        check.finding.expected = text;
        check.finding.happened = "::stop-commands::x\n" + text + std::string(100'000, 'a') +
                                 std::string(5'000, '\n') + "::set-output name=x::y";
        check.finding.file = text;
        check.finding.picture = text;
        // A layout's texts have been made clean once, and are markup all the same.
        check.finding.timeline =
            timeline(lab::printable::clean(text + "\"'><script>alert(1)</script>&<!--", 400));
        check.finding.expected_timeline = check.finding.timeline;
        check.finding.hint = text;
        check.finding.detail = text;
        check.finding.recipe = text;
    }
    return result;
}

Result real(const std::string& name) {
    return lockstep::read_result_file(REPORT_TESTS "/results/" + name + ".json").result;
}

std::vector<Result> all() {
    return {every_verdict(),
            all_with(Verdict::pass),
            all_with(Verdict::wrong),
            all_with(Verdict::skipped),
            all_with(Verdict::grader_error),
            hostile(),
            real("fixed_slices"),
            real("does_not_compile"),
            real("blocks_the_loop"),
            Result{}};
}

lockstep::ClassResults whole_class() {
    lockstep::ClassResults results;
    results.title = "spring <class>";
    const auto add = [&](const std::string& student, const Result& result) {
        results.attempts.push_back({student, std::nullopt, result, ""});
    };
    add("ada", real("fixed_slices"));
    add("bob", real("does_not_compile"));
    add("cleo", real("blocks_the_loop"));
    add("dan", all_with(Verdict::grader_error));
    add("=cmd|' /C calc'!A0", hostile());
    add("eve", every_verdict());
    results.attempts.push_back(
        {"fay", std::nullopt, std::nullopt, "'fay.json' holds no result that can be read."});
    return results;
}

lockstep::ReportContext context(lockstep::Audience audience, lockstep::Language language) {
    lockstep::ReportContext context;
    context.style.audience = audience;
    context.style.language = language;
    context.now = std::chrono::sys_seconds{std::chrono::seconds{1'700'000'000}};
    context.environment = [](std::string_view name) -> std::string {
        if (name == "CLASSROOM") return "cs101";
        if (name == "ASSIGNMENT") return "lockstep";
        if (name == "SUBMISSION_TAG") return "submit/2026-01-02T03-04-05Z-abcdef0";
        if (name == "OWNER") return "ada";
        if (name == "COMMIT_URL") return "https://example.org/commit";
        if (name == "RELEASE_URL") return "https://example.org/release";
        return "";
    };
    return context;
}

const std::vector<std::string>& secrets() {
    static const std::vector<std::string> all{"18446744073709551615", "random walk",
                                              "The stacks of", "at step(), worker.cpp",
                                              "as only the reference does"};
    return all;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string from_base64(const std::string& text) {
    std::string bytes(text.size(), '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    REQUIRE(size >= 0);
    // OpenSSL decodes padding as well.
    const auto padding = static_cast<std::size_t>(
        text.size() - std::min(text.size(), text.find_last_not_of('=') + 1));
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

std::vector<std::string> checked_by(const std::string& script,
                                    const std::vector<std::string>& documents,
                                    const std::string& extension) {
    const lockstep::ScratchFolder scratch;
    std::string command = "python3 '" REPORT_TESTS "/" + script + "'";
    for (const std::string& document : documents) {
        const auto file = scratch.path() / (std::to_string(command.size()) + extension);
        std::ofstream{file, std::ios::binary} << document;
        command += " '" + file.string() + "'";
    }
    const auto answers = scratch.path() / "answers";
    const int status = std::system((command + " > '" + answers.string() + "'").c_str());
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == 77 || code == 127) {
        WARN("Skipped: Python, or a package that " << script << " needs, is missing here.");
        return {};
    }
    REQUIRE(code == 0);
    std::vector<std::string> lines = lines_of(lockstep::read_bytes(answers).value());
    REQUIRE(lines.size() == documents.size());
    return lines;
}

}  // namespace samples
