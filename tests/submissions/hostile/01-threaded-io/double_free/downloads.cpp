#include "downloads.hpp"

#include <cstdlib>

namespace {

void attack() {
    void* volatile memory = std::malloc(64);
    std::free(memory);
    std::free(memory);
    std::abort();  // where the allocator has let it pass
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
