// How many processors there are: as many as the modelled machine has.
#include <lab/interpose/doors.hpp>

#include <sys/sysinfo.h>
#include <unistd.h>

LAB_ORIGINAL(get_nprocs)
LAB_ORIGINAL(sysconf)

using namespace lab::interpose;
using lab::runtime::Thread;
using lab::runtime::World;

extern "C" {

int get_nprocs() noexcept {
    return enter([&] { return original_get_nprocs(); },
                 [&](World& world, Thread&) { return static_cast<int>(world.options().cores); });
}

long sysconf(int name) noexcept {
    return enter([&] { return original_sysconf(name); },
                 [&](World& world, Thread&) {
                     return name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF
                                ? static_cast<long>(world.options().cores)
                                : original_sysconf(name);
                 });
}

}  // extern "C"
