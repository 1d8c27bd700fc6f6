#include <lab/symbols/debug_info.hpp>

#include <lab/symbols/function_name.hpp>
#include <lab/symbols/program_only.hpp>
#include <lab/symbols/variable.hpp>

#include <backtrace.h>
#include <dlfcn.h>
#include <link.h>

#include <cstdint>
#include <mutex>
#include <string_view>
#include <utility>

// The linker's own marks around the executable. Weak, for a linker that has no such mark.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
[[gnu::weak]] extern const char __executable_start[];
[[gnu::weak]] extern const char _end[];
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace lab {
namespace {

// Errors (no /proc, no debug information, a broken file) leave frames unknown, and that is all.
void ignore_error(void*, const char*, int) {}

// libbacktrace can be used by several threads at once, but then reads what they ask for twice.
std::mutex access;

// Never destroyed: libbacktrace has no function for it.
backtrace_state* state() {
    static backtrace_state* const made = backtrace_create_state(nullptr, 0, ignore_error, nullptr);
    return made;
}

// Clang names a file that it was given by its whole path relative to the folder that it worked in,
// and libbacktrace puts the one behind the other.
std::string_view path_of(const char* file) noexcept {
    std::string_view path = file;
    const std::size_t again = path.rfind("//");
    return again == std::string_view::npos ? path : path.substr(again + 1);
}

int add_frame(void* data, std::uintptr_t, const char* file, int line, const char* function) {
    auto& frames = *static_cast<std::vector<Frame>*>(data);
    frames.push_back({function != nullptr ? function : "",
                      std::string(file != nullptr ? path_of(file) : ""),
                      file != nullptr && line > 0 ? static_cast<unsigned>(line) : 0});
    return 0;
}

struct Symbol {
    std::string name;
    std::uintptr_t begin = 0;
    std::uintptr_t size = 0;
};

void set_symbol(void* data, std::uintptr_t, const char* name, std::uintptr_t begin,
                std::uintptr_t size) {
    if (name != nullptr) *static_cast<Symbol*>(data) = {name, begin, size};
}

// What a shared library exports. Its other functions stand behind exported ones and are unknown.
Symbol exported_at(const void* address) {
    Dl_info info{};
    const ElfW(Sym)* entry = nullptr;
    if (dladdr1(address, &info, const_cast<void**>(reinterpret_cast<const void**>(&entry)),
                RTLD_DL_SYMENT) == 0 ||
        info.dli_sname == nullptr || entry == nullptr)
        return {};
    const auto begin = reinterpret_cast<std::uintptr_t>(info.dli_saddr);
    // Assembler's functions may have no size.
    if (entry->st_size != 0 && reinterpret_cast<std::uintptr_t>(address) - begin >= entry->st_size)
        return {};
    return {info.dli_sname, begin, static_cast<std::uintptr_t>(entry->st_size)};
}

// From the symbol table: the whole mangled name, where the debug information often has less.
Symbol symbol_at(const void* address) {
    if (!in_executable(address)) return exported_at(address);
    Symbol symbol;
    if (backtrace_state* const from = state()) {
        const ProgramOnly here;
        backtrace_syminfo(from, reinterpret_cast<std::uintptr_t>(address), set_symbol, ignore_error,
                          &symbol);
    }
    return symbol;
}

}  // namespace

std::vector<Frame> frames_at(const void* instruction) {
    std::vector<Frame> frames;
    const std::lock_guard lock(access);
    if (backtrace_state* const from = state(); from != nullptr && in_executable(instruction)) {
        const ProgramOnly here;
        backtrace_pcinfo(from, reinterpret_cast<std::uintptr_t>(instruction), add_frame,
                         ignore_error, &frames);
    }
    if (frames.empty()) frames.emplace_back();

    Frame& outermost = frames.back();
    std::string symbol = symbol_at(instruction).name;
    if (!symbol.empty() && (outermost.function.empty() || is_mangled(symbol))) {
        outermost.function = std::move(symbol);
    }
    return frames;
}

bool in_executable(const void* address) noexcept {
    if (__executable_start != nullptr && _end != nullptr) {
        const auto at = reinterpret_cast<std::uintptr_t>(address);
        return at >= reinterpret_cast<std::uintptr_t>(__executable_start) &&
               at < reinterpret_cast<std::uintptr_t>(_end);
    }
    Dl_info mine{};
    Dl_info other{};
    return dladdr(reinterpret_cast<const void*>(&in_executable), &mine) != 0 &&
           dladdr(address, &other) != 0 && mine.dli_fbase == other.dli_fbase;
}

std::string variable_at(const void* address) {
    const std::lock_guard lock(access);
    const Symbol symbol = symbol_at(address);
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    const std::uintptr_t size = symbol.size == 0 ? 1 : symbol.size;
    if (symbol.name.empty() || at < symbol.begin || at - symbol.begin >= size) return "";
    return readable_name(symbol.name);
}

}  // namespace lab
