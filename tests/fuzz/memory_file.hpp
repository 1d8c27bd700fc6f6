// A file with an input's bytes, for readers that want a path or a descriptor.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace fuzz {

/// In memory, ready to be read from its beginning.
class MemoryFile {
public:
    MemoryFile(const std::uint8_t* bytes, std::size_t size)
        : number_{::memfd_create("input", MFD_CLOEXEC)} {
        while (size > 0) {
            const ssize_t written = ::write(number_, bytes, size);
            if (written <= 0) std::abort();
            bytes += written;
            size -= static_cast<std::size_t>(written);
        }
        ::lseek(number_, 0, SEEK_SET);
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { ::close(number_); }

    [[nodiscard]] int descriptor() const noexcept { return number_; }
    [[nodiscard]] std::filesystem::path path() const {
        return "/proc/self/fd/" + std::to_string(number_);
    }

private:
    int number_;
};

}  // namespace fuzz
