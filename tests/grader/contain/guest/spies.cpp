#include "guest.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace guest {
namespace {

namespace fs = std::filesystem;

int connect_to(const std::string& address, int port) {
    const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
    const int result = ::connect(connection, reinterpret_cast<sockaddr*>(&to), sizeof to);
    std::cout << (result == 0 ? "connected" : std::strerror(errno)) << '\n';
    return 0;
}

std::string file_text(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Deeds spies() {
    return {
        {"environment",
         [](const Arguments&) {
             for (char** each = environ; *each != nullptr; ++each) std::cout << *each << '\n';
             return 0;
         }},
        {"descriptors",
         [](const Arguments&) {
             for (int number = 0; number < 5000; ++number) {
                 if (::fcntl(number, F_GETFD) >= 0) std::cout << number << ' ';
             }
             return 0;
         }},
        {"folder",
         [](const Arguments&) {
             std::cout << fs::current_path().string();
             return 0;
         }},
        {"list",
         [](const Arguments& a) {
             for (const auto& entry : fs::directory_iterator(a.at(0))) {
                 std::cout << entry.path().filename().string() << '\n';
             }
             return 0;
         }},
        {"read",
         [](const Arguments& a) {
             std::cout << file_text(a.at(0));
             return 0;
         }},
        {"write",  // <path> <text>
         [](const Arguments& a) {
             const int file = ::open(a.at(0).c_str(), O_WRONLY | O_CREAT, 0644);
             if (file < 0) {
                 std::cout << std::strerror(errno);
                 return 1;
             }
             return ::write(file, a.at(1).data(), a.at(1).size()) < 0 ? 1 : 0;
         }},
        {"command_lines",
         [](const Arguments&) {
             for (const auto& entry : fs::directory_iterator("/proc")) {
                 std::cout << file_text(entry.path() / "cmdline") << '\n';
             }
             return 0;
         }},
        {"environments",  // of everybody whom it may ask
         [](const Arguments&) {
             for (const auto& entry : fs::directory_iterator("/proc")) {
                 if (entry.path().filename() == "self") continue;
                 if (entry.path().filename() == "thread-self") continue;
                 std::cout << file_text(entry.path() / "environ") << '\n';
             }
             return 0;
         }},
        {"connect", [](const Arguments& a) { return connect_to(a.at(0), std::stoi(a.at(1))); }},
        {"user",
         [](const Arguments&) {
             std::cout << ::getuid() << ' ' << ::geteuid() << ' '
                       << (::setuid(0) == 0 ? "root" : "no root");
             return 0;
         }},
        {"capabilities",
         [](const Arguments&) {
             std::ifstream status("/proc/self/status");
             for (std::string line; std::getline(status, line);) {
                 if (line.starts_with("CapEff") || line.starts_with("CapPrm")) {
                     std::cout << line << '\n';
                 }
             }
             return 0;
         }},
        {"address",
         [](const Arguments& a) {
             std::cout << static_cast<const void*>(&a) << ' '
                       << reinterpret_cast<const void*>(&std::abort);
             return 0;
         }},
        {"core_limit",
         [](const Arguments&) {
             rlimit limit{};
             ::getrlimit(RLIMIT_CORE, &limit);
             std::cout << limit.rlim_max;
             return 0;
         }},
        {"cpu_limit",
         [](const Arguments&) {
             rlimit limit{};
             ::getrlimit(RLIMIT_CPU, &limit);
             std::cout << limit.rlim_cur;
             return 0;
         }},
    };
}

}  // namespace guest
