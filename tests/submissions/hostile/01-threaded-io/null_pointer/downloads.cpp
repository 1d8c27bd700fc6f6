#include "downloads.hpp"

namespace {

void attack() {
    volatile int* volatile nowhere = nullptr;
    *nowhere = 1;
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
