#include "downloads.hpp"

#include <atomic>
#include <thread>

namespace {

void attack() {
    std::atomic<bool> flag{false};
    while (!flag) std::this_thread::yield();
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
