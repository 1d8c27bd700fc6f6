// Searches the slice on its standard input. Writes the values of its longest flight, then the word
// "end", so that a result that was cut short is no result.
#include "parallel.hpp"

#include <cstdlib>
#include <iostream>
#include <string>

int main() {
    Range slice;
    if (!(std::cin >> slice.first >> slice.last)) return EXIT_FAILURE;
    for (const std::uint64_t value : longest_flight(slice)) std::cout << value << ' ';
    std::cout << "end\n" << std::flush;
    return std::cout ? EXIT_SUCCESS : EXIT_FAILURE;
}
