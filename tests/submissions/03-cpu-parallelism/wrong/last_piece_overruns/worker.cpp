#include "parallel.hpp"

#include <cstdint>
#include <cstdio>

namespace {

bool put(std::uint64_t value) {
    while (value > 0x7f) {
        if (std::putchar(static_cast<int>(value & 0x7f)) == EOF) return false;
        value >>= 7;
    }
    return std::putchar(static_cast<int>(value | 0x80)) != EOF;
}

}  // namespace

int main(int argc, char* argv[]) {
    unsigned long long first = 0;
    unsigned long long size = 0;
    if (argc != 2 || std::sscanf(argv[1], "%llu+%llu", &first, &size) != 2) return 2;
    try {
        const Flight values = longest_flight({first, first + size});
        if (!put(0)) return 1;
        for (const std::uint64_t value : values)
            if (!put(value)) return 1;
        if (!put(0)) return 1;
    } catch (...) {
        return 1;
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
}
