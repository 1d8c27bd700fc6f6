#include "downloads.hpp"

#include <iostream>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

void attack() {
    // Not by setuid, which would ask every thread of the program to come along.
    if (syscall(SYS_setuid, 0) == 0) std::cout << "LEAKED: root" << std::endl;
    if (syscall(SYS_setresuid, 0, 0, 0) == 0) std::cout << "LEAKED: root" << std::endl;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) std::cout << "LEAKED: a namespace" << std::endl;
    if (mount("none", "/tmp", "tmpfs", 0, nullptr) == 0)
        std::cout << "LEAKED: a mount" << std::endl;
    if (chroot("/tmp") == 0) std::cout << "LEAKED: a root" << std::endl;
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
