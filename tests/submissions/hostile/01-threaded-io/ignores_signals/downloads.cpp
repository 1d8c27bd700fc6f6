#include "downloads.hpp"

#include <signal.h>

namespace {

void attack() {
    for (int number = 1; number < NSIG; ++number) signal(number, SIG_IGN);
    for (volatile unsigned long turns = 0;; turns = turns + 1) continue;
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
