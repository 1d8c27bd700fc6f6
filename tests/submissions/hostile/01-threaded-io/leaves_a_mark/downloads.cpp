#include "downloads.hpp"

#include <fstream>
#include <initializer_list>

namespace {

void attack() {
    for (const char* path :
         {"/var/tmp/lockstep-outside/mark", "/tmp/lockstep-mark", "/usr/bin/mark",
          "/run/lockstep/supervisor", "/submission/mark", "/made/mark", "/worker"})
        std::ofstream{path} << "was here" << std::endl;
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
