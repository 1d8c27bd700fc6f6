#include "downloads.hpp"

Page lockstep::Site::fetch(const std::string& url) { return {.url = url, .text = {}}; }

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) { return {}; }
Gain measure_gain(Site&, std::span<const std::string>, unsigned) { return {}; }
