#include "downloads.hpp"

#include <mutex>

namespace {

void attack() {
    std::mutex mutex;
    mutex.lock();
    mutex.lock();
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
