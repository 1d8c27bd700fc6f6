#include "downloads.hpp"

#include <cstdlib>
#include <new>

void* operator new(std::size_t) { throw std::bad_alloc{}; }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) { return {}; }
Gain measure_gain(Site&, std::span<const std::string>, unsigned) { return {}; }
