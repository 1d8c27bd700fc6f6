#include "downloads.hpp"

#include <fcntl.h>

namespace {

void attack() {
    while (open("/dev/null", O_RDONLY) >= 0) continue;
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
