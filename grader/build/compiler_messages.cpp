#include <build/compiler_messages.hpp>
#include <build/type_names.hpp>

#include <boost/algorithm/string/replace.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

namespace lockstep {
namespace {

enum class Kind { error, warning, note };

/// Of one error. An operator that does not fit has a note for each of some forty others.
constexpr std::size_t most_notes = 3;

/// The line with which a message begins: "PATH:12:5: error: …", "cc1plus: fatal error: …".
struct Head {
    Kind kind = Kind::error;
    std::string_view path;
};

constexpr std::array<std::pair<std::string_view, Kind>, 4> marks{{
    {": error: ", Kind::error},
    {": fatal error: ", Kind::error},
    {": warning: ", Kind::warning},
    {": note: ", Kind::note},
}};

/// "PATH" of "PATH:12:5", "PATH:12" and "PATH".
std::string_view path_of(std::string_view position) {
    for (int numbers = 0; numbers < 2; ++numbers) {
        const std::size_t colon = position.rfind(':');
        if (colon == std::string_view::npos) break;
        const std::string_view number = position.substr(colon + 1);
        if (number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos)
            break;
        position = position.substr(0, colon);
    }
    return position;
}

std::optional<Head> head_of(std::string_view line) {
    std::size_t first = std::string_view::npos;
    Kind kind = Kind::error;
    for (const auto& [mark, meaning] : marks) {
        if (const std::size_t at = line.find(mark); at < first) {
            first = at;
            kind = meaning;
        }
    }
    if (first == std::string_view::npos) return std::nullopt;
    const std::string_view position = line.substr(0, first);
    // Code that is quoted is not at the line's beginning, or has more than one word.
    if (position.empty() || position.find(' ') != std::string_view::npos) return std::nullopt;
    return Head{kind, path_of(position)};
}

bool leads_in(std::string_view line) {
    if (line.starts_with("In file included from ")) return true;
    const std::size_t word = line.find_first_not_of(' ');
    return word != 0 && word != std::string_view::npos && line.substr(word).starts_with("from ");
}

/// What GCC prints before a message: "a.cpp: In function 'f':", "a.cpp:12:5:   required from here".
bool is_context(std::string_view line) {
    if (leads_in(line)) return true;
    const std::string_view first = line.substr(0, line.find(' '));
    if (first.size() < 2 || !first.ends_with(':')) return false;
    const std::string_view rest = line.substr(first.size());
    return rest.starts_with("   ") ||
           (line.ends_with(':') && (rest.starts_with(" In ") || rest.starts_with(" At ")));
}

/// How many errors there were, and that it stopped at them.
bool is_farewell(std::string_view line) {
    return line == "compilation terminated." ||
           (!line.empty() && line[0] >= '0' && line[0] <= '9' && line.ends_with(" generated."));
}

bool is_library(std::string_view path) { return path.starts_with('/'); }

/// "<thread>:235:27: error: …" of "/usr/include/c++/12/thread:235:27: error: …".
std::string with_short_path(const std::string& line) {
    if (!is_library(line)) return line;
    const std::size_t end = line.find_first_of(": ");
    std::string_view path = std::string_view{line}.substr(0, end);
    constexpr std::string_view include = "/include/";
    if (const std::size_t at = path.rfind(include); at != std::string_view::npos)
        path.remove_prefix(at + include.size());
    // "c++/12/"
    if (path.starts_with("c++/")) {
        const std::size_t version = path.find('/', 4);
        if (version != std::string_view::npos) path.remove_prefix(version + 1);
    }
    return fmt::format("<{}>{}", path, line.substr(std::min(end, line.size())));
}

/// The first "FILE:12" in a line, where FILE is one of `files`; line 0 if there is none.
Position position_in(std::string_view line, const std::vector<std::string>& files) {
    for (const std::string& file : files) {
        const std::string mark = file + ":";
        const std::size_t at = line.find(mark);
        if (at == std::string_view::npos) continue;
        // Not "my-FILE:12", nor "FILE: In function".
        if (at > 0 && line[at - 1] != ' ' && line[at - 1] != '(') continue;
        Position position{file, 0};
        const std::string_view rest = line.substr(at + mark.size());
        std::from_chars(rest.data(), rest.data() + rest.size(), position.line);
        if (position.line > 0) return position;
    }
    return {};
}

/// A line and those that follow it, mostly the code that it is about.
struct Passage {
    const std::string* first = nullptr;
    std::vector<const std::string*> rest;
};

struct Message {
    Head head;
    std::vector<Passage> context;
    Passage text;
};

/// An error or a warning, and the notes about it.
struct Diagnostic {
    Message message;
    std::vector<Message> notes;
};

/// In the compiler's order. What stands before the first of them belongs to none.
std::vector<Diagnostic> diagnostics_in(const std::vector<std::string>& lines) {
    std::vector<Diagnostic> diagnostics;
    std::vector<Passage> context;
    Passage* passage = nullptr;
    for (const std::string& line : lines) {
        if (const std::optional<Head> head = head_of(line)) {
            Message message{*head, std::exchange(context, {}), {&line, {}}};
            if (head->kind == Kind::note && !diagnostics.empty()) {
                diagnostics.back().notes.push_back(std::move(message));
                passage = &diagnostics.back().notes.back().text;
            } else {
                diagnostics.push_back({std::move(message), {}});
                passage = &diagnostics.back().message.text;
            }
        } else if (is_context(line)) {
            context.push_back({&line, {}});
            passage = &context.back();
        } else if (passage != nullptr && !is_farewell(line)) {
            passage->rest.push_back(&line);
        }
    }
    return diagnostics;
}

class Selection {
public:
    explicit Selection(const std::vector<std::string>& files) : files_{files} {}

