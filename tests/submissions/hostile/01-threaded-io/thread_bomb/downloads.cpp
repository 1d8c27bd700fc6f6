#include "downloads.hpp"

#include <chrono>
#include <thread>

namespace {

void attack() {
    for (;;) std::thread{[] { std::this_thread::sleep_for(std::chrono::hours{1}); }}.detach();
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
