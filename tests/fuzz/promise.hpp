// What a fuzz target is sure of.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace fuzz {

/// Ends the program where the readers break a promise: that is what a fuzzer looks for.
inline void promise(bool kept, const char* what) {
    if (kept) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

/// But for newlines and those in `allowed`.
inline void promise_no_controls(std::string_view text, std::string_view allowed = "") {
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        const bool control = code < 0x20 || code == 0x7f;
        promise(!control || byte == '\n' || allowed.find(byte) != std::string_view::npos,
                "no control characters");
    }
}

/// Lines that a terminal and GitHub's runner take for what they are.
inline void promise_plain(std::string_view text) {
    promise_no_controls(text);
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        const std::size_t begin = line.find_first_not_of(" \t");
        promise(begin == std::string_view::npos || line.substr(begin, 2) != "::",
                "no line that begins with ::");
        promise(line.find("##[") == std::string_view::npos, "no ##[");
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
}

}  // namespace fuzz
