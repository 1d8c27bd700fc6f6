#include <base/read_file.hpp>
#include <build/workshop.hpp>

#include <exercise/scratch.hpp>

#include <fmt/format.h>
#include <lab/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace lockstep;
using namespace lockstep::testing;

namespace fs = std::filesystem;

namespace {

/// What a submission of exercise 01 has to define, on one line.
const std::string functions =
    "#include \"downloads.hpp\"\n"
    "std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) { return "
    "{}; } "
    "Gain measure_gain(Site&, std::span<const std::string>, unsigned) { return {}; }\n";

Limits short_limits() {
    Limits limits = Workshop::usual_limits();
    limits.cpu = std::chrono::seconds{4};
    limits.memory_bytes = std::size_t{768} << 20;
    return limits;
}

struct Bench {
    explicit Bench(const Limits& limits = Workshop::usual_limits())
        : workshop{kit, containment, scratch / "cache", limits} {}

    [[nodiscard]] Submission submission(const std::string& bytes) const {
        return {&kit.exercise("01"), {{"downloads.cpp", bytes}}, {}};
    }
    [[nodiscard]] Built build(const std::string& bytes, Flavour flavour = Flavour::plain) const {
        return workshop.build(submission(bytes), flavour);
    }

    Scratch scratch;
    Kit kit{LOCKSTEP_TEST_SOURCE, LOCKSTEP_TEST_BUILD};
    Containment containment{kit.program("supervisor")};
    Workshop workshop;
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("a file that has not changed is not compiled again") {
    const Bench bench;
    if (!bench.containment.isolation().sandbox) return;  // then nothing tells what was included
    const Exercise& exercise = bench.kit.exercise("05");
    const fs::path solution = bench.kit.solutions() / exercise.id;
    const auto objects = [&] {
        std::size_t count = 0;
        for (const auto& file : fs::directory_iterator{bench.scratch / "cache/entries"})
            if (file.path().extension() == ".json") ++count;
        return count;
    };
    Submission submission{&exercise, {}, {}};
    for (const std::string& file : exercise.files)
        submission.files.push_back({file, read_bytes(solution / file).value()});

    REQUIRE(bench.workshop.build(submission, Flavour::plain).ok());
    CHECK(objects() == 3);  // two objects and the worker

    submission.files[0].bytes += "\n// one more line\n";
    const Built changed = bench.workshop.build(submission, Flavour::plain);
    REQUIRE(changed.ok());
    CHECK_FALSE(changed.cached);
    CHECK(objects() == 5);

    // What the compiler said is said again.
    submission.files[0].bytes += "static void unused() {}\n";
    const Built warned = bench.workshop.build(submission, Flavour::plain);
    CHECK_THAT(warned.diagnostics, lab::contains("unused"));
    submission.files[1].bytes += "\n// one more line\n";
    CHECK(bench.workshop.build(submission, Flavour::plain).diagnostics == warned.diagnostics);
    CHECK(objects() == 9);
}

}  // namespace

TEST_CASE("the solution builds in both flavours at once, without a warning, and then is there") {
    const Bench bench;
    const std::string solution =
        read_bytes(bench.kit.solutions() / "01-threaded-io" / "downloads.cpp").value();
    std::vector<Flavour> flavours{Flavour::plain};
    if (fs::exists(bench.kit.toolkits() / "tsan")) flavours.push_back(Flavour::tsan);

    std::vector<Built> built(flavours.size());
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < flavours.size(); ++i) {
            threads.emplace_back([&, i] { built[i] = bench.build(solution, flavours[i]); });
        }
    }
    for (std::size_t i = 0; i < flavours.size(); ++i) {
        CAPTURE(name_of(flavours[i]), built[i].diagnostics);
        REQUIRE(built[i].ok());
        CHECK(built[i].diagnostics.empty());
        CHECK(!built[i].cached);

        const Built again = bench.build(solution, flavours[i]);
        CHECK(again.cached);
        CHECK(again.worker == built[i].worker);

        Job job;
        job.command = {again.worker.string()};
        job.mounts = {{again.worker, again.worker, false}};
        job.fixed_addresses = true;
        const Outcome outcome = bench.containment.run(job);
        CHECK(outcome.end == End::exited);
        CHECK(has(outcome.output, "A worker is started by the grader"));
    }
    CHECK(bench.build(solution + "\n").worker != built[0].worker);
    CHECK(fs::is_empty(bench.scratch / "cache/stages"));
}

TEST_CASE("the skeleton builds without a warning") {
    const Bench bench;
    const Built built =
        bench.build(read_bytes(bench.kit.exercise("01").folder / "downloads.cpp").value());
    CHECK(built.ok());
    CHECK(built.diagnostics == "");
}

