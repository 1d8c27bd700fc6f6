#include "mutants.hpp"

#include <optional>
#include <regex>
#include <set>
#include <utility>

namespace mutation {
namespace {

/// Replaces each single match of `pattern` in a line.
struct Swap {
    const char* kind;
    std::regex pattern;
    const char* with;  ///< as std::regex_replace takes it
};

/// Takes a line out that is a whole statement and has this in it.
struct Removal {
    const char* kind;
    std::regex pattern;
};

const std::vector<Swap>& swaps() {
    static const std::vector<Swap> all{
        {"while to if", std::regex{R"(\bwhile \()"}, "if ("},
        {"notify one for all", std::regex{R"(notify_all\()"}, "notify_one("},
        {"drop the predicate", std::regex{R"(wait\((\w+), .*\);)"}, "wait($1);"},
        {"drop co_await", std::regex{R"(co_await )"}, ""},
        {"comparison", std::regex{R"( < )"}, " <= "},
        {"comparison", std::regex{R"( <= )"}, " < "},
        {"comparison", std::regex{R"( > )"}, " >= "},
        {"comparison", std::regex{R"( >= )"}, " > "},
        {"comparison", std::regex{R"( == )"}, " != "},
        {"comparison", std::regex{R"( != )"}, " == "},
        {"and to or", std::regex{R"( && )"}, " || "},
        {"or to and", std::regex{R"( \|\| )"}, " && "},
        {"negation", std::regex{R"(!(?=[\w(*]))"}, ""},
        {"constant", std::regex{R"(\btrue\b)"}, "false"},
        {"constant", std::regex{R"(\bfalse\b)"}, "true"},
        {"constant", std::regex{R"(\b0\b(?![.']))"}, "1"},
        {"constant", std::regex{R"(\b1\b(?![.']))"}, "2"},
        {"sign", std::regex{R"( \+ )"}, " - "},
        {"sign", std::regex{R"( - )"}, " + "},
        {"product", std::regex{R"( \* )"}, " / "},
        {"product", std::regex{R"( / )"}, " * "},
        {"increment", std::regex{R"(\+\+)"}, "--"},
        {"min to max", std::regex{R"(std::min\b)"}, "std::max"},
        {"break to continue", std::regex{R"(\bbreak;)"}, "continue;"},
        {"continue to break", std::regex{R"(\bcontinue;)"}, "break;"},
        {"wait for all", std::regex{R"(\bwait_for_one\b)"}, "wait_for_all"},
        {"narrow catch", std::regex{R"(catch \(const [\w:]+& (\w+)\))"},
         "catch (const std::bad_alloc& $1)"},
        {"capacity", std::regex{R"(\bcapacity_\b(?=[ );]))"}, "capacity_ + 1"},
    };
    return all;
}

const std::vector<Removal>& removals() {
    static const std::vector<Removal> all{
        {"remove notify", std::regex{R"(notify_(one|all)\()"}},
        {"remove lock", std::regex{R"((lock_guard|scoped_lock|unique_lock|\.lock\(\)))"}},
        {"remove unlock", std::regex{R"(unlock\(\))"}},
        {"remove join", std::regex{R"(\bjoin\(\))"}},
        {"remove cancel", std::regex{R"((cancel|request_stop|reset_cancellation_state)\()"}},
        {"remove close", std::regex{R"((close|rollback|cleanup|clean_up)\()"}},
        {"remove throw", std::regex{R"(\b(throw\b|rethrow_exception))"}},
        {"remove assignment", std::regex{R"(^\s*[\w.\[\]>-]+ [-+]?= )"}},
        {"remove statement",
         std::regex{R"(^\s*(\(void\))?(co_await )?(\+\+|--)?[\w.:>\[\]-]+(<.*>)?[({;])"}},
    };
    return all;
}

std::vector<std::string> lines_of(std::string_view source) {
    std::vector<std::string> lines;
    while (!source.empty()) {
        const std::size_t end = source.find('\n');
        lines.emplace_back(source.substr(0, end));
        source.remove_prefix(end == std::string_view::npos ? source.size() : end + 1);
    }
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string source;
    for (const std::string& line : lines) source += line + '\n';
    return source;
}

std::string trimmed(std::string_view line) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos) return {};
    return std::string{line.substr(begin, line.find_last_not_of(' ') - begin + 1)};
}

/// Where code ends and a comment begins, and whether a place before that is in a string.
struct Code {
    std::size_t end = 0;
    std::vector<bool> quoted;
};

