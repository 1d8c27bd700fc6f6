// Grades what a test writes, in a folder that is gone afterwards.
#pragma once

#include <base/scratch_folder.hpp>
#include <exercise/kit.hpp>
#include <grading/grading.hpp>
#include <score/result.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace graded {

namespace fs = std::filesystem;

struct Folder : lockstep::ScratchFolder {
    void write(const std::string& name, const std::string& text) const {
        std::ofstream{path() / name, std::ios::binary} << text;
    }
};

inline const lockstep::Kit& kit() {
    static const lockstep::Kit the_kit{KIT, BUILD};
    return the_kit;
}

/// All tests share what was built: most of the time goes there.
inline const lockstep::Grading& grading() {
    static const lockstep::Grading the_grading{kit(), fs::path{BUILD} / "cache"};
    return the_grading;
}

inline lockstep::Result grade(const fs::path& submission, std::uint64_t seed = 1) {
    return grading().grade(submission,
                           {.exercises = {"01-threaded-io"}, .seed = seed, .progress = {}});
}

/// Grades exercise 01 with this as its file.
inline lockstep::Result grade_text(const std::string& text) {
    const Folder folder;
    folder.write("downloads.cpp", text);
    return grade(folder.path());
}

}  // namespace graded
