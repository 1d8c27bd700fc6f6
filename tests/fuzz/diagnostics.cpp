// What a compiler and a linker print about a student's files.
#include "promise.hpp"

#include <build/diagnostics.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

void keep_promises(const lockstep::Diagnostics& found) {
    constexpr std::size_t sentences = 4096;  // ahead of what was printed
    fuzz::promise(found.text.size() <= lockstep::max_diagnostics_bytes + sentences, "a short text");
    fuzz::promise_no_controls(found.text, "\t");
    fuzz::promise(found.file.empty() || found.file == "downloads.cpp" || found.file == "queue.hpp",
                  "a place is in one of the student's files");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string output{reinterpret_cast<const char*>(bytes), size};
    const lockstep::ShorterPaths shorter{{"/submission/", ""}};
    const std::vector<std::string> files{"downloads.cpp", "queue.hpp"};
    keep_promises(lockstep::read_compiler_output(output, shorter, files));
    keep_promises(lockstep::read_linker_output(output, shorter, files, "downloads.hpp"));
    return 0;
}
