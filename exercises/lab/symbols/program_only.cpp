#include <lab/symbols/program_only.hpp>

#include <lab/interpose/original.hpp>

#include <link.h>

#include <cstddef>

LAB_ORIGINAL(dl_iterate_phdr)

namespace lab {
namespace {

constinit thread_local bool program_only = false;

struct [[maybe_unused]] Asker {
    int (*callback)(dl_phdr_info*, std::size_t, void*);
    void* data;
    int answer = 0;
};

// The executable comes first: dl_iterate_phdr(3).
[[maybe_unused]] int ask_once(dl_phdr_info* module, std::size_t size, void* data) {
    auto& asker = *static_cast<Asker*>(data);
    asker.answer = asker.callback(module, size, asker.data);
    return 1;
}

}  // namespace

ProgramOnly::ProgramOnly() noexcept { program_only = true; }
ProgramOnly::~ProgramOnly() { program_only = false; }

}  // namespace lab

// AddressSanitizer's runtime asks before it is ready, and this function, which is instrumented as
// all of the lab is then, would need it. There libbacktrace reads everything; it only takes longer.
#if defined(__SANITIZE_ADDRESS__)
#define LAB_WITH_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LAB_WITH_ADDRESS_SANITIZER
#endif
#endif

#ifndef LAB_WITH_ADDRESS_SANITIZER
extern "C" int dl_iterate_phdr(int (*callback)(dl_phdr_info*, std::size_t, void*), void* data) {
    if (!lab::program_only) return lab::interpose::original_dl_iterate_phdr(callback, data);
    lab::Asker asker{callback, data};
    lab::interpose::original_dl_iterate_phdr(lab::ask_once, &asker);
    return asker.answer;
}
#endif
