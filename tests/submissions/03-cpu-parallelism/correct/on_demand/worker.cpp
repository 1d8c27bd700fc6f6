// Searches one piece after the other: "FIRST LAST" is answered by "done". After "end" it writes the
// longest flight of all its pieces on a line, and "end".
#include "parallel.hpp"

#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>

int main() {
    Flight best;
    for (std::string line; std::getline(std::cin, line) && line != "end";) {
        Range piece;
        std::istringstream words{line};
        if (!(words >> piece.first >> piece.last)) return EXIT_FAILURE;
        if (Flight found = longest_flight(piece); beats(found, best)) best = std::move(found);
        std::cout << "done\n" << std::flush;
    }
    for (const std::uint64_t value : best) std::cout << value << ' ';
    std::cout << "\nend\n" << std::flush;
    return std::cout ? EXIT_SUCCESS : EXIT_FAILURE;
}
