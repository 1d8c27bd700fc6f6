#include "downloads.hpp"

#include <unistd.h>

namespace {

void attack() { execl("/proc/self/exe", "worker", nullptr); }

}  // namespace

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) {
    attack();
    return {};
}

Gain measure_gain(Site&, std::span<const std::string>, unsigned) {
    attack();
    return {};
}
