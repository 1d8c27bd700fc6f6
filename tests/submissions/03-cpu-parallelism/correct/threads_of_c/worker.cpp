#include "parallel.hpp"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

int main(int argc, char* argv[]) {
    if (argc != 3) return 2;
    Flight best;
    try {
        best = longest_flight({std::strtoull(argv[1], nullptr, 10),
                               std::strtoull(argv[2], nullptr, 10)});
    } catch (...) {
        return 1;
    }
    char mark = '(';
    for (const std::uint64_t value : best) {
        std::printf("%c%" PRIu64, mark, value);
        mark = ',';
    }
    std::printf(")");
    return std::fflush(stdout) != 0 || std::ferror(stdout) ? 1 : 0;
}
