#include <class/submissions.hpp>

#include <base/error.hpp>
#include <base/scratch_folder.hpp>

#include <lab/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace {

namespace fs = std::filesystem;
using namespace lockstep;

class Folder {
public:
    explicit Folder(const std::string& name = "class") : path_{scratch_.path() / name} {
        fs::create_directory(path_);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }
    void file(const std::string& name) const {
        fs::create_directories((path_ / name).parent_path());
        write(name, "x");
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream{path_ / name} << text;
    }
    /// Student to path, relative to the folder.
    [[nodiscard]] std::map<std::string, std::string> found() const {
        std::map<std::string, std::string> all;
        for (const Handed& handed : submissions_in(path_))
            all[handed.student] = handed.path.lexically_relative(path_).string();
        return all;
    }

private:
    ScratchFolder scratch_;
    fs::path path_;
};

using Found = std::map<std::string, std::string>;

TEST_CASE("folders and archives are submissions, and other files are not") {
    const Folder folder;
    folder.file("ada/exercises/01-threaded-io/downloads.cpp");
    folder.file("bob.zip");
    folder.file("cy.tar.gz");
    folder.file("notes.txt");
    folder.file(".hidden/downloads.cpp");
    folder.file("__MACOSX/x");
    CHECK(folder.found() == Found{{"ada", "ada"}, {"bob", "bob.zip"}, {"cy", "cy.tar.gz"}});
}

TEST_CASE("names are without what GitHub Classroom's tool adds") {
    const Folder folder{"week-3-submissions"};
    folder.file("week-3-ada-l/x");
    folder.file("other/x");
    CHECK(folder.found() == Found{{"ada-l", "week-3-ada-l"}, {"other", "other"}});
}

TEST_CASE("Moodle's folders are without its numbers, and the archive in one is what counts") {
    const Folder folder;
    folder.file("Ada Lovelace_12345_assignsubmission_file_/work.zip");
    folder.file("Bob Hope_777_assignsubmission_file/downloads.cpp");
    folder.file("Two Files_1_assignsubmission_file_/a.zip");
    folder.file("Two Files_1_assignsubmission_file_/b.zip");
    CHECK(folder.found() ==
          Found{{"Ada Lovelace", "Ada Lovelace_12345_assignsubmission_file_/work.zip"},
                {"Bob Hope", "Bob Hope_777_assignsubmission_file"},
                {"Two Files", "Two Files_1_assignsubmission_file_"}});
}

TEST_CASE("Gradescope's folders are whose its list says, a group's everybody's") {
    const Folder folder;
    folder.file("submission_1/downloads.cpp");
    folder.file("submission_2/downloads.cpp");
    folder.file("submission_3/downloads.cpp");
    folder.write("submission_metadata.yml", R"(---
submission_1:
  :submitters:
  - :name: Ada L
    :sid: '007'
    :email: ada@example.org
  :created_at: 2026-11-20 10:00:00.000000000 Z
  :score: 0.0
submission_2:
  :submitters:
  - :name: Bob
    :sid:
    :email: bob@example.org
  - :name: Cy
    :sid: ''
    :email:
)");
    CHECK(folder.found() == Found{{"007", "submission_1"},
                                  {"bob@example.org", "submission_2"},
                                  {"Cy", "submission_2"},
                                  {"submission_3", "submission_3"}});
    for (const char* list : {"- submission_1", "submission_1:", "a: [", "submission_1: {x: 1}",
                             "submission_1: {':submitters': [{':sid': ''}]}"}) {
        folder.write("submission_metadata.yml", list);
        CAPTURE(list);
        CHECK_THROWS_AS(submissions_in(folder.path()), UsageError);
    }
}

TEST_CASE("a folder without submissions, or with two of one student, is refused") {
    const Folder folder;
    CHECK_THROWS_AS(submissions_in(folder.path()), UsageError);
    CHECK_THROWS_AS(submissions_in(folder.path() / "missing"), UsageError);
    folder.file("ada/x");
    folder.file("ada.zip");
    CHECK_THROWS_AS(submissions_in(folder.path()), UsageError);
}

TEST_CASE("every student belongs to exactly one shard, and to the same one whoever else is there") {
    for (const unsigned of : {1U, 2U, 7U, 16U}) {
        std::map<unsigned, int> sizes;
        for (int number = 0; number < 200; ++number) {
            const std::string student = "student " + std::to_string(number);
            int times = 0;
            for (unsigned shard = 1; shard <= of; ++shard)
                if (belongs(student, {shard, of})) {
                    ++times;
                    ++sizes[shard];
                }
            CHECK(times == 1);
        }
        // No shard is left without work.
        CHECK(sizes.size() == of);
    }
}

}  // namespace
