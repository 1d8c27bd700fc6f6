#include "downloads.hpp"

namespace {

void attack() {
    for (volatile unsigned long turns = 0;; turns = turns + 1) continue;
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
