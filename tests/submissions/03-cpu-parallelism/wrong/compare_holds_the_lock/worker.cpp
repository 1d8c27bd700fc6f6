// Searches one slice: worker FIRST LAST. Writes the values of its longest flight, then the word
// "end", so that a result that was cut short is no result.
#include "parallel.hpp"

#include <cstdlib>
#include <iostream>
#include <string>

int main(int count, char** arguments) {
    if (count != 3) return EXIT_FAILURE;
    const Range slice{std::stoull(arguments[1]), std::stoull(arguments[2])};
    for (const std::uint64_t value : longest_flight(slice)) std::cout << value << ' ';
    std::cout << "end\n" << std::flush;
    return std::cout ? EXIT_SUCCESS : EXIT_FAILURE;
}
