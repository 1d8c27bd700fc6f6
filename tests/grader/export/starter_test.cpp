// What is in a starter, and above all what is not.
#include <export/starter.hpp>

#include <base/error.hpp>
#include <base/read_file.hpp>
#include <base/scratch_folder.hpp>

#include <lab/catch.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using lab::contains;
using lockstep::Exercise;
using lockstep::GraderError;
using lockstep::Kit;
using lockstep::ScratchFolder;
using lockstep::StarterFile;

namespace {

const Kit& the_kit() {
    static const Kit kit{KIT, "unused"};
    return kit;
}

std::set<std::string> paths_of(const std::vector<StarterFile>& files) {
    std::set<std::string> paths;
    for (const StarterFile& file : files) paths.insert(file.path.string());
    return paths;
}

const std::string& content_of(const std::vector<StarterFile>& files, const std::string& path) {
    const auto found = std::find_if(files.begin(), files.end(),
                                    [&](const StarterFile& file) { return file.path == path; });
    REQUIRE(found != files.end());
    return found->content;
}

/// The files below, wherever they lie there.
std::vector<fs::path> files_below(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{folder}) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
}

/// A copy of what a starter is made of, to be spoilt.
void copy_kit(const fs::path& to) {
    const fs::path kit{KIT};
    const auto options = fs::copy_options::recursive;
    for (const char* file : {"CMakeLists.txt", "CMakePresets.json", "kit"}) {
        fs::copy(kit / file, to / file);
    }
    for (const char* folder :
         {"cmake", "exercises", "grader/export/starter", "solutions/01-threaded-io"}) {
        fs::create_directories((to / folder).parent_path());
        fs::copy(kit / folder, to / folder, options);
    }
}

}  // namespace

TEST_CASE("a starter has all that students need") {
    const std::vector<StarterFile> files = starter_files(the_kit(), the_kit().exercises());
    const std::set<std::string> paths = paths_of(files);
    CHECK(paths.size() == files.size());
    for (const char* path :
         {"CMakeLists.txt", "CMakePresets.json", "README.md", ".gitignore", "kit",
          "cmake/packages.txt", ".github/workflows/autograde.yml", ".github/autograde/run",
          "exercises/CMakeLists.txt", "exercises/lab/CMakeLists.txt", "exercises/lab/observe.hpp",
          "exercises/lab/races/tsan_wraps.ld", "exercises/support/trial.cpp"}) {
        CAPTURE(path);
        CHECK(paths.contains(path));
    }
    for (const Exercise& exercise : the_kit().exercises()) {
        CAPTURE(exercise.id);
        const std::string folder = "exercises/" + exercise.id + '/';
        for (const char* name :
             {"exercise.toml", "README.md", "README.fr.md", "tests.cpp", "example.cpp"}) {
            CHECK(paths.contains(folder + name));
        }
        for (const std::string& name : exercise.files) {
            CHECK(content_of(files, folder + name) ==
                  lockstep::read_file(exercise.folder / name, 1U << 20U));
        }
        CHECK_THAT(content_of(files, "README.md"), contains(folder + "README.md"));
    }
    for (const StarterFile& file : files) {
        CAPTURE(file.path.string());
        CHECK(file.executable == (file.path == "kit" || file.path == ".github/autograde/run"));
    }
}

TEST_CASE("a starter lies in four folders and has six files beside them") {
    std::set<std::string> tops;
    for (const std::string& path : paths_of(starter_files(the_kit(), the_kit().exercises()))) {
        tops.insert(path.substr(0, path.find('/')));
    }
    CHECK(tops == std::set<std::string>{".github", ".gitignore", "CMakeLists.txt",
                                        "CMakePresets.json", "README.md", "cmake", "exercises",
                                        "kit"});
}

