#include "downloads.hpp"

#include <signal.h>

namespace {

void attack() { raise(SIGSTOP); }

}  // namespace

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) {
    attack();
    return {};
}

Gain measure_gain(Site&, std::span<const std::string>, unsigned) {
    attack();
    return {};
}
