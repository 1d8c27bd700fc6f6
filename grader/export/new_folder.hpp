// A folder that is there complete or not at all.
#pragma once

#include <filesystem>
#include <string_view>

namespace lockstep {

/// Makes a temporary folder beside `path` at once, so that a place that can't be written is found
/// before anything else is done; `commit` gives it its name. Without `commit` it goes away.
class NewFolder {
public:
    /// Throws UsageError where something is there already (an empty folder is nothing), GraderError
    /// where the place can't be written.
    explicit NewFolder(std::filesystem::path path);
    ~NewFolder();
    NewFolder(const NewFolder&) = delete;
    NewFolder& operator=(const NewFolder&) = delete;

    /// A new file below the folder, and the folders on the way to it. Throws GraderError, for a
    /// full disk above all.
    void add(const std::filesystem::path& file, std::string_view content, bool executable);

    /// To be called once. Throws as the constructor does: somebody may have come in between.
    void commit();

private:
    void refuse_what_is_there() const;
    [[noreturn]] void unwritable(int why) const;

    std::filesystem::path asked_;
    std::filesystem::path path_;       ///< with symbolic links followed
    std::filesystem::path temporary_;  ///< empty when there is none
};

}  // namespace lockstep
