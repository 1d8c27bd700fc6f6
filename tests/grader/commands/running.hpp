// The program `grader`, run as its callers run it.
#pragma once

#include <base/read_file.hpp>
#include <base/scratch_folder.hpp>
#include <lab/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

struct Folder : lockstep::ScratchFolder {
    [[nodiscard]] std::string text() const { return path().string(); }
};

struct Ran {
    int code = -1;
    std::string out;
    std::string err;
};

inline std::string content_of(const fs::path& file) {
    return lockstep::read_bytes(file).value_or("");
}

/// `arguments` as a shell reads them.
inline Ran run(const std::string& arguments) {
    const Folder folder;
    const std::string command = fmt::format("'{}' {} > '{}' 2> '{}' < /dev/null", GRADER, arguments,
                                            (folder / "out").string(), (folder / "err").string());
    const int status = std::system(command.c_str());
    Ran ran;
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ran.out = content_of(folder / "out");
    ran.err = content_of(folder / "err");
    return ran;
}

/// One sentence on standard error, nothing on standard output, and this exit code.
inline Ran refused(const std::string& arguments, int code = 2) {
    Ran ran = run(arguments);
    INFO(arguments);
    INFO(ran.err);
    CHECK(ran.code == code);
    CHECK(ran.out.empty());
    CHECK(ran.err.starts_with("grader: "));
    CHECK(ran.err.ends_with(".\n"));
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
    return ran;
}