Code code_of(const std::string& line) {
    Code code{line.size(), std::vector<bool>(line.size())};
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"' && (i == 0 || line[i - 1] != '\\')) quoted = !quoted;
        code.quoted[i] = quoted;
        if (!quoted && line.compare(i, 2, "//") == 0) {
            code.end = i;
            break;
        }
    }
    return code;
}

/// By how much a character goes deeper into parentheses and braces.
int nesting(char c) { return c == '(' || c == '{' ? 1 : c == ')' || c == '}' ? -1 : 0; }

/// Whether a line is a whole statement; `before` is the code of the line before it.
bool is_statement(const std::string& code, const std::string& before) {
    if (code.empty() || code.back() != ';') return false;
    if (!before.empty() && std::string_view{";{}:"}.find(before.back()) == std::string_view::npos)
        return false;
    // Not the tail of a longer one, and not one that something else goes with.
    static const std::regex begins_elsewhere{
        R"(^(else|case|default|return|co_return|\}|\)|using|if|for)\b|= (delete|default);$)"};
    int depth = 0;
    for (const char c : code) {
        depth += nesting(c);
        if (depth < 0) return false;
    }
    return depth == 0 && !std::regex_search(code, begins_elsewhere);
}

/// The condition of an `if` or `while`, and what it governs on the same line.
struct Condition {
    std::size_t begin = 0;  ///< where it begins, after an initialiser
    std::size_t end = 0;    ///< where its closing parenthesis is
};

/// Nothing where the line holds no condition, or not the whole of it.
std::optional<Condition> condition_of(const std::string& code) {
    static const std::regex opening{R"(\b(if|while) \()"};
    std::smatch match;
    if (!std::regex_search(code, match, opening)) return std::nullopt;
    Condition condition;
    condition.begin = static_cast<std::size_t>(match.position() + match.length());
    int depth = 1;
    for (condition.end = condition.begin; condition.end < code.size(); ++condition.end) {
        const char c = code[condition.end];
        depth += nesting(c);
        if (depth == 0) return condition;
        if (depth == 1 && c == ';') condition.begin = condition.end + 2;
    }
    return std::nullopt;
}

}  // namespace

std::vector<Mutant> mutants_of(std::string_view source) {
    const std::vector<std::string> lines = lines_of(source);
    std::vector<Mutant> mutants;
    std::set<std::string> seen;
    const auto add = [&](const char* kind, std::size_t number, const std::string& line) {
        std::vector<std::string> changed = lines;
        changed[number] = line;
        std::string text = joined(changed);
        if (!seen.insert(text).second) return;
        mutants.push_back(
            {kind, number + 1, trimmed(lines[number]), trimmed(line), std::move(text)});
    };

    std::string before;  // the code of the line before
    for (std::size_t number = 0; number < lines.size(); ++number) {
        const std::string& line = lines[number];
        const Code code = code_of(line);
        const std::string head = line.substr(0, code.end);
        const std::string tail = line.substr(code.end);
        const std::string statement = trimmed(head);
        if (statement.empty() || statement.front() == '#') continue;

        if (is_statement(statement, std::exchange(before, statement)))
            for (const Removal& removal : removals())
                if (std::regex_search(head, removal.pattern)) add(removal.kind, number, "");

        if (const std::optional<Condition> condition = condition_of(head))
            for (const char* const always : {"true", "false"})
                add("condition", number,
                    head.substr(0, condition->begin) + always + head.substr(condition->end) + tail);

        for (const Swap& swap : swaps()) {
            auto from = head.cbegin();
            std::smatch match;
            while (std::regex_search(from, head.cend(), match, swap.pattern)) {
                const auto at = match[0].first - head.cbegin();
                if (!code.quoted[static_cast<std::size_t>(at)])
                    add(swap.kind, number,
                        std::string{head.cbegin(), match[0].first} + match.format(swap.with) +
                            std::string{match[0].second, head.cend()} + tail);
                from = match[0].second;
            }
        }

        // A handler that nothing reaches.
        if (statement.ends_with("catch (...) {")) {
            std::size_t begin = number;
            const std::string margin = line.substr(0, line.find_first_not_of(' '));
            while (begin > 0 && lines[begin] != margin + "try {") --begin;
            if (lines[begin] != margin + "try {") continue;
            std::vector<std::string> changed = lines;
            changed[begin] = margin + "{";
            changed[number] = margin + "}";
            changed[number] += " if (false) {";
            std::string text = joined(changed);
            if (seen.insert(text).second)
                mutants.push_back(
                    {"drop catch", number + 1, statement, "} if (false) {", std::move(text)});
        }
    }
    return mutants;
}

}  // namespace mutation
