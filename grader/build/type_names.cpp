#include <build/type_names.hpp>

#include <boost/algorithm/string/replace.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace lockstep {
namespace {

/// Longer names before those that they begin with.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> names{{
    {"std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >",
     "std::string"},
    {"__cxx11::basic_string<char, char_traits<char>, allocator<char> >", "string"},
    {"std::__cxx11::basic_string<char>", "std::string"},
    {"std::basic_string_view<char, std::char_traits<char> >", "std::string_view"},
    {"std::basic_string_view<char>", "std::string_view"},
    {"basic_string_view<char, char_traits<char> >", "string_view"},
    {"std::__exception_ptr::", "std::"},
    {"std::__cxx11::", "std::"},
}};

/// One past the '>' that closes the '<' just before `from`; npos when none does.
std::size_t end_of_arguments(std::string_view text, std::size_t from) {
    for (std::size_t depth = 1; from < text.size(); ++from) {
        if (text[from] == '<') ++depth;
        if (text[from] == '>' && --depth == 0) return from + 1;
    }
    return std::string_view::npos;
}

/// As the last argument of a template, where the standard containers have it.
void leave_out_allocators(std::string& text) {
    constexpr std::string_view allocator = ", std::allocator<";
    for (std::size_t at = text.find(allocator); at != std::string::npos;
         at = text.find(allocator, at)) {
        const std::size_t end = end_of_arguments(text, at + allocator.size());
        if (end == std::string::npos) return;
        // "> >" closes both.
        const std::size_t next = text.find_first_not_of(' ', end);
        if (next != std::string::npos && text[next] == '>') {
            text.erase(at, next - at);
        } else {
            at = end;
        }
    }
}

}  // namespace

std::string with_written_types(std::string_view line) {
    std::string text{line};
    for (const auto& [from, to] : names) boost::replace_all(text, from, to);
    leave_out_allocators(text);
    return text;
}

}  // namespace lockstep
