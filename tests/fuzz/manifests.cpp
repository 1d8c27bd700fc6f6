// An exercise.toml.
#include "promise.hpp"

#include <base/error.hpp>
#include <base/scratch_folder.hpp>
#include <exercise/manifest.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

void keep_promises(const lockstep::Exercise& exercise) {
    fuzz::promise(!exercise.checks.empty() && exercise.checks.size() <= 9, "one to nine checks");
    for (const lockstep::Check& check : exercise.checks) {
        fuzz::promise(check.points == exercise.checks.front().points, "equal points");
        fuzz::promise(exercise.check(check.id) != nullptr, "checks are found by their ids");
    }
    for (const std::string& file : exercise.files)
        fuzz::promise(!file.empty() && file.find('/') == std::string::npos, "plain names");
    for (const lockstep::Question& question : exercise.questions)
        fuzz::promise(question.right < question.answers.size(), "the right answer is there");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    // Its name is an exercise's, which the manifest has to agree with.
    static const lockstep::ScratchFolder scratch;
    static const std::filesystem::path folder = scratch.path() / "01-x";
    std::filesystem::create_directory(folder);
    std::ofstream{folder / "exercise.toml", std::ios::binary}.write(
        reinterpret_cast<const char*>(bytes), static_cast<std::streamsize>(size));
    try {
        keep_promises(lockstep::read_manifest(folder));
    } catch (const lockstep::GraderError&) {  // as it should
    }
    return 0;
}
