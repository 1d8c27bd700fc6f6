// What `grader verify` finds in a kit, without grading anything.
#include <base/error.hpp>
#include <base/scratch_folder.hpp>
#include <lab/catch.hpp>
#include <verify/expectation.hpp>
#include <verify/layout.hpp>
#include <verify/parallel.hpp>
#include <verify/trials.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace fs = std::filesystem;
using lab::contains;
using lockstep::all_checks;
using lockstep::compare;
using lockstep::Exercise;
using lockstep::Expectation;
using lockstep::GraderError;
using lockstep::in_parallel;
using lockstep::inspect_coverage;
using lockstep::inspect_folders;
using lockstep::inspect_layout;
using lockstep::Kit;
using lockstep::KitComplaint;
using lockstep::KitComplaints;
using lockstep::read_expectation;
using lockstep::Result;
using lockstep::ScratchFolder;
using lockstep::Trial;
using lockstep::trials_of;
using lockstep::Verdict;

namespace {

constexpr const char* exercise_id = "01-threaded-io";

void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream{file} << text;
}

/// A copy of the kit with one submission that is right and one that is wrong, to be spoilt.
class ScratchKit {
public:
    ScratchKit() {
        for (const char* part : {"exercises", "solutions", "grader/hidden"}) {
            fs::create_directories(source / part);
            fs::copy(fs::path{KIT} / part / exercise_id, source / part / exercise_id,
                     fs::copy_options::recursive);
        }
        write(corpus() / "wrong" / "serial" / "downloads.cpp", "// one at a time\n");
        write(corpus() / "wrong" / "serial" / "expect.toml",
              "says = \"one at a time\"\n[verdicts]\noverlap = \"wrong\"\n");
        write(corpus() / "correct" / "pool" / "downloads.cpp", "// a pool\n");
        write(corpus() / "correct" / "pool" / "expect.toml", "says = \"a pool\"\n");
    }

    [[nodiscard]] fs::path corpus() const { return source / "tests/submissions" / exercise_id; }
    [[nodiscard]] Kit kit() const { return {source, source / "build"}; }
    [[nodiscard]] KitComplaints layout() const {
        const Kit read = kit();
        return inspect_layout(read, read.exercise(exercise_id));
    }

    ScratchFolder scratch;
    fs::path source = scratch.path();
};

bool about(const KitComplaints& complaints, const std::string& path) {
    return std::any_of(complaints.begin(), complaints.end(), [&](const KitComplaint& complaint) {
        return complaint.about.find(path) != std::string::npos && !complaint.fix.empty();
    });
}

Result result_of(const Exercise& exercise, const Expectation& verdicts) {
    Result result;
    result.exercises.emplace_back();
    for (const lockstep::Check& check : exercise.checks) {
        lockstep::CheckResult made;
        made.id = check.id;
        made.finding.verdict = verdicts.of(check.id);
        made.finding.happened = "What happened in " + check.id + ".\nMore of it.";
        result.exercises[0].checks.push_back(made);
    }
    return result;
}

}  // namespace

TEST_CASE("the kit's own layout is as it must be") {
    const ScratchKit scratch;
    for (const KitComplaint& complaint : scratch.layout()) {
        FAIL_CHECK(complaint.about + ": " + complaint.says);
    }
}

TEST_CASE("files that are missing or do not belong are complained of, each with its fix") {
    const ScratchKit scratch;
    const fs::path exercise = scratch.source / "exercises" / exercise_id;
    fs::remove(exercise / "README.fr.md");
    write(exercise / "notes.txt", "");
    write(scratch.source / "solutions" / exercise_id / "tests.cpp", "");
    fs::remove(scratch.corpus() / "wrong" / "serial" / "expect.toml");
    write(scratch.corpus() / "correct" / "pool" / "downloads.cpp~", "");
    write(scratch.corpus() / "correct" / "stray", "");
    const KitComplaints complaints = scratch.layout();
    CHECK(complaints.size() == 6);
    for (const char* path : {"01-threaded-io/README.fr.md", "01-threaded-io/notes.txt",
                             "solutions/01-threaded-io/tests.cpp", "serial/expect.toml",
                             "pool/downloads.cpp~", "correct/stray"}) {
        CAPTURE(path);
        CHECK(about(complaints, path));
    }
}

TEST_CASE("folders of no exercise are complained of") {
    const ScratchKit scratch;
    CHECK(inspect_folders(scratch.kit()).empty());
    write(scratch.source / "solutions" / "99-nothing" / "x.cpp", "");
    write(scratch.source / "tests/submissions" / "notes", "");
    write(scratch.corpus() / "odd" / "x", "");
    CHECK(inspect_folders(scratch.kit()).size() == 2);
    CHECK(about(scratch.layout(), "01-threaded-io/odd"));
}

TEST_CASE("hidden checks and the manifest's must be the same") {
    const ScratchKit scratch;
    write(scratch.source / "grader/hidden" / exercise_id / "more.cpp",
          "TEST_CASE(\"01-threaded-io/surprise\") {}");
    const KitComplaints complaints = scratch.layout();
    REQUIRE(complaints.size() == 1);
    CHECK_THAT(complaints[0].says, contains("surprise"));

    for (const fs::directory_entry& entry :
         fs::directory_iterator{scratch.source / "grader/hidden" / exercise_id}) {
        fs::remove(entry.path());
    }
    CHECK(scratch.layout().size() == 9);
}