TEST_CASE("the file that is a program of its own becomes one beside the worker") {
    const Bench bench;
    const Exercise& exercise = bench.kit.exercise("03");
    Submission submission{&exercise, {}, {}};
    for (const std::string& file : exercise.files) {
        submission.files.push_back(
            {file, read_bytes(bench.kit.solutions() / exercise.id / file).value()});
    }
    const Built built = bench.workshop.build(submission, Flavour::plain);
    CAPTURE(built.diagnostics);
    REQUIRE(built.ok());
    CHECK(built.diagnostics == "");
    CHECK(bench.workshop.build(submission, Flavour::plain).program == built.program);

    // It has its own main, and no word of the grader's.
    Job job;
    job.command = {built.program.string(), "26", "28"};
    job.mounts = {{built.program, built.program, false}};
    const Outcome outcome = bench.containment.run(job);
    CHECK(outcome.end == End::exited);
    CHECK(outcome.status == 0);
    CHECK(has(outcome.output, "27 82 41 "));

    SECTION("its errors are the submission's") {
        submission.files.at(1).bytes = "int main() { return missing; }\n";
        const Built broken = bench.workshop.build(submission, Flavour::plain);
        CHECK(!broken.ok());
        CHECK(broken.program.empty());
        CHECK(broken.file == "worker.cpp");
        CHECK(broken.line == 1);
    }
    SECTION("and so is a missing main") {
        submission.files.at(1).bytes = "int other() { return 0; }\n";
        const Built broken = bench.workshop.build(submission, Flavour::plain);
        CHECK(!broken.ok());
        CHECK(broken.file == "worker.cpp");
        CHECK(has(broken.diagnostics, "main"));
    }
}

TEST_CASE("warnings and errors name the student's own file and line") {
    const Bench bench;
    const Built warned = bench.build(functions + "static int unused() { return 1; }\n");
    CHECK(warned.ok());
    CHECK(has(warned.diagnostics, "downloads.cpp:3:12: warning: "));

    const Built failed = bench.build(functions + "\nint f() { return \"one\" }\n");
    CHECK(!failed.ok());
    CHECK(failed.file == "downloads.cpp");
    CHECK(failed.line == 4);
    CHECK(has(failed.diagnostics, "downloads.cpp:4:"));
    CHECK(!has(failed.diagnostics, "/submission"));

    const Built again = bench.build(functions + "\nint f() { return \"one\" }\n");
    CHECK(again.cached);
    CHECK(!again.ok());
    CHECK(again.line == 4);
    CHECK(again.diagnostics == failed.diagnostics);
}

TEST_CASE("what the linker misses, or finds twice, is told in a sentence") {
    const Bench bench;
    const Built missing = bench.build("#include \"downloads.hpp\"\n");
    CHECK(!missing.ok());
    CHECK(has(missing.diagnostics, "'download_threaded(lockstep::Site&, "));
    CHECK(has(missing.diagnostics, "is called and nowhere defined: write it in downloads.cpp"));

    const Built own_main = bench.build(functions + "int main() {}\n");
    CHECK(!own_main.ok());
    CHECK(own_main.diagnostics.find("'main' is defined in downloads.cpp: take it out.") == 0);

    // The lab's, by which it sees what threads do.
    const Built own_lock =
        bench.build(functions +
                    "extern \"C\" int pthread_mutex_lock(pthread_mutex_t*) noexcept "
                    "{ return 0; }\n");
    CHECK(!own_lock.ok());
    CHECK(
        has(own_lock.diagnostics, "'pthread_mutex_lock' is defined twice, or is a function that "));
}

TEST_CASE(
    "a file of odd bytes, with macros over keywords, or with names of the prelude's, builds") {
    const Bench bench;
    const Built odd =
        bench.build("\xEF\xBB\xBF" + functions +
                    // Where it stands in the world is nobody's business.
                    "static_assert(std::string_view{__FILE__} == \"/submission/downloads.cpp\");\n"
                    "// caf\xE9\r\n"
                    // The tests are compiled already: no macro reaches them.
                    "#define int long\n#define private public\n");
    CAPTURE(odd.diagnostics);
    CHECK(odd.ok());

    // Ambiguous where <latch> was included for a file that did not ask for it.
    const Built names = bench.build(functions +
                                    "#include <vector>\nusing namespace std;\nint latch = 1;\n"
                                    "int f() { return latch; }\n");
    CAPTURE(names.diagnostics);
    CHECK(names.ok());
}

