#include <commands/commands.hpp>
#include <commands/interruption.hpp>

#include <exercise/kit.hpp>
#include <export/new_folder.hpp>
#include <export/starter.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace lockstep {
namespace {

/// Each once, in order of their numbers, however the caller named them.
std::vector<Exercise> chosen(const Kit& kit, const std::vector<std::string>& names) {
    if (names.empty()) {
        return kit.exercises();
    }
    const std::vector<std::string> ids = kit.ids_of(names);
    std::vector<Exercise> exercises;
    for (const Exercise& exercise : kit.exercises()) {
        if (std::ranges::find(ids, exercise.id) != ids.end()) {
            exercises.push_back(exercise);
        }
    }
    return exercises;
}

}  // namespace

int export_starter(const ExportStarterOptions& options) {
    const Interruption interruption;
    const Kit kit = Kit::find();
    const std::vector<Exercise> exercises = chosen(kit, options.exercises);
    NewFolder folder{options.folder};
    for (const StarterFile& file : starter_files(kit, exercises)) {
        interruption.throw_if_interrupted();
        folder.add(file.path, file.content, file.executable);
    }
    folder.commit();
    return 0;
}

}  // namespace lockstep
