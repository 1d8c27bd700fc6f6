// Marks what is still to be written in an exercise.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace lockstep {

/// A place in a source file. (Clang 14 has no std::source_location with GCC's library.)
struct SourcePlace {
    std::string_view file;  ///< as the compiler was given it; lives as long as the program
    unsigned line = 0;

    /// As a default argument: where the caller stands.
    static constexpr SourcePlace current(const char* file = __builtin_FILE(),
                                         unsigned line = __builtin_LINE()) noexcept {
        return {file, line};
    }
    /// "downloads.cpp:12"
    [[nodiscard]] std::string brief() const;
};

/// Thrown where a function has not been written yet. `what()` is
/// "not written yet: downloads.cpp:12: turn the loop into threads".
class Todo : public std::logic_error {
public:
    Todo(std::string_view what_to_write, SourcePlace where);

    [[nodiscard]] SourcePlace where() const noexcept { return where_; }

private:
    SourcePlace where_;
};

/// How `Todo::what` begins, and the label of the event that `todo` leaves in a trace.
inline constexpr std::string_view not_written_yet = "not written yet: ";

/// Throws Todo. Within a run of the lab it first records an event labelled with the same text, so
/// that a check knows what happened even where the exception was caught, or ended a thread.
[[noreturn]] void todo(std::string_view what_to_write, SourcePlace where = SourcePlace::current());

}  // namespace lockstep
