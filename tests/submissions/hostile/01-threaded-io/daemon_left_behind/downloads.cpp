#include "downloads.hpp"

#include <unistd.h>

namespace {

void attack() {
    if (fork() != 0) return;
    setsid();
    if (fork() != 0) _exit(0);
    for (int number = 0; number < 1024; ++number) close(number);
    for (;;) pause();
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
