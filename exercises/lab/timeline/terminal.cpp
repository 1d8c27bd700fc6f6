#include <lab/timeline/timeline.hpp>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace lab {
namespace {

std::string_view environment(const char* name) noexcept {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

/// Asks the environment and not `setlocale`, for a program that never called that is in the "C"
/// locale whatever its terminal shows.
bool utf8() noexcept {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        if (const std::string_view locale = environment(name); !locale.empty()) {
            for (const std::string_view form : {"UTF-8", "UTF8", "utf-8", "utf8"}) {
                if (locale.find(form) != std::string_view::npos) {
                    return true;
                }
            }
            return false;
        }
    }
    return false;
}

}  // namespace

TextStyle style_for(int file_descriptor) {
    TextStyle style;
    style.unicode = utf8();
    style.width = 100;
    if (isatty(file_descriptor) == 0) {
        return style;
    }
    winsize size{};
    if (ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) {
        style.width = std::clamp<unsigned>(size.ws_col, 40, 200);
    }
    // https://no-color.org: present and not empty.
    const std::string_view terminal = environment("TERM");
    style.colour = environment("NO_COLOR").empty() && !terminal.empty() && terminal != "dumb";
    return style;
}

}  // namespace lab
