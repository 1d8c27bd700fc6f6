#include <collect/small_kit.hpp>

#include <lab/catch.hpp>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <string>

using namespace lockstep;
using namespace lockstep::testing;

namespace fs = std::filesystem;

namespace {

constexpr const char* b_is_missing =
    "!b.hpp is missing: exercise 02-two is graded with all of its files (b.hpp, c.cpp).";

}  // namespace

TEST_CASE("a folder may be laid out as the kit, an exercise's folder, or flat") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    for (const char* layout : {"exercises/01-one/a.cpp", "01-one/a.cpp", "Jo's work/01-one/a.cpp",
                               "-x/exercises/01-one/a.cpp", "a.cpp", "été/a.cpp"}) {
        CAPTURE(layout);
        const Scratch submitted;
        submitted.write(layout, "int a;");
        submitted.write("notes.txt", "not asked for");
        CHECK(brief(collect(submitted.path(), kit, {})) == "01-one: a.cpp=int a;");
        CHECK(brief(collect(submitted.path(), kit, {"1"})) == "01-one: a.cpp=int a;");
        CHECK(sentence_of<UsageError>([&] {
                  (void)collect(submitted.path(), kit, {"02"});
              }).find("There is no exercise in ") == 0);
    }
}

TEST_CASE("exercises come in the kit's order, those that were asked for even when missing") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    const Scratch submitted;
    submitted.write("exercises/02-two/c.cpp", "c");
    CHECK(brief(collect(submitted.path(), kit, {})) ==
          std::string{"02-two: c.cpp=c "} + b_is_missing);
    CHECK(brief(collect(submitted.path(), kit, {"two", "one"})) ==
          "01-one: !a.cpp is missing: exercise 01-one is graded with all of its files (a.cpp). | "
          "02-two: c.cpp=c " +
              std::string{b_is_missing});
    submitted.write("exercises/01-one/a.cpp", "a");
    submitted.write("exercises/02-two/b.hpp", "b");
    CHECK(brief(collect(submitted.path(), kit, {})) == "01-one: a.cpp=a | 02-two: b.hpp=b c.cpp=c");
}

TEST_CASE("flat files that may be for two exercises need to be told apart") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    const Scratch submitted;
    submitted.write("a.cpp", "a");
    submitted.write("c.cpp", "c");
    CHECK(sentence_of<UsageError>([&] {
              (void)collect(submitted.path(), kit, {});
          }).find("may be for 01-one or for 02-two: say which with --exercise.") !=
          std::string::npos);
    CHECK(brief(collect(submitted.path(), kit, {"one"})) == "01-one: a.cpp=a");
}

TEST_CASE("bytes are taken as they are") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    const Scratch submitted;
    for (const std::string& bytes : {std::string{"\xEF\xBB\xBFint a;\r\n"}, std::string{"caf\xE9"},
                                     std::string(3, '\0'), std::string{}}) {
        submitted.write("a.cpp", bytes);
        CHECK(collect(submitted.path(), kit, {}).at(0).files.at(0).bytes == bytes);
    }
}

TEST_CASE("what is no regular file is refused with a sentence, and never followed or waited for") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    const Scratch submitted;
    const fs::path file = submitted / "a.cpp";
    const auto problem = [&] { return brief(collect(submitted.path(), kit, {})); };

    fs::create_symlink("/etc/passwd", file);
    CHECK(problem() == "01-one: !a.cpp is a symbolic link: hand in the file itself.");
    fs::remove(file);
    fs::create_symlink("a.cpp", file);
    CHECK(problem() == "01-one: !a.cpp is a symbolic link: hand in the file itself.");
    fs::remove(file);
    REQUIRE(::mkfifo(file.c_str(), 0644) == 0);
    CHECK(problem() == "01-one: !a.cpp is a FIFO: hand in a file.");
    fs::remove(file);
    fs::create_directory(file);
    CHECK(problem() == "01-one: !a.cpp is a folder: hand in a file.");
    fs::remove(file);
    if (::mknod(file.c_str(), S_IFCHR | 0644, makedev(1, 5)) == 0) {
        CHECK(problem() == "01-one: !a.cpp is a device: hand in a file.");
        fs::remove(file);
    }
    submitted.write("a.cpp", "");
    fs::resize_file(file, std::uintmax_t{1} << 30);
    CHECK(problem() == "01-one: !a.cpp is larger than 1024 KiB: no exercise needs that much.");
    fs::resize_file(file, max_file_bytes);
    CHECK(collect(submitted.path(), kit, {}).at(0).complete());
}

TEST_CASE("a folder that is a symbolic link is not followed") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    const Scratch elsewhere;
    elsewhere.write("a.cpp", "somebody else's");
    const Scratch submitted;
    fs::create_directory_symlink(elsewhere.path(), submitted / "01-one");
    CHECK(
        brief(collect(submitted.path(), kit, {})) ==
        "01-one: !a.cpp lies below '01-one', which is a symbolic link: hand in the folder itself.");
}

TEST_CASE("a file that may not be read is refused with a sentence") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    const Scratch submitted;
    fs::permissions(submitted.path(), fs::perms::all);
    fs::permissions(submitted.write("a.cpp", "int a;"), fs::perms::none);
    // Root may read everything, so root becomes somebody else.
    const bool root = ::geteuid() == 0;
    if (root) REQUIRE(::seteuid(65534) == 0);
    const std::string found = brief(collect(submitted.path(), kit, {}));
    if (root) REQUIRE(::seteuid(0) == 0);
    CHECK(found == "01-one: !a.cpp can't be read (Permission denied).");
}

TEST_CASE("where there is nothing to grade, one sentence says so") {
    const Scratch scratch;
    const Kit kit = small_kit(scratch);
    const Scratch submitted;
    const auto sentence = [&](const fs::path& path) {
        return sentence_of<UsageError>([&] { (void)collect(path, kit, {}); });
    };
    CHECK(sentence(submitted / "none").find("There is no ") == 0);
    CHECK(sentence(submitted.path()).find("is empty: there is nothing to grade.") !=
          std::string::npos);
    submitted.write("README", "text");
    CHECK(sentence(submitted.path()) ==
          "There is no exercise in " + submitted.path().string() +
              ": it needs exercises/01-one/a.cpp or exercises/02-two/b.hpp.");
    CHECK(sentence(submitted / "README").find("is neither a folder nor an archive") !=
          std::string::npos);
    CHECK(sentence("/dev/null").find("is neither a folder nor an archive") != std::string::npos);
}
