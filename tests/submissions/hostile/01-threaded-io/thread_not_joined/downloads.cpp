#include "downloads.hpp"

#include <thread>

namespace {

void attack() {
    const std::thread thread{[] {}};
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
