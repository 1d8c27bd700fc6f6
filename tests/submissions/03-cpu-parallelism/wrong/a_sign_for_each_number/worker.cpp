#include "parallel.hpp"

#include <cstdlib>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    Flight best;
    for (auto s = std::stoull(argv[1]); s < std::stoull(argv[2]); ++s) {
        if (Flight f = flight(s); beats(f, best)) best = std::move(f);
        std::cout << '+';  // a sign of life
    }
    std::cout << best.size() << '\n';
    for (auto v : best) std::cout << v << '\n';
    std::cout << "." << std::endl;
    return std::cout ? 0 : 1;
}