TEST_CASE("without a sandbox, places read the same") {
    ::setenv("LOCKSTEP_NO_SANDBOX", "1", 1);
    const Bench bench;
    ::unsetenv("LOCKSTEP_NO_SANDBOX");
    REQUIRE(!bench.containment.isolation().sandbox);
    const Built built = bench.build(functions +
                                    "static_assert(std::string_view{__FILE__} == "
                                    "\"/submission/downloads.cpp\");\nint unused\n");
    CHECK(!built.ok());
    CHECK(built.file == "downloads.cpp");
    CHECK(built.diagnostics.find("downloads.cpp:4") == 0);
    CHECK(bench.build(functions).ok());
}

TEST_CASE("nothing but the student's files, public headers and the toolchain can be included") {
    const Bench bench;
    if (!bench.containment.isolation().sandbox) {
        WARN("Not tried, because there is no sandbox here: "
             << bench.containment.isolation().limitation);
        return;
    }
    const fs::path source = LOCKSTEP_TEST_SOURCE;
    std::string probes = functions;
    for (const fs::path& path :
         {fs::path{"/etc/shadow"}, fs::path{"/etc/passwd"}, fs::path{"/root/.bashrc"},
          source / "grader/hidden/01-threaded-io/scenarios.cpp",
          source / "solutions/01-threaded-io/downloads.cpp", source / "README.md"}) {
        probes +=
            fmt::format("#if __has_include(\"{0}\")\n#error \"{0}\"\n#endif\n", path.string());
    }
    const Built looked = bench.build(probes);
    CHECK(looked.diagnostics == "");
    CHECK(looked.ok());

    const Built embedded = bench.build(functions + "asm(\".incbin \\\"/etc/shadow\\\"\");\n");
    CHECK(!embedded.ok());
    CHECK(has(embedded.diagnostics, "file not found: /etc/shadow"));
}

