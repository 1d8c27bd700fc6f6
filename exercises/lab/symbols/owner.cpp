#include <lab/symbols/owner.hpp>

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace lab {
namespace {

// The lab's folder as the compiler was given it, which is how debug information names it, too.
const std::string& lab_folder() {
    static const std::string folder = [] {
        constexpr std::string_view this_file = __FILE__;
        constexpr std::string_view below = "symbols/owner.cpp";
        static_assert(this_file.ends_with(below));
        const std::filesystem::path path(this_file.substr(0, this_file.size() - below.size()));
        std::string text = path.lexically_normal().string();
        // A relative path stands behind the folder where the compiler ran.
        return path.is_absolute() ? text : '/' + text;
    }();
    return folder;
}

bool in_lab_folder(const std::string& file) {
    const std::string& folder = lab_folder();
    return file.starts_with(folder) || ('/' + file).find(folder) != std::string::npos;
}

bool in_library_folder(std::string_view file) {
    static constexpr std::array<std::string_view, 6> roots{
        "/usr/include/", "/usr/lib/",           "/usr/lib32/",
        "/usr/lib64/",   "/usr/local/include/", "/usr/local/lib/",
    };
    static constexpr std::array<std::string_view, 4> anywhere{
        "/include/c++/",
        "/include/boost/",
        "/include/catch2/",
        "/lib/gcc/",
    };
    const auto starts_there = [file](std::string_view root) { return file.starts_with(root); };
    const auto passes_there = [file](std::string_view folder) {
        return file.find(folder) != std::string_view::npos;
    };
    return std::any_of(roots.begin(), roots.end(), starts_there) ||
           std::any_of(anywhere.begin(), anywhere.end(), passes_there);
}

Owner owner_by_name(const std::string& function, bool mangled) {
    if (function.empty()) return Owner::library;
    // The latter where there is only an assembler's symbol: a context's entry.
    if (function.starts_with("lab::") || function.starts_with("lab_context_")) return Owner::lab;
    static constexpr std::array<std::string_view, 8> namespaces{
        "std::",       "boost::",      "Catch::",  "fmt::",
        "__gnu_cxx::", "__cxxabiv1::", "__tsan::", "__sanitizer::",
    };
    const auto in_it = [&](std::string_view name) { return function.starts_with(name); };
    if (std::any_of(namespaces.begin(), namespaces.end(), in_it)) return Owner::library;
    if (mangled || function == "main") return Owner::program;
    // _start, __tsan_read4, __interceptor_free, and functions that stand before a library's own.
    if (function.starts_with('_')) return Owner::library;
    return dlsym(RTLD_NEXT, function.c_str()) != nullptr ? Owner::library : Owner::program;
}

}  // namespace

Owner owner_of(const std::string& file, const std::string& function, bool mangled) {
    // <artificial>, <built-in>
    if (file.empty() || file.front() == '<') return owner_by_name(function, mangled);
    // Clang finds GCC's headers by way of /usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../..
    const std::string path = std::filesystem::path(file).lexically_normal().string();
    if (in_lab_folder(path)) return Owner::lab;
    return in_library_folder(path) ? Owner::library : Owner::program;
}

}  // namespace lab
