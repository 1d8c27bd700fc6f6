#include <verify/layout.hpp>

#include <base/read_file.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <regex>
#include <set>
#include <system_error>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

std::set<std::string> names_in(const fs::path& folder) {
    std::set<std::string> names;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder, error}) {
        names.insert(entry.path().filename().string());
    }
    return names;
}

class Inspector {
public:
    Inspector(const Kit& kit, const Exercise& exercise) : kit_{kit}, exercise_{exercise} {}

    KitComplaints inspect() && {
        inspect_exercise();
        inspect_solution();
        inspect_hidden();
        const std::set<std::string> kinds{"correct", "wrong"};
        inspect_corpus(kit_.corpus() / "hostile" / exercise_.id);
        for (const std::string& kind : names_in(kit_.corpus() / exercise_.id)) {
            const fs::path folder = kit_.corpus() / exercise_.id / kind;
            if (kinds.contains(kind)) {
                inspect_corpus(folder);
            } else {
                complain(folder, "is neither correct nor wrong.", "Move or remove it.");
            }
        }
        return std::move(complaints_);
    }

private:
    void complain(const fs::path& about, std::string says, std::string fix) {
        complaints_.push_back(
            {about.lexically_relative(kit_.source()).string(), std::move(says), std::move(fix)});
    }

    [[nodiscard]] bool editable(const std::string& name) const {
        return std::find(exercise_.files.begin(), exercise_.files.end(), name) !=
               exercise_.files.end();
    }

    void need(const fs::path& file, const std::string& what_for) {
        if (!fs::is_regular_file(file)) {
            complain(file, "is missing.", fmt::format("Write it: {}.", what_for));
        }
    }

    void inspect_exercise() {
        const fs::path& folder = exercise_.folder;
        const std::set<std::string> known{"exercise.toml", "README.md", "README.fr.md",
                                          "example.cpp",   "tests.cpp", "CMakeLists.txt"};
        need(folder / "README.md", "the handout, in English");
        need(folder / "README.fr.md", "the handout, in French");
        need(folder / "example.cpp", "the handout's worked example");
        need(folder / "tests.cpp", "the tests that students run themselves");
        for (const std::string& file : exercise_.files) {
            need(folder / file, "the skeleton, of which exercise.toml says that students edit it");
        }
        for (const std::string& name : names_in(folder)) {
            const bool header = name.ends_with(".hpp") || name.ends_with(".svg");
            if (!known.contains(name) && !editable(name) && !header) {
                complain(folder / name, "is no part of an exercise.",
                         "Remove it, or list it in exercise.toml if students are to edit it.");
            }
        }
    }

    void inspect_solution() {
        const fs::path folder = kit_.solutions() / exercise_.id;
        for (const std::string& file : exercise_.files) {
            need(folder / file, "the reference solution");
        }
        for (const std::string& name : names_in(folder)) {
            if (!editable(name)) {
                complain(folder / name, "is no file that a student may edit.",
                         "Remove it: a solution is what could have been handed in.");
            }
        }
    }

    /// Checks are Catch2's test cases, named by exercise and check.
    void inspect_hidden() {
        const fs::path folder = kit_.source() / "grader" / "hidden" / exercise_.id;
        std::set<std::string> hidden;
        std::error_code error;
        for (const fs::directory_entry& entry : fs::directory_iterator{folder, error}) {
            const std::string source = read_bytes(entry.path()).value_or("");
            const std::regex pattern{R"re(TEST_CASE\(\s*")re" + exercise_.id + R"re(/([^"]*)")re"};
            for (std::sregex_iterator found{source.begin(), source.end(), pattern}, end;
                 found != end; ++found) {
                hidden.insert((*found)[1]);
            }
        }
        for (const Check& check : exercise_.checks) {
            if (hidden.erase(check.id) == 0) {
                complain(folder, fmt::format("has no check \"{}\".", check.id),
                         fmt::format("Write TEST_CASE(\"{}/{}\") there, or take the check out of "
                                     "exercise.toml.",
                                     exercise_.id, check.id));
            }
        }
        for (const std::string& check : hidden) {
            complain(folder,
                     fmt::format("has a check \"{}\" that exercise.toml does not know.", check),
                     "Add it to exercise.toml, with its points and texts, or remove it.");
        }
    }

    void inspect_corpus(const fs::path& folder) {
        for (const std::string& submission : names_in(folder)) {
            const fs::path path = folder / submission;
            if (!fs::is_directory(path)) {
                complain(path, "is no folder.",
                         "Remove it: a submission of the corpus is a folder.");
                continue;
            }
            need(path / "expect.toml", "what the submission is, and the verdicts that it must get");
            for (const std::string& name : names_in(path)) {
                if (name != "expect.toml" && !editable(name)) {
                    complain(path / name, "is no file that a student may edit.",
                             "Remove it: the grader would not take it.");
                }
            }
        }
    }

    const Kit& kit_;
    const Exercise& exercise_;
    KitComplaints complaints_;
};

}  // namespace

KitComplaints inspect_layout(const Kit& kit, const Exercise& exercise) {
    return Inspector{kit, exercise}.inspect();
}

KitComplaints inspect_folders(const Kit& kit) {
    std::set<std::string> known{"README.md", "hostile"};
    for (const Exercise& exercise : kit.exercises()) {
        known.insert(exercise.id);
    }
    KitComplaints complaints;
    for (const fs::path& folder : {kit.solutions(), kit.corpus(), kit.corpus() / "hostile"}) {
        for (const std::string& name : names_in(folder)) {
            if (!known.contains(name)) {
                complaints.push_back({(folder / name).lexically_relative(kit.source()).string(),
                                      "belongs to no exercise.",
                                      "Remove it, or give the exercise its folder in exercises/."});
            }
        }
    }
    return complaints;
}

}  // namespace lockstep
