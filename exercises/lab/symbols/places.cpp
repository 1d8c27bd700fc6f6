#include <lab/place.hpp>
#include <lab/symbols/debug_info.hpp>
#include <lab/symbols/function_name.hpp>
#include <lab/symbols/owner.hpp>

#include <mutex>
#include <unordered_map>
#include <utility>

namespace lab {
namespace {

std::vector<Place> look_up(void* return_address) {
    // The call is before the address it returns to, which may belong to another line, or, after a
    // call that does not return, to another function.
    const void* const instruction = static_cast<const char*>(return_address) - 1;
    const bool elsewhere = !in_executable(instruction);

    std::vector<Place> places;
    for (Frame& frame : frames_at(instruction)) {
        Place place;
        place.function = readable_name(frame.function);
        place.owner = elsewhere ? Owner::library
                                : owner_of(frame.file, place.function, is_mangled(frame.function));
        place.file = std::move(frame.file);
        place.line = frame.line;
        places.push_back(std::move(place));
    }
    return places;
}

using Cache = std::unordered_map<void*, std::vector<Place>>;

constinit std::mutex access;

// Made and used under the lock, and never destroyed: destructors of the program's own statics may
// still ask.
constinit Cache* cache = nullptr;

}  // namespace

std::vector<Place> places_of(std::span<void* const> return_addresses) {
    const std::lock_guard lock(access);
    if (cache == nullptr) cache = new Cache;
    std::vector<Place> places;
    for (void* address : return_addresses) {
        auto found = cache->find(address);
        if (found == cache->end()) {
            found = cache->emplace(address, look_up(address)).first;
        }
        places.insert(places.end(), found->second.begin(), found->second.end());
    }
    return places;
}

std::string Place::brief() const {
    if (known() && !file.empty()) {
        return file.substr(file.rfind('/') + 1) + ':' + std::to_string(line);
    }
    return function.empty() ? "an unknown place" : function;
}

}  // namespace lab
