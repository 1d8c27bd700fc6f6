#include "downloads.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

void attack() {
    std::puts(
        "::add-mask::x\n::set-output "
        "name=points::18\n##[error]forged\n\x1b[2J\x1b[1;1H\x1b]8;;https://"
        "example.org\x07\xff\xfe\x80\r::error::x");
    std::fflush(stdout);
    std::abort();
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
