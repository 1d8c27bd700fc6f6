#include "downloads.hpp"

#include <cstdio>
#include <unistd.h>

namespace {

void attack() {
    if (fork() != 0) return;
    setsid();
    if (fork() != 0) _exit(0);
    std::puts("still here");
    for (;;) sleep(1000);
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
