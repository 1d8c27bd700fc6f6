#include <export/starter.hpp>

#include <export/starter_texts.hpp>

#include <base/error.hpp>
#include <base/read_file.hpp>

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>
#include <system_error>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes_of_file = std::size_t{16} << 20;

// --- What goes as it is -------------------------------------------------------------------------

constexpr std::array<std::string_view, 11> build_files{
    "CMakeLists.txt",       "cmake/Dependencies.cmake",
    "cmake/Exercise.cmake", "cmake/Manifest.cmake",
    "cmake/Programs.cmake", "cmake/Sanitizers.cmake",
    "cmake/Testing.cmake",  "cmake/Toolchain.cmake",
    "cmake/Warnings.cmake", "cmake/build_exercise.cmake",
    "cmake/packages.txt",
};

/// Hints and the quiz's answers stand in exercise.toml. Neither is a secret: the public tests show
/// the ones and the handouts the others.
constexpr std::array<std::string_view, 5> exercise_files{
    "exercise.toml", "README.md", "README.fr.md", "example.cpp", "tests.cpp",
};

/// What else an exercise's folder may hold, by its ending.
constexpr std::array<std::string_view, 2> exercise_kinds{".hpp", ".svg"};

constexpr std::array<std::string_view, 2> shared_folders{"exercises/lab", "exercises/support"};
constexpr std::array<std::string_view, 3> shared_kinds{".cpp", ".hpp", ".ld"};
constexpr std::array<std::string_view, 2> shared_names{"CMakeLists.txt", "README.md"};

// --- What only a starter has --------------------------------------------------------------------

struct Own {
    std::string_view from;  ///< below grader/export/starter
    std::string_view to;
    bool executable = false;
};

constexpr std::array<Own, 10> own_files{{
    {"README.md", "README.md"},
    {"gitignore", ".gitignore"},
    {"autograde.yml", ".github/workflows/autograde.yml"},
    {"autograde/run", ".github/autograde/run", true},
    {"autograde/__main__.py", ".github/autograde/__main__.py"},
    {"autograde/classroom.py", ".github/autograde/classroom.py"},
    {"autograde/classroom50.py", ".github/autograde/classroom50.py"},
    {"autograde/foreign.py", ".github/autograde/foreign.py"},
    {"autograde/github.py", ".github/autograde/github.py"},
    {"autograde/results.py", ".github/autograde/results.py"},
}};

template <typename List>
bool is_one_of(const List& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

class Packer {
public:
    explicit Packer(const Kit& kit) : kit_{kit} {}

    std::vector<StarterFile> pack(const std::vector<Exercise>& exercises) && {
        for (const std::string_view file : build_files) {
            take(file);
        }
        take("kit", true);
        add("CMakePresets.json", student_presets(read("CMakePresets.json")));
        for (const std::string_view folder : shared_folders) {
            take_shared(folder);
        }
        add("exercises/CMakeLists.txt",
            without_other_exercises(read("exercises/CMakeLists.txt"), exercises));
        for (const Exercise& exercise : exercises) {
            take_exercise(exercise);
        }
        for (const Own& own : own_files) {
            add(own.to,
                for_each_exercise(read(fs::path{"grader/export/starter"} / own.from), exercises),
                own.executable);
        }
        std::sort(files_.begin(), files_.end(),
                  [](const StarterFile& a, const StarterFile& b) { return a.path < b.path; });
        return std::move(files_);
    }

private:
    [[nodiscard]] std::string read(const fs::path& file) const {
        const fs::path path = kit_.source() / file;
        std::error_code error;
        // A link could lead to anything.
        if (!fs::is_regular_file(fs::symlink_status(path, error))) {
            throw GraderError(fmt::format("'{}' is no file, and belongs in a starter: put it back.",
                                          path.string()));
        }
        try {
            return read_file(path, most_bytes_of_file);
        } catch (const UsageError& failed) {
            throw GraderError(failed.what());
        }
    }

    void add(const fs::path& path, std::string content, bool executable = false) {
        files_.push_back({path, std::move(content), executable});
    }

    void take(const fs::path& file, bool executable = false) { add(file, read(file), executable); }

    /// Plain files of the folder, by their names; `deep`: and below it.
    [[nodiscard]] std::vector<fs::path> files_in(const fs::path& folder, bool deep) const {
        std::vector<fs::path> files;
        std::error_code error;
        fs::recursive_directory_iterator entry{kit_.source() / folder, error};
        for (const fs::recursive_directory_iterator end; !error && entry != end;
             entry.increment(error)) {
            if (!deep) {
                entry.disable_recursion_pending();
            }
            if (fs::is_regular_file(entry->symlink_status())) {
                files.push_back(entry->path().lexically_relative(kit_.source()));
            }
        }
        if (error) {
            throw GraderError(fmt::format("'{}' can't be read ({}): put it back.",
                                          (kit_.source() / folder).string(), error.message()));
        }
        return files;
    }

    void take_shared(const fs::path& folder) {
        for (const fs::path& file : files_in(folder, true)) {
            if (is_one_of(shared_kinds, file.extension().string()) ||
                is_one_of(shared_names, file.filename().string())) {
                take(file);
            }
        }
    }

    void take_exercise(const Exercise& exercise) {
        const fs::path folder = fs::path{"exercises"} / exercise.id;
        for (const std::string_view name : exercise_files) {
            take(folder / name);
        }
        for (const std::string& name : exercise.files) {
            add(folder / name, skeleton(exercise, name));
        }
        for (const fs::path& file : files_in(folder, false)) {
            if (is_one_of(exercise_kinds, file.extension().string()) &&
                !is_one_of(exercise.files, file.filename().string())) {
                take(file);
            }
        }
    }

    /// Whoever tries a solution in the skeleton's place must not hand it out.
    [[nodiscard]] std::string skeleton(const Exercise& exercise, const std::string& name) const {
        std::string content = read(fs::path{"exercises"} / exercise.id / name);
        const fs::path solution = fs::path{"solutions"} / exercise.id / name;
        std::error_code error;
        if (fs::exists(kit_.source() / solution, error) && content == read(solution)) {
            throw GraderError(
                fmt::format("exercises/{}/{} is the reference solution: put the skeleton back.",
                            exercise.id, name));
        }
        return content;
    }

    const Kit& kit_;
    std::vector<StarterFile> files_;
};

}  // namespace

std::vector<StarterFile> starter_files(const Kit& kit, const std::vector<Exercise>& exercises) {
    return Packer{kit}.pack(exercises);
}

}  // namespace lockstep