TEST_CASE("an expectation names the checks that must not pass") {
    const ScratchKit scratch;
    const Kit kit = scratch.kit();
    const Exercise& exercise = kit.exercise(exercise_id);
    const fs::path file = scratch.source / "expect.toml";

    write(file, "says = \"one at a time\"\n[verdicts]\noverlap = \"wrong\"\n");
    const Expectation one = read_expectation(file, exercise);
    CHECK(one.says == "one at a time");
    CHECK(one.of("overlap") == Verdict::wrong);
    CHECK(one.of("pages") == Verdict::pass);

    write(file, "says = \"it hangs\"\n[verdicts]\n\"*\" = \"deadlock\"\nends = \"leak\"\n");
    const Expectation all = read_expectation(file, exercise);
    CHECK(all.of("pages") == Verdict::deadlock);
    CHECK(all.of("ends") == Verdict::leak);
    CHECK(all.verdicts.size() == exercise.checks.size());
}

TEST_CASE("an expectation that says what can't be is refused, with its file") {
    const ScratchKit scratch;
    const Kit kit = scratch.kit();
    const fs::path file = scratch.source / "expect.toml";
    for (const char* text : {"", "says = 3\n", "says = \"\"\n", "says = \"x\"\nmore = 1\n",
                             "says = \"x", "says = \"x\"\n[verdicts]\nnothing = \"wrong\"\n",
                             "says = \"x\"\n[verdicts]\noverlap = \"bad\"\n",
                             "says = \"x\"\n[verdicts]\noverlap = \"pass\"\n",
                             "says = \"x\"\n[verdicts]\noverlap = \"grader_error\"\n",
                             "says = \"x\"\n[verdicts]\noverlap = 1\n"}) {
        CAPTURE(text);
        write(file, text);
        CHECK_THROWS_WITH(read_expectation(file, kit.exercise(exercise_id)),
                          contains("expect.toml"));
        CHECK_THROWS_AS(read_expectation(file, kit.exercise(exercise_id)), GraderError);
    }
}

TEST_CASE("skeleton, solution under each seed, and the corpus are tried") {
    const ScratchKit scratch;
    const Kit kit = scratch.kit();
    const Exercise& exercise = kit.exercise(exercise_id);
    KitComplaints complaints;
    const auto trials = trials_of(kit, exercise, "", 3, complaints);
    CHECK(complaints.empty());
    REQUIRE(trials.size() == 6);
    CHECK(trials[0].expectation.of("overlap") == Verdict::todo);
    CHECK(trials[1].expectation.of("overlap") == Verdict::pass);
    CHECK(trials[3].seed == 3);
    CHECK(trials_of(kit, exercise, "serial", 3, complaints).size() == 1);

    write(scratch.corpus() / "correct" / "pool" / "expect.toml",
          "says = \"x\"\n[verdicts]\noverlap = \"wrong\"\n");
    write(scratch.corpus() / "wrong" / "serial" / "expect.toml", "says = \"x\"\n");
    static_cast<void>(trials_of(kit, exercise, "", 1, complaints));
    CHECK(complaints.size() == 2);
}

TEST_CASE("a result is held against what was expected, check by check") {
    const ScratchKit scratch;
    const Kit kit = scratch.kit();
    const Exercise& exercise = kit.exercise(exercise_id);
    Trial trial{Trial::Kind::wrong, &exercise, "serial", scratch.corpus() / "wrong/serial", {}, 7};
    trial.expectation.verdicts = {{"overlap", Verdict::wrong}};
    std::size_t skipped = 0;

    CHECK(compare(trial, result_of(exercise, trial.expectation), kit, skipped).empty());

    const KitComplaints missed = compare(trial, result_of(exercise, {}), kit, skipped);
    REQUIRE(missed.size() == 1);
    CHECK_THAT(missed[0].about, contains("wrong/serial (seed 7)"));
    CHECK(missed[0].says == "overlap: expected wrong, got pass: What happened in overlap.");

    Expectation other = trial.expectation;
    other.verdicts["overlap"] = Verdict::deadlock;
    other.verdicts["pages"] = Verdict::wrong;
    CHECK_THAT(compare(trial, result_of(exercise, other), kit, skipped).at(0).says,
               contains("pages: expected pass, got wrong") &&
                   contains("overlap: expected wrong, got deadlock"));
    CHECK(skipped == 0);

    other = trial.expectation;
    other.verdicts["races"] = Verdict::skipped;
    CHECK(compare(trial, result_of(exercise, other), kit, skipped).empty());
    CHECK(skipped == 1);

    Result less = result_of(exercise, trial.expectation);
    less.exercises[0].checks.pop_back();
    CHECK_THAT(compare(trial, less, kit, skipped).at(0).says, contains("not graded"));
}

TEST_CASE("a check that nothing needs is complained of") {
    const ScratchKit scratch;
    const Kit kit = scratch.kit();
    const Exercise& exercise = kit.exercise(exercise_id);
    KitComplaints unread;
    const auto trials = trials_of(kit, exercise, "", 1, unread);
    const KitComplaints complaints = inspect_coverage(exercise, trials);
    CHECK(complaints.size() == exercise.checks.size() - 1);
    CHECK_FALSE(about(complaints, ": overlap"));
    CHECK(about(complaints, ": pages"));
}

TEST_CASE("work in parallel is done once each, and its first failure is passed on") {
    std::atomic<std::size_t> sum{0};
    in_parallel(100, 4, [&](std::size_t number) { sum += number; });
    CHECK(sum == 4'950);
    in_parallel(0, 4, [&](std::size_t) { sum = 0; });
    CHECK(sum == 4'950);
    CHECK_THROWS_AS(in_parallel(100, 3,
                                [](std::size_t number) {
                                    if (number == 5) {
                                        throw std::runtime_error("five");
                                    }
                                }),
                    std::runtime_error);
}
