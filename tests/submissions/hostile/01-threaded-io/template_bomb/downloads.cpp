#include "downloads.hpp"

template <int depth, int way>
struct Bomb {
    static constexpr int value =
        Bomb<depth - 1, 2 * way>::value + Bomb<depth - 1, 2 * way + 1>::value;
};
template <int way>
struct Bomb<0, way> {
    static constexpr int value = 1;
};
static_assert(Bomb<26, 1>::value > 0);

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) { return {}; }
Gain measure_gain(Site&, std::span<const std::string>, unsigned) { return {}; }
