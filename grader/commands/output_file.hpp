// A file that is there complete or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace lockstep {

/// Opens a temporary file beside `path` at once, so that a place that can't be written is found
/// before anything else is done; `commit` gives it its name. What was there before stays until
/// then, and for good when there is no `commit`. A device or FIFO is written to as it is.
class OutputFile {
public:
    /// Throws UsageError.
    explicit OutputFile(std::filesystem::path path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    /// To be called once. Throws GraderError, for a full disk above all.
    void commit(std::string_view content);

private:
    void give_up() noexcept;

    std::filesystem::path path_;       ///< with symbolic links followed
    std::filesystem::path temporary_;  ///< empty when written in place
    int descriptor_ = -1;
};

}  // namespace lockstep
