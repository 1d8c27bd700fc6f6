#include "parallel.hpp"

#include <cstdio>
#include <cstdlib>

int main(int argc, char* argv[]) {
    unsigned long long first = 0;
    unsigned long long last = 0;
    if (argc != 2 || std::sscanf(argv[1], "%llu:%llu", &first, &last) != 2) std::quick_exit(2);
    try {
        Flight values = longest_flight({first, last});
        values.push_back(values.size());
        const bool written = std::fwrite(values.data(), sizeof values.front(), values.size(),
                                         stdout) == values.size() &&
                             std::fflush(stdout) == 0;
        std::quick_exit(written ? 0 : 1);
    } catch (...) {
        std::quick_exit(1);
    }
}
