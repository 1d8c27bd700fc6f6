#include "downloads.hpp"

int main() { return 0; }

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) { return {}; }
Gain measure_gain(Site&, std::span<const std::string>, unsigned) { return {}; }
