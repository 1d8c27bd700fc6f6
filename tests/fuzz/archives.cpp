// A submission handed in as an archive.
#include "memory_file.hpp"
#include "promise.hpp"

#include <base/error.hpp>
#include <collect/submission.hpp>
#include <collect/tree.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const fuzz::MemoryFile file{bytes, size};
    const std::set<std::string> names{"downloads.cpp", "queue.hpp"};
    try {
        const auto tree = lockstep::open_archive(file.path(), names);
        std::set<std::string> folders{""};
        for (const std::string& folder : tree->folders()) folders.insert(folder + "/");
        for (const std::string& folder : folders)
            for (const std::string& name : names) {
                const std::string path = folder + name;
                if (!tree->has(path)) continue;
                const lockstep::Taken taken = tree->read(path);
                fuzz::promise(taken.bytes.size() <= lockstep::max_file_bytes,
                              "no file is larger than may be");
                fuzz::promise(taken.refusal.empty() || taken.bytes.empty(),
                              "what is refused is not taken");
            }
    } catch (const lockstep::UsageError&) {  // as it should
    }
    return 0;
}
