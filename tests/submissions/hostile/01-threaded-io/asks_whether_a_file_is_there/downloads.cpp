#include "downloads.hpp"

#if __has_include("/var/tmp/lockstep-outside/secret") || __has_include("/etc/passwd")
#error LEAKED: it is there
#endif

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) { return {}; }
Gain measure_gain(Site&, std::span<const std::string>, unsigned) { return {}; }
