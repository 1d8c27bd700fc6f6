#include "downloads.hpp"

namespace {

const bool attacked = [] {
    for (volatile unsigned long turns = 0;; turns = turns + 1) continue;
    return true;
}();

}  // namespace

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) { return {}; }
Gain measure_gain(Site&, std::span<const std::string>, unsigned) { return {}; }
