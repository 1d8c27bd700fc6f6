// A folder for one test, which goes away with everything in it.
#pragma once

#include <base/scratch_folder.hpp>

#include <filesystem>
#include <fstream>
#include <string>

namespace lockstep::testing {

struct Scratch : ScratchFolder {
    std::filesystem::path write(const std::string& name, const std::string& bytes) const {
        std::filesystem::path file = *this / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file, std::ios::binary} << bytes;
        return file;
    }
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
