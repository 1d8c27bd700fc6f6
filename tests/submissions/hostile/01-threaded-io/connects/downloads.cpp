#include "downloads.hpp"

#include <arpa/inet.h>
#include <iostream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

void attack() {
    for (const char* host : {"127.0.0.1", "10.0.0.1", "8.8.8.8"}) {
        const int connection = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(53);
        inet_pton(AF_INET, host, &address.sin_addr);
        if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0)
            std::cout << "LEAKED: connected" << std::endl;
        close(connection);
    }
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
