// Which files go into an object.
#include <exercise/scratch.hpp>

#include <build/includes.hpp>

#include <lab/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace lockstep;
using namespace lockstep::testing;

namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

struct Bench {
    Bench() {
        exercise.id = "02-queues";
        toolkit.folder = scratch / "toolkit";
        fs::create_directories(toolkit.headers() / exercise.id);
        contract("pipeline.hpp", "// See queue.hpp.\nvoid run();\n");
    }

    void contract(const std::string& name, const std::string& text) const {
        std::ofstream{toolkit.headers() / exercise.id / name} << text;
    }

    [[nodiscard]] Names read(const std::string& source,
                             const std::vector<SubmittedFile>& files) const {
        const Submission submission{&exercise, files, {}};
        Names names;
        for (const SubmittedFile* file : read_with(source, submission, toolkit))
            names.push_back(file->name);
        return names;
    }

    Scratch scratch;
    Exercise exercise;
    Toolkit toolkit;
};

TEST_CASE("a source that includes no other submitted file stands alone") {
    const Bench bench;
    CHECK(
        bench.read("/submission/pipeline.cpp",
                   {{"queue.hpp", "int i;"},
                    {"pipeline.cpp", "#include \"pipeline.hpp\"\n// queue.hpp is not needed\n"}}) ==
        Names{"pipeline.cpp"});
}

TEST_CASE("what a source includes goes in, and what that includes") {
    const Bench bench;
    CHECK(bench.read("/submission/a.cpp", {{"a.cpp", "#include \"b.hpp\"\n"},
                                           {"b.hpp", "  #  include <c.hpp>\n"},
                                           {"c.hpp", ""},
                                           {"d.hpp", ""}}) == Names{"a.cpp", "b.hpp", "c.hpp"});
    CHECK(bench.read("/submission/a.cpp", {{"a.cpp", "#define OTHER \"b.cpp\"\n#include OTHER\n"},
                                           {"b.cpp", ""}}) == Names{"a.cpp", "b.cpp"});
}

TEST_CASE("what one of the kit's headers includes goes in, too") {
    const Bench bench;
    bench.contract("pipeline.hpp", "#include \"queue.hpp\"\n");
    CHECK(bench.read("/submission/pipeline.cpp",
                     {{"queue.hpp", ""}, {"pipeline.cpp", "#include \"pipeline.hpp\"\n"}}) ==
          Names{"queue.hpp", "pipeline.cpp"});
}

TEST_CASE("into the kit's own sources go all headers") {
    const Bench bench;
    CHECK(bench.read("/toolkit/private/02-queues/scenarios.cpp",
                     {{"queue.hpp", ""}, {"pipeline.cpp", ""}}) == Names{"queue.hpp"});
}

TEST_CASE("files that include each other come to an end") {
    const Bench bench;
    CHECK(bench.read("/submission/a.cpp",
                     {{"a.cpp", "#include \"b.hpp\"\n"}, {"b.hpp", "#include \"a.cpp\"\n"}}) ==
          Names{"a.cpp", "b.hpp"});
}

}  // namespace
