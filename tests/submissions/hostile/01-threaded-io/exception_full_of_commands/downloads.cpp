#include "downloads.hpp"

#include <stdexcept>

namespace {

void attack() {
    throw std::runtime_error{"\n::error::forged\n\x1b[31m<script>alert(1)</script>]]>&"};
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