    /// Unless the student's line that led to it has been told of.
    void add(const Diagnostic& error) {
        const bool library = is_library(error.message.head.path);
        const std::vector<const Passage*> way = way_to(error);
        const Position here = place_of(error, way);
        if (told_.empty()) first_ = here;
        const bool again = !told_.insert({here.file, here.line}).second;
        if (library && here.line != 0 && again) {
            left_out_ += 1 + error.notes.size();
            return;
        }
        add_first(*error.message.text.first);
        if (!library) add_rest(error.message.text);
        for (const Passage* step : way) {
            add_step(*step->first);
            add_rest(*step);
        }
        add_notes(error.notes, place_of(error.message.text));
    }

    void leave_out(const Diagnostic& warning) { left_out_ += 1 + warning.notes.size(); }

    [[nodiscard]] WhatMatters take() {
        if (left_out_ > 0) {
            lines_.push_back(
                fmt::format("... and {} more message{}: warnings, or about the library.", left_out_,
                            left_out_ == 1 ? "" : "s"));
        }
        return {std::move(lines_), std::move(first_)};
    }

private:
    /// The student's lines that led to it and that no note tells: those that use a template, or
    /// else the one that includes a file.
    [[nodiscard]] std::vector<const Passage*> way_to(const Diagnostic& error) const {
        std::vector<const Passage*> used;
        std::vector<const Passage*> included;
        if (place_of(error.message.text).line != 0) return used;
        for (const Passage& step : error.message.context) {
            if (place_of(step).line != 0)
                (leads_in(*step.first) ? included : used).push_back(&step);
        }
        return !used.empty() || noted_place(error).line != 0 ? used : included;
    }

    [[nodiscard]] Position place_of(const Passage& passage) const {
        return position_in(*passage.first, files_);
    }

    /// Of the student's: where the error is, or what led to it.
    [[nodiscard]] Position place_of(const Diagnostic& error,
                                    const std::vector<const Passage*>& way) const {
        if (Position own = place_of(error.message.text); own.line != 0) return own;
        return way.empty() ? noted_place(error) : place_of(*way.front());
    }

    /// Where Clang tells what led to it.
    [[nodiscard]] Position noted_place(const Diagnostic& error) const {
        for (const Message& note : error.notes)
            if (Position own = place_of(note.text); own.line != 0) return own;
        return {};
    }

    void add_notes(const std::vector<Message>& notes, const Position& error) {
        std::set<std::string_view> told;
        for (const Message& note : notes) {
            if (is_library(note.head.path)) {
                ++left_out_;
                continue;
            }
            if (told.size() == most_notes) {
                ++left_out_;
                continue;
            }
            if (!told.insert(*note.text.first).second) continue;
            add_first(*note.text.first);
            // Not the same line of code once more.
            const Position here = place_of(note.text);
            if (here.line == 0 || here.file != error.file || here.line != error.line)
                add_rest(note.text);
        }
    }

    void add_first(const std::string& line) {
        lines_.push_back(with_written_types(with_short_path(line)));
    }

    /// "a.cpp:12:5:   required from here" with one blank, "   from a.cpp:1:" with its beginning.
    void add_step(std::string line) {
        boost::replace_all(line, ":   ", ": ");
        const std::size_t word = line.find_first_not_of(' ');
        lines_.push_back(
            with_written_types(word == 0 ? line : "In file included " + line.substr(word)));
    }

    void add_rest(const Passage& passage) {
        for (const std::string* line : passage.rest) lines_.push_back(*line);
    }

    const std::vector<std::string>& files_;
    std::vector<std::string> lines_;
    Position first_;
    std::set<std::pair<std::string, unsigned>> told_;  ///< the student's lines with an error
    std::size_t left_out_ = 0;                         ///< messages
};

}  // namespace

WhatMatters what_matters(const std::vector<std::string>& lines,
                         const std::vector<std::string>& files) {
    const std::vector<Diagnostic> diagnostics = diagnostics_in(lines);
    const auto wrong = [](const Diagnostic& diagnostic) {
        return diagnostic.message.head.kind == Kind::error;
    };
    if (std::none_of(diagnostics.begin(), diagnostics.end(), wrong)) return {lines, {}};
    Selection selection{files};
    for (const Diagnostic& diagnostic : diagnostics) {
        if (wrong(diagnostic)) {
            selection.add(diagnostic);
        } else {
            selection.leave_out(diagnostic);
        }
    }
    return selection.take();
}

}  // namespace lockstep
