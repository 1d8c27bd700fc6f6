#include "downloads.hpp"

#include <sys/types.h>

extern "C" ssize_t write(int, const void*, size_t size) { return static_cast<ssize_t>(size); }

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) { return {}; }
Gain measure_gain(Site&, std::span<const std::string>, unsigned) { return {}; }
