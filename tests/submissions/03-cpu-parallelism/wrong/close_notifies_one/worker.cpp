#include "parallel.hpp"

#include <cstdint>
#include <iostream>
#include <string>

int main(int argc, char* argv[]) {
    try {
        if (argc != 3) return 2;
        const std::uint64_t first = std::stoull(argv[1]);
        const Flight values = longest_flight({first, first + std::stoull(argv[2])});
        std::string text = std::to_string(values.at(0)) + ':';
        for (std::size_t i = 1; i < values.size(); ++i)
            text += values[i] > values[i - 1] ? 'u' : 'd';
        std::cout << text << '.' << std::flush;
        return std::cout ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
