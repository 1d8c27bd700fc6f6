#include "guest.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <iostream>
#include <thread>

namespace guest {
namespace {

[[noreturn]] void spin() {
    for (volatile std::uint64_t turns = 0;;) turns = turns + 1;
}

void eat(std::size_t bytes) {
    constexpr std::size_t piece = std::size_t{1} << 20;
    for (std::size_t eaten = 0; eaten < bytes; eaten += piece) {
        void* memory =
            ::mmap(nullptr, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) return;
        std::memset(memory, 1, piece);
    }
}

int in_children(int count, const std::function<void()>& what) {
    for (int i = 0; i < count; ++i) {
        if (::fork() == 0) {
            what();
            sleep_for_ever();
        }
    }
    while (::wait(nullptr) > 0) {
    }
    return 0;
}

std::size_t megabytes(const std::string& text) { return std::stoul(text) << 20; }

/// Writes until nothing more fits; tells how much did.
int fill(const std::string& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::string piece(1 << 16, 'x');
    std::size_t total = 0;
    for (ssize_t n = 0; (n = ::write(file, piece.data(), piece.size())) > 0;) {
        total += static_cast<std::size_t>(n);
    }
    std::cout << total << '\n';
    return 0;
}

}  // namespace

Deeds bombs() {
    return {
        {"spin", [](const Arguments&) -> int { spin(); }},
        {"spin_in_children",
         [](const Arguments& a) { return in_children(std::stoi(a.at(0)), spin); }},
        {"burn",  // so many milliseconds of CPU time, and no more
         [](const Arguments& a) -> int {
             const std::clock_t end = std::clock() + std::stol(a.at(0)) * CLOCKS_PER_SEC / 1'000;
             while (std::clock() < end) {
             }
             return 0;
         }},
        {"burn_in_turn",  // short-lived children, one after the other
         [](const Arguments&) -> int {
             for (;;) {
                 if (::fork() == 0) {
                     for (volatile int turns = 0; turns < 20'000'000;) turns = turns + 1;
                     ::_exit(0);
                 }
                 ::wait(nullptr);
             }
         }},
        {"eat",
         [](const Arguments& a) {
             eat(megabytes(a.at(0)));
             return 0;
         }},
        {"eat_in_children",
         [](const Arguments& a) {
             const std::size_t each = megabytes(a.at(1));
             return in_children(std::stoi(a.at(0)), [each] { eat(each); });
         }},
        {"flood",
         [](const Arguments&) -> int {
             const std::string line(4096, '#');
             for (;;) std::cout << line;
         }},
        {"fork_bomb",
         [](const Arguments&) -> int {
             for (;;) ::fork();
         }},
        {"fill", [](const Arguments& a) { return fill(a.at(0)); }},
        {"exhaust_descriptors",
         [](const Arguments&) {
             int count = 0;
             while (::open("/dev/null", O_RDONLY) >= 0) ++count;
             std::cout << count << '\n';
             return 0;
         }},
        {"overflow_stack",
         [](const Arguments& a) {
             std::function<std::size_t(std::size_t)> deeper = [&](std::size_t depth) {
                 volatile char frame[4096] = {};
                 frame[depth % sizeof frame] = 1;
                 return depth > 1'000'000'000 ? depth : deeper(depth + 1) + frame[0];
             };
             return static_cast<int>(deeper(a.size()));
         }},
    };
}

}  // namespace guest
