// The content of a file: of one that somebody named, or of our own.
#pragma once

#include <base/error.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace lockstep {

/// Throws UsageError for what is no regular file, can't be read, or holds more than `most` bytes.
[[nodiscard]] inline std::string read_file(const std::filesystem::path& path, std::size_t most) {
    const auto refuse = [&](std::string_view why) {
        throw UsageError(
            fmt::format("'{}' can't be read ({}): name another file.", path.string(), why));
    };
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        refuse("there is none of that name");
    }
    // A FIFO would wait for ever, and a device never ends.
    if (!std::filesystem::is_regular_file(status)) {
        refuse("it is no file");
    }
    std::ifstream stream{path, std::ios::binary};
    std::string content;
    std::string block(std::size_t{1} << 16, '\0');
    while (stream) {
        stream.read(block.data(), static_cast<std::streamsize>(block.size()));
        content.append(block, 0, static_cast<std::size_t>(stream.gcount()));
        if (content.size() > most) {
            refuse(fmt::format("it is longer than {} MiB", most >> 20U));
        }
    }
    if (!stream.eof()) {
        refuse("opening or reading it failed");
    }
    return content;
}

/// Nullopt where there is no such file, or reading it fails on the way (a folder; a process in
/// /proc that has ended). Only for what can't be long, and is no FIFO.
[[nodiscard]] inline std::optional<std::string> read_bytes(const std::filesystem::path& path) {
    const std::ifstream stream{path, std::ios::binary};
    std::ostringstream content;
    if (stream.is_open()) content << stream.rdbuf();
    // Of an empty file nothing could be written, which is `fail`, not `bad`.
    if (!stream.is_open() || content.bad()) return std::nullopt;
    return std::move(content).str();
}

}  // namespace lockstep
