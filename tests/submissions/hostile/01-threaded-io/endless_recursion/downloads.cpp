#include "downloads.hpp"

namespace {

int deeper(int depth) {
    volatile char room[4096] = {};
    return deeper(depth + 1) + room[depth % 4096];
}

void attack() { deeper(0); }

}  // namespace

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) {
    attack();
    return {};
}

Gain measure_gain(Site&, std::span<const std::string>, unsigned) {
    attack();
    return {};
}
