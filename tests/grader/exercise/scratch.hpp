// A folder for one test, which goes away with everything in it.
#pragma once

#include <base/error.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace lockstep::testing {

class Scratch {
public:
    Scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "lockstep-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw GraderError("No folder could be made in /tmp.");
        folder_ = name;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
        return folder_ / name;
    }

    std::filesystem::path write(const std::string& name, const std::string& bytes) const {
        const std::filesystem::path file = folder_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file, std::ios::binary} << bytes;
        return file;
    }

private:
    std::filesystem::path folder_;
};

/// What the call throws says this; "" when it throws nothing of that type.
template <class Error, class Call>
std::string sentence_of(Call call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

}  // namespace lockstep::testing
