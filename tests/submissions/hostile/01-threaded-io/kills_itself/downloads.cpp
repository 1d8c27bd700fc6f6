#include "downloads.hpp"

#include <signal.h>
#include <unistd.h>

namespace {

void attack() { kill(getpid(), SIGKILL); }

}  // namespace

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) {
    attack();
    return {};
}

Gain measure_gain(Site&, std::span<const std::string>, unsigned) {
    attack();
    return {};
}
