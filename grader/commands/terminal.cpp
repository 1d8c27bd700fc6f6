#include <commands/terminal.hpp>

#include <base/error.hpp>
#include <report/foreign.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <lab/printable.hpp>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

namespace lockstep {
namespace {

std::string_view environment(const char* name) noexcept {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
}

/// Asks the environment, for a program that never called `setlocale` is in the "C" locale whatever
/// its terminal shows.
bool utf8() noexcept {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string_view locale = environment(name);
        if (!locale.empty()) {
            const std::string_view form = locale.substr(std::min(locale.find('.'), locale.size()));
            return form.starts_with(".UTF-8") || form.starts_with(".utf8") ||
                   form.starts_with(".UTF8") || form.starts_with(".utf-8");
        }
    }
    return false;
}

bool is_smart_terminal(int descriptor) noexcept {
    const std::string_view kind = environment("TERM");
    return isatty(descriptor) != 0 && !kind.empty() && kind != "dumb";
}

unsigned width_of(int descriptor) noexcept {
    winsize size{};
    if (isatty(descriptor) == 0 || ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return 80;
    }
    // Longer lines are hard to read.
    return std::clamp<unsigned>(size.ws_col, 40, 110);
}

}  // namespace

TextStyle style_of_stdout(Colour colour) {
    TextStyle style;
    style.width = width_of(STDOUT_FILENO);
    style.unicode = utf8();
    // https://no-color.org: present and not empty.
    style.colour = colour == Colour::always ||
                   (colour == Colour::automatic && is_smart_terminal(STDOUT_FILENO) &&
                    environment("NO_COLOR").empty());
    return style;
}

TextStyle style_of_file(Colour colour) {
    TextStyle style;
    style.colour = colour == Colour::always;
    return style;
}

ReportContext context_of(Audience audience, Language language, Colour colour, bool to_stdout) {
    ReportContext context;
    context.style = to_stdout ? style_of_stdout(colour) : style_of_file(colour);
    context.style.audience = audience;
    context.style.language = language;
    context.environment = [](std::string_view name) {
        return std::string{environment(std::string{name}.c_str())};
    };
    context.now =
        std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
    return context;
}

void print(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            throw GraderError(
                fmt::format("Standard output can't be written to ({}): name a file with "
                            "--output instead.",
                            std::strerror(errno)));
        }
        text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
}

ProgressLine::ProgressLine() : terminal_{is_smart_terminal(STDERR_FILENO)} {}

ProgressLine::~ProgressLine() { wipe(); }

void ProgressLine::show(std::string_view text) {
    if (!terminal_) {
        return;
    }
    const std::lock_guard lock{mutex_};
    const std::string line = lab::printable::cut(clean_name(text), width_of(STDERR_FILENO) - 1);
    fmt::print(stderr, "\r{}\x1b[K", utf8() ? line : to_ascii(line));
    std::fflush(stderr);
    shown_ = true;
}

void ProgressLine::wipe() {
    const std::lock_guard lock{mutex_};
    if (shown_) {
        fmt::print(stderr, "\r\x1b[K");
        std::fflush(stderr);
        shown_ = false;
    }
}

}  // namespace lockstep
