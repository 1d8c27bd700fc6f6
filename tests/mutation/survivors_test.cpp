// Which surviving mutants are excused, and by what.
#include "survivors.hpp"

#include <lab/catch.hpp>

#include <base/error.hpp>
#include <base/scratch_folder.hpp>

#include <fstream>

namespace {

using mutation::Mutant;
using mutation::Survivors;

class File {
public:
    explicit File(const std::string& text) { std::ofstream{path_} << text; }

    [[nodiscard]] Survivors read() const { return Survivors{path_}; }

private:
    lockstep::ScratchFolder folder_;
    std::filesystem::path path_ = folder_.path() / "survivors.toml";
};

const char* const entry = R"(
[[survivor]]
exercise = "01-threaded-io"
file = "downloads.cpp"
was = "check(n);"
becomes = ""
why = "the callee checks as well"
)";

Mutant without(const std::string& line) { return {"remove statement", 7, line, "", ""}; }

TEST_CASE("an entry excuses one mutant, and no other") {
    const File file{entry};
    Survivors survivors = file.read();
    const Mutant mutant = without("check(n);");
    CHECK(survivors.unused().size() == 1);
    CHECK(survivors.why("02-producer-consumer", "downloads.cpp", mutant).empty());
    CHECK(survivors.why("01-threaded-io", "downloads.hpp", mutant).empty());
    CHECK(survivors.why("01-threaded-io", "downloads.cpp", without("check(m);")).empty());
    CHECK(survivors.why("01-threaded-io", "downloads.cpp", mutant) == "the callee checks as well");
    CHECK(survivors.unused().empty());
    CHECK(survivors.why("01-threaded-io", "downloads.cpp", mutant).empty());
}

TEST_CASE("an entry without a reason is an error") {
    const std::string text = entry;
    const File file{text.substr(0, text.find("why"))};
    CHECK_THROWS_AS(file.read(), lockstep::GraderError);
}

}  // namespace