TEST_CASE("compile-time bombs end within their limits, with a sentence") {
    const Bench bench{short_limits()};
    SECTION("a file without end") {
        const Built built = bench.build("#include \"/dev/zero\"\n" + functions);
        CHECK(!built.ok());
        CHECK(built.diagnostics != "");
    }
    SECTION("a file that includes itself") {
        const Built built = bench.build("#include \"downloads.cpp\"\n" + functions);
        CHECK(!built.ok());
        CHECK(built.file == "downloads.cpp");
        CHECK(has(built.diagnostics, "nested"));
    }
    SECTION("a template that doubles") {
        const Built built = bench.build(
            functions +
            "template <int N, class... T> struct B { using type = B<N - 1, B<N, T...>, T...>; \n"
            "static constexpr int v = B<N - 1, int, T...>::v + B<N - 1, long, T...>::v; };\n"
            "template <class... T> struct B<0, T...> { static constexpr int v = 1; };\n"
            "int bomb = B<200>::v;\n");
        CHECK(!built.ok());
        CHECK(has(built.diagnostics, "was stopped: look for a template"));
    }
    SECTION("a macro that doubles") {
        std::string bomb = functions + "#define X0 1+1+1+1+1+1+1+1\n";
        for (int i = 1; i < 30; ++i)
            bomb += fmt::format("#define X{} X{} + X{}\n", i, i - 1, i - 1);
        const Built built = bench.build(bomb + "int bomb = X29;\n");
        CHECK(!built.ok());
        CHECK(has(built.diagnostics, "was stopped: look for"));
    }
    SECTION("an array that fills the disk") {
        const Built built = bench.build(functions + "char big[1ull << 40] = {1};\n");
        CHECK(!built.ok());
        CHECK(has(built.diagnostics, "made a file of more than 256 MiB and was stopped"));
    }
    SECTION("an assembler's file without end") {
        const Built built = bench.build(functions + "asm(\".include \\\"/dev/zero\\\"\");\n");
        CHECK(!built.ok());
        CHECK(has(built.diagnostics, "was stopped"));
    }
    SECTION("a flood of messages") {
        std::string flood = functions;
        for (int i = 0; i < 20'000; ++i) flood += "#warning " + std::string(40, 'x') + "\n";
        const Built built = bench.build(flood + "int f( {\n");
        CHECK(!built.ok());
        CHECK(built.diagnostics.size() < std::size_t{20} << 10);
    }
}

TEST_CASE("where a student writes a header, the tests are compiled with it, and not shown") {
    const Bench bench;
    // A toolkit as the real one, but for its exercise.
    const Scratch other;
    const fs::path real = bench.kit.toolkits() / "plain";
    const fs::path folder = other / "toolkits/plain";
    for (const char* part : {"include", "lib", "private"}) {
        fs::create_directories(folder / part);
        fs::copy(real / part, folder / part, fs::copy_options::recursive);
    }
    other.write("toolkits/plain/preludes/standard.hpp", "");
    other.write("toolkits/plain/contents", "x");
    const fs::path scenarios = other.write("toolkits/plain/private/02-header/scenarios.cpp",
                                           "#include <queue.hpp>\n#include <worker/scenario.hpp>\n"
                                           "static const lockstep::worker::Scenario all{\"all\", "
                                           "[](const auto&, auto&) { Queue{}.put(1); "
                                           "/* hidden */ }};\n");
    std::string description = read_bytes(real / "toolkit.json").value();
    for (std::size_t at = 0; (at = description.find(real.string(), at)) != std::string::npos;) {
        description.replace(at, real.string().size(), folder.string());
    }
    nlohmann::json json = nlohmann::json::parse(description);
    json["exercises"] = {
        {"02-header", {{"objects", nlohmann::json::array()}, {"sources", {scenarios.string()}}}}};
    other.write("toolkits/plain/toolkit.json", json.dump());

    const Kit kit{LOCKSTEP_TEST_SOURCE, other.path()};
    const Workshop workshop{kit, bench.containment, bench.scratch / "cache"};
    Exercise exercise;
    exercise.id = "02-header";
    exercise.files = {"queue.hpp"};
    const auto build = [&](const std::string& bytes) {
        return workshop.build({&exercise, {{"queue.hpp", bytes}}, {}}, Flavour::plain);
    };
    const Built good = build("struct Queue { void put(int) {} };\n");
    CAPTURE(good.diagnostics);
    CHECK(good.ok());

    const Built lacking = build("struct Queue { void get() {} };\n");
    CHECK(!lacking.ok());
    CHECK(lacking.file == "queue.hpp");
    CHECK(lacking.diagnostics.find("The tests can't use what queue.hpp declares") == 0);
    CHECK(!has(lacking.diagnostics, "hidden"));
}

TEST_CASE("of two that build the same at the same time, one waits for the other's") {
    const Bench bench;
    std::vector<Built> built(2);
    {
        std::vector<std::jthread> threads;
        for (Built& one : built) threads.emplace_back([&] { one = bench.build(functions); });
    }
    CHECK(built[0].ok());
    CHECK(built[0].worker == built[1].worker);
    CHECK(built[0].cached != built[1].cached);

    // A worker that was damaged is built again.
    fs::resize_file(built[0].worker, 100);
    const Built healed = bench.build(functions);
    CHECK(healed.ok());
    CHECK(!healed.cached);
    CHECK(fs::file_size(healed.worker) > 100);
}

TEST_CASE("a submission that is not complete is not built") {
    const Bench bench;
    const Built built = bench.workshop.build(
        {&bench.kit.exercise("01"), {}, {"downloads.cpp is missing."}}, Flavour::plain);
    CHECK(!built.ok());
    CHECK(built.diagnostics == "downloads.cpp is missing.\n");
}

TEST_CASE("what is missing for a build is the grader's failure, and named") {
    const Bench bench;
    const Scratch other;
    const Kit kit{LOCKSTEP_TEST_SOURCE, other.path()};
    CHECK(
        has(sentence_of<GraderError>(
                [&] { (void)Workshop(kit, bench.containment, bench.scratch / "cache"); }),
            "toolkits/plain/toolkit.json can't be read: build the target lockstep_toolkit_plain"));

    nlohmann::json toolkit =
        nlohmann::json::parse(read_bytes(bench.kit.toolkits() / "plain/toolkit.json").value());
    toolkit["compiler"] = "/usr/bin/no-such-compiler";
    other.write("toolkits/plain/toolkit.json", toolkit.dump());
    other.write("toolkits/plain/contents", "x");
    const Workshop workshop{kit, bench.containment, bench.scratch / "cache"};
    CHECK(has(sentence_of<GraderError>(
                  [&] { (void)workshop.build(bench.submission(functions), Flavour::plain); }),
              "The compiler /usr/bin/no-such-compiler is missing"));
    CHECK(has(sentence_of<GraderError>(
                  [&] { (void)workshop.build(bench.submission(functions), Flavour::tsan); }),
              "build the target lockstep_toolkit_tsan"));

    bench.scratch.write("file", "");
    CHECK(has(sentence_of<GraderError>([&] {
                  (void)Workshop(bench.kit, bench.containment, bench.scratch / "file/cache");
              }),
              "can't be written"));
}

TEST_CASE("the cache lies where the environment says") {
    ::setenv("LOCKSTEP_CACHE", "/x/cache", 1);
    CHECK(default_cache() == "/x/cache");
    ::unsetenv("LOCKSTEP_CACHE");
    ::setenv("XDG_CACHE_HOME", "/y", 1);
    CHECK(default_cache() == "/y/lockstep");
    ::unsetenv("XDG_CACHE_HOME");
    const Scratch home;
    ::setenv("HOME", home.path().c_str(), 1);
    CHECK(default_cache() == home / ".cache/lockstep");
    ::unsetenv("HOME");
    CHECK(has(default_cache().string(), "lockstep-"));
}
