#include "parallel.hpp"

#include <cstdio>

int main() {
    std::uint64_t order[2];
    if (std::fread(order, sizeof order, 1, stdin) != 1) return 2;
    try {
        for (const std::uint64_t value : longest_flight({order[0], order[1]}))
            if (std::printf("%016llx", static_cast<unsigned long long>(value)) < 0) return 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "worker: %s\n", error.what());
        return 1;
    }
    return std::putchar('!') == EOF || std::fclose(stdout) != 0 ? 1 : 0;
}
