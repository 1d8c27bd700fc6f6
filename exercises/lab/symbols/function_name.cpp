#include <lab/symbols/function_name.hpp>

#include <cxxabi.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <utility>

namespace lab {
namespace {

// Template arguments up to this length say more than they cost: "<unsigned long>".
constexpr std::size_t short_arguments = 16;

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Reads a demangled name from left to right and keeps what identifies the function. It need not
// understand all of C++: where it fails the name is ugly, nothing more.
class Shortener {
public:
    explicit Shortener(std::string_view name) : rest_(name) {}

    std::string run() {
        while (!rest_.empty()) step();
        return std::move(kept_);
    }

private:
    void step() {
        if (at_word("operator")) return keep_operator();
        switch (rest_.front()) {
        case ' ': return skip_space();
        case '<': return keep_arguments();
        case '{': return keep_unnamed();
        case '$': return keep_clang_lambda();
        case '[': return skip(closing(0) + 1);  // [abi:cxx11], [clone .cold]
        case '(':
            if (rest_.starts_with("(anonymous namespace)")) return keep(21);
            return skip(closing(0) + 1);  // parameters
        default: return keep(1);
        }
    }

    bool at_word(std::string_view word) const {
        return rest_.starts_with(word) && (kept_.empty() || !in_word(kept_.back())) &&
               (rest_.size() == word.size() || !in_word(rest_[word.size()]));
    }

    void skip(std::size_t count) { rest_.remove_prefix(std::min(count, rest_.size())); }
    void keep(std::size_t count) {
        kept_ += rest_.substr(0, count);
        skip(count);
    }

    // What stands before a space is a return type, or "virtual thunk to"; after it, qualifiers.
    void skip_space() {
        skip(1);
        for (const std::string_view qualifier : {"const", "volatile", "&&", "&"}) {
            if (rest_.starts_with(qualifier) &&
                (rest_.size() == qualifier.size() || !in_word(rest_[qualifier.size()]))) {
                return skip(qualifier.size());
            }
        }
        if (!rest_.empty() && rest_.front() != '[' && rest_.front() != '(') kept_.clear();
        if (rest_.starts_with("(anonymous namespace)")) kept_.clear();
    }

    void keep_operator() {
        keep(8);
        if (rest_.starts_with("()")) return keep(2);
        std::size_t length = 0;
        while (length < rest_.size() &&
               std::string_view("<>=!+-*/%^&|~,[]").find(rest_[length]) != std::string_view::npos) {
            ++length;
        }
        if (length != 0) {
            keep(length);
            // The demangler parts operator< from its template arguments with a space.
            if (rest_.starts_with(" <")) skip(1);
            return;
        }
        // A conversion, new, delete, a literal: all of it up to the parameters.
        const std::size_t end = rest_.find('(');
        keep(end == std::string_view::npos ? rest_.size() : end);
    }

    void keep_arguments() {
        const std::size_t end = closing(0);
        if (end <= short_arguments + 1) return keep(end + 1);
        kept_ += "<…>";
        skip(end + 1);
    }

    // {lambda(int)#1} becomes {lambda}: the line tells which. That its operator() is called is
    // plain.
    void keep_unnamed() {
        const std::size_t end = closing(0);
        if (!rest_.starts_with("{lambda(")) return keep(end + 1);
        keep_lambda(end + 1);
    }

    // Clang's name for lambdas, numbered as they happened to be compiled: main::$_0.
    void keep_clang_lambda() {
        if (!rest_.starts_with("$_")) return keep(1);
        std::size_t end = 2;
        while (end < rest_.size() && std::isdigit(static_cast<unsigned char>(rest_[end])) != 0)
            ++end;
        keep_lambda(end);
    }

    void keep_lambda(std::size_t length) {
        kept_ += "{lambda}";
        skip(length);
        if (rest_.starts_with("::operator()")) skip(12);
    }

    // Where the bracket at `open` is closed. Arrows and comparisons stand in brackets of their own.
    std::size_t closing(std::size_t open) const {
        std::size_t depth = 0;
        for (std::size_t i = open; i < rest_.size(); ++i) {
            const char c = rest_[i];
            if (c == '(' || c == '[' || c == '{' || c == '<') ++depth;
            const bool arrow = c == '>' && i > 0 && rest_[i - 1] == '-';
            if ((c == ')' || c == ']' || c == '}' || (c == '>' && !arrow)) && --depth == 0)
                return i;
        }
        return rest_.size() - 1;
    }

    std::string_view rest_;
    std::string kept_;
};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
        text.replace(at, from.size(), to);
        at += to.size();
    }
}

}  // namespace

bool is_mangled(std::string_view symbol) noexcept { return symbol.starts_with("_Z"); }

std::string readable_name(const std::string& symbol) {
    std::string name = symbol;
    if (is_mangled(symbol)) {
        int status = 0;
        const std::unique_ptr<char, decltype(&std::free)> demangled(
            abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
        if (status != 0 || demangled == nullptr) return symbol;
        name = demangled.get();
    }
    std::string shortened = Shortener(name).run();
    if (shortened.empty()) return name;
    // Versions of the library's insides.
    replace_all(shortened, "std::__cxx11::", "std::");
    replace_all(shortened, "std::__1::", "std::");
    replace_all(shortened, "std::chrono::_V2::", "std::chrono::");
    return shortened;
}

}  // namespace lab