TEST_CASE("no solution, no hidden check, no submission of the corpus is in a starter") {
    const std::vector<StarterFile> files = starter_files(the_kit(), the_kit().exercises());
    std::set<std::string> contents;
    for (const StarterFile& file : files) contents.insert(file.content);
    std::size_t secrets = 0;
    for (const char* folder : {"solutions", "grader/hidden", "grader/judge", "grader/driver",
                               "grader/worker", "tests/submissions"}) {
        for (const fs::path& secret : files_below(fs::path{KIT} / folder)) {
            CAPTURE(secret.string());
            const std::string content = lockstep::read_file(secret, 1U << 24U);
            // What a submission did not touch is the skeleton.
            bool is_skeleton = false;
            for (const Exercise& exercise : the_kit().exercises()) {
                const fs::path skeleton = exercise.folder / secret.filename();
                is_skeleton =
                    is_skeleton ||
                    (secret.string().find("submissions") != std::string::npos &&
                     fs::exists(skeleton) && lockstep::read_file(skeleton, 1U << 24U) == content);
            }
            if (content.empty() || is_skeleton) continue;
            CHECK_FALSE(contents.contains(content));
            ++secrets;
        }
    }
    CHECK(secrets > 100);
    for (const StarterFile& file : files) {
        CAPTURE(file.path.string());
        CHECK(file.content.find("TEST_CASE(\"0") == std::string::npos);
        CHECK(file.content.find("#include <judge/") == std::string::npos);
        CHECK(file.content.find("#include <worker/") == std::string::npos);
        CHECK(file.content.find("LOCKSTEP_SCENARIO") == std::string::npos);
    }
}

TEST_CASE("a starter for one exercise says nothing of the others") {
    const Exercise& only = the_kit().exercise("01");
    const std::vector<StarterFile> files = starter_files(the_kit(), {only});
    for (const Exercise& exercise : the_kit().exercises()) {
        if (exercise.id == only.id) continue;
        for (const std::string& path : paths_of(files)) {
            CHECK(path.find(exercise.id) == std::string::npos);
        }
        for (const char* file : {"exercises/CMakeLists.txt", "README.md"}) {
            CHECK(content_of(files, file).find(exercise.id) == std::string::npos);
        }
    }
    const std::string& workflow = content_of(files, ".github/workflows/autograde.yml");
    CHECK_THAT(workflow, contains("EXERCISE01_RESULTS: ${{ steps.report.outputs.exercise01 }}"));
    CHECK(workflow.find("EXERCISE02") == std::string::npos);
    CHECK(workflow.find("@NN@") == std::string::npos);
}

TEST_CASE("what nobody named stays in the kit") {
    const ScratchFolder scratch;
    copy_kit(scratch.path());
    const std::set<std::string> before =
        paths_of(starter_files(Kit{scratch.path(), "unused"}, the_kit().exercises()));
    const fs::path exercises = scratch.path() / "exercises";
    for (const fs::path& stray :
         {scratch.path() / "answers.md", scratch.path() / "cmake/Secret.cmake",
          exercises / "answers.md", exercises / "01-threaded-io/solution.cpp",
          exercises / "01-threaded-io/answers.md", exercises / "01-threaded-io/.downloads.cpp.swp",
          exercises / "lab/answers.txt", scratch.path() / "grader/export/starter/answers.md"}) {
        std::ofstream{stray} << "a secret";
    }
    fs::create_directories(exercises / "01-threaded-io/old");
    std::ofstream{exercises / "01-threaded-io/old/downloads.hpp"} << "a secret";
    fs::create_symlink("/etc/passwd", exercises / "01-threaded-io/more.hpp");
    fs::create_symlink("/etc/passwd", exercises / "lab/more.hpp");
    CHECK(paths_of(starter_files(Kit{scratch.path(), "unused"}, the_kit().exercises())) == before);
}

TEST_CASE("a solution in the skeleton's place is not handed out") {
    const ScratchFolder scratch;
    copy_kit(scratch.path());
    fs::copy_file(scratch.path() / "solutions/01-threaded-io/downloads.cpp",
                  scratch.path() / "exercises/01-threaded-io/downloads.cpp",
                  fs::copy_options::overwrite_existing);
    const Kit kit{scratch.path(), "unused"};
    CHECK_THROWS_WITH(starter_files(kit, kit.exercises()), contains("is the reference solution"));
}

TEST_CASE("a starter of which a part is missing is none") {
    const ScratchFolder scratch;
    copy_kit(scratch.path());
    const Kit kit{scratch.path(), "unused"};
    fs::remove(scratch.path() / "exercises/01-threaded-io/README.fr.md");
    CHECK_THROWS_AS(starter_files(kit, kit.exercises()), GraderError);
    // A link in its place could lead to anything.
    fs::create_symlink("/etc/passwd", scratch.path() / "exercises/01-threaded-io/README.fr.md");
    CHECK_THROWS_AS(starter_files(kit, kit.exercises()), GraderError);
}
