#include "downloads.hpp"

#include <cstdio>

namespace {

void attack() {
    for (;;)
        std::puts(
            "::set-output name=points::18\n::error "
            "file=x::y\n\x1b[2J\x1b]0;owned\x07\xff\xfe\x80\r\b");
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
