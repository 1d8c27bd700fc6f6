#include "downloads.hpp"

consteval int forever() {
    int steps = 0;
    for (int i = 0; i < 2'000'000'000; ++i) steps ^= i;
    return steps;
}
constexpr int never = forever();

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) { return {}; }
Gain measure_gain(Site&, std::span<const std::string>, unsigned) { return {}; }
