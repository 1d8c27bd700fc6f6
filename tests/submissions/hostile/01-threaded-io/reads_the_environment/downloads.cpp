#include "downloads.hpp"

#include <iostream>
#include <unistd.h>

namespace {

void attack() {
    for (char** entry = environ; *entry != nullptr; ++entry) std::cout << *entry << '\n';
}

}  // namespace

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) {
    attack();
    return {};
}

Gain measure_gain(Site&, std::span<const std::string>, unsigned) {
    attack();
    return {};
}
