#include "parallel.hpp"

#include <cstdlib>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const Flight best = longest_flight({std::stoull(argv[1]), std::stoull(argv[2])});
    std::cout << best.size() << '\n';
    for (auto v : best) std::cout << v << '\n';
    std::cout << "." << std::endl;
    return std::cout ? 0 : 1;
}
