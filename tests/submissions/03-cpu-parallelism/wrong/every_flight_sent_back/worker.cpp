// Writes all flights of a slice: worker FIRST LAST.
#include "parallel.hpp"

#include <cstdlib>
#include <iostream>
#include <string>

int main(int count, char** arguments) {
    if (count != 3) return EXIT_FAILURE;
    const Range slice{std::stoull(arguments[1]), std::stoull(arguments[2])};
    for (std::uint64_t start = slice.first; start < slice.last; ++start) {
        for (const std::uint64_t value : flight(start)) std::cout << value << ' ';
        std::cout << '\n';
    }
    std::cout << "end\n" << std::flush;
    return std::cout ? EXIT_SUCCESS : EXIT_FAILURE;
}
