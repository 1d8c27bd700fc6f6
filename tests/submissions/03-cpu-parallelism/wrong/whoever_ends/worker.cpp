#include "parallel.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdint>

int main() {
    std::uint64_t ends[2] = {};
    if (::read(STDIN_FILENO, ends, sizeof ends) != sizeof ends) return 2;
    try {
        Flight words = longest_flight({ends[0], ends[1]});
        words.insert(words.begin(), words.size());
        const char* at = reinterpret_cast<const char*>(words.data());
        std::size_t left = words.size() * sizeof(std::uint64_t);
        while (left > 0) {
            const ssize_t put = ::write(STDOUT_FILENO, at, left);
            if (put < 0 && errno == EINTR) continue;
            if (put <= 0) return 1;
            at += put;
            left -= static_cast<std::size_t>(put);
        }
        return 0;
    } catch (...) {
        return 1;
    }
}
