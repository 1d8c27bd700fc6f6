#include "downloads.hpp"

#include <pthread.h>

extern "C" int pthread_mutex_lock(pthread_mutex_t*) { return 0; }

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) { return {}; }
Gain measure_gain(Site&, std::span<const std::string>, unsigned) { return {}; }
