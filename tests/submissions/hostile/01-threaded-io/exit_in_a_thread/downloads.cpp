#include "downloads.hpp"

#include <thread>
#include <unistd.h>

namespace {

void attack() {
    std::thread{[] { _exit(0); }}.join();
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
