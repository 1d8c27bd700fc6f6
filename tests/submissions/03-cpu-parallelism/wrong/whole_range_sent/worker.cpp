// Searches the numbers on its standard input.
#include "parallel.hpp"

#include <cstdlib>
#include <iostream>
#include <vector>

int main() {
    std::vector<std::uint64_t> starts;
    for (std::uint64_t start = 0; std::cin >> start;) starts.push_back(start);
    Flight best;
    for (const std::uint64_t start : starts)
        if (Flight next = flight(start); beats(next, best)) best = std::move(next);
    for (const std::uint64_t value : best) std::cout << value << ' ';
    std::cout << "end\n" << std::flush;
    return EXIT_SUCCESS;
}
