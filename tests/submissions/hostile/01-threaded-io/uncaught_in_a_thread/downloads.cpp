#include "downloads.hpp"

#include <stdexcept>
#include <thread>

namespace {

void attack() {
    std::thread{[] { throw std::runtime_error{"nobody catches this"}; }}.join();
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
