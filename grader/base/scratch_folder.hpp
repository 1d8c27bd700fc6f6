// A folder for as long as it is needed.
#pragma once

#include <base/error.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

namespace lockstep {

/// A new folder below TMPDIR or /tmp, which goes away with everything in it.
class ScratchFolder {
public:
    /// Throws GraderError.
    ScratchFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "lockstep-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw GraderError{fmt::format(
                "No temporary folder could be made in {} ({}): make room there, or set TMPDIR.",
                std::filesystem::temp_directory_path().string(), std::strerror(errno))};
        path_ = name;
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

}  // namespace lockstep
