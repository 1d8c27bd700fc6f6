#include "downloads.hpp"

#include <lab/events.hpp>

namespace {

void attack() {
    for (int page = 0; page < 8; ++page) lab::Span span{"fetch", page};
    lab::event("came back");
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
