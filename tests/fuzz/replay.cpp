// Plays files through a fuzz target, where there is no libFuzzer: replay FOLDER
#include <base/read_file.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

int main(int argc, char** argv) {
    namespace fs = std::filesystem;
    if (argc != 2) {
        std::fputs("usage: replay FOLDER\n", stderr);
        return 2;
    }
    std::size_t played = 0;
    std::string name;
    try {
        for (const auto& entry : fs::directory_iterator{argv[1]}) {
            name = entry.path().string();
            const std::string bytes = lockstep::read_bytes(entry.path()).value_or("");
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                   bytes.size());
            ++played;
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", name.c_str(), error.what());
        return 1;
    }
    std::printf("%zu inputs\n", played);
    // An empty corpus proves nothing.
    return played > 0 ? 0 : 1;
}
