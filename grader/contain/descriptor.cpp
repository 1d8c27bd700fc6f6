#include <contain/descriptor.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace lockstep {
namespace {

// A job is some kilobytes, an outcome little more than the output that is kept.
constexpr std::uint32_t longest_frame = 64U << 20;
constexpr std::size_t longest_message = 192U << 10;
constexpr unsigned close_range_cloexec = 4;  // <linux/close_range.h>, which older systems lack

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

void send_all(int socket, const void* data, std::size_t size) {
    const auto* bytes = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EINTR) continue;
            fail("send");
        }
        bytes += sent;
        size -= static_cast<std::size_t>(sent);
    }
}

/// False when the other end closed first.
bool receive_all(int socket, void* data, std::size_t size) {
    auto* bytes = static_cast<char*>(data);
    while (size > 0) {
        const ssize_t received = ::recv(socket, bytes, size, 0);
        if (received < 0) {
            if (errno == EINTR) continue;
            if (errno == ECONNRESET) return false;
            fail("recv");
        }
        if (received == 0) return false;
        bytes += received;
        size -= static_cast<std::size_t>(received);
    }
    return true;
}

/// Waits for a message. So that a buffer for the largest need not be cleared for every small one.
std::size_t size_of_next(int socket) {
    char first = 0;
    ssize_t size = 0;
    do {
        size = ::recv(socket, &first, sizeof first, MSG_PEEK | MSG_TRUNC);
        // Who closes without having read all resets the connection; that is told first, and once,
        // and what it had sent before is still to be read.
    } while (size < 0 && (errno == EINTR || errno == ECONNRESET));
    return size > 0 ? std::min(static_cast<std::size_t>(size), longest_message) : 1;
}

}  // namespace

void Descriptor::reset(int number) noexcept {
    if (number_ >= 0) ::close(number_);
    number_ = number;
}

std::pair<Descriptor, Descriptor> connected_sockets(int type) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) fail("socketpair");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

void send_frame(int socket, std::span<const std::uint8_t> bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    send_all(socket, &size, sizeof size);
    send_all(socket, bytes.data(), bytes.size());
}

std::optional<Bytes> receive_frame(int socket) {
    std::uint32_t size = 0;
    if (!receive_all(socket, &size, sizeof size) || size > longest_frame) return std::nullopt;
    Bytes bytes(size);
    if (!receive_all(socket, bytes.data(), bytes.size())) return std::nullopt;
    return bytes;
}

bool send_message(int socket, std::span<const std::uint8_t> bytes, int passed) noexcept {
    iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    if (passed >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(header), &passed, sizeof passed);
    }
    ssize_t sent = 0;
    do {
        sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

Message receive_message(int socket) {
    Message result;
    result.bytes.resize(size_of_next(socket));
    iovec part{result.bytes.data(), result.bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t received = 0;
    do {
        received = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (received < 0 && (errno == EINTR || errno == ECONNRESET));
    result.bytes.resize(received > 0 ? static_cast<std::size_t>(received) : 0);
    if (received > 0) {
        for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
             header = CMSG_NXTHDR(&message, header)) {
            if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
                int number = -1;
                std::memcpy(&number, CMSG_DATA(header), sizeof number);
                result.passed.reset(number);
            }
        }
    }
    return result;
}

Descriptor file_in_memory(const std::string& text) {
    Descriptor file(static_cast<int>(::memfd_create("arguments", MFD_CLOEXEC)));
    if (!file) fail("memfd_create");
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t n = ::write(file.get(), text.data() + written, text.size() - written);
        if (n < 0) fail("write");
        written += static_cast<std::size_t>(n);
    }
    if (::lseek(file.get(), 0, SEEK_SET) != 0) fail("lseek");
    return file;
}

Descriptor out_of_the_way(int number) {
    const int copy = ::fcntl(number, F_DUPFD_CLOEXEC, 64);
    if (copy < 0) fail("fcntl");
    return Descriptor(copy);
}

void close_on_exec_from(int first) noexcept {
#ifdef SYS_close_range
    if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, close_range_cloexec) == 0) {
        return;
    }
#endif
    // A kernel before 5.11.
    DIR* folder = ::opendir("/proc/self/fd");
    if (folder == nullptr) {
        for (int number = first; number < 4096; ++number) ::fcntl(number, F_SETFD, FD_CLOEXEC);
        return;
    }
    while (const dirent* entry = ::readdir(folder)) {
        const int number = std::atoi(entry->d_name);
        if (number >= first) ::fcntl(number, F_SETFD, FD_CLOEXEC);
    }
    ::closedir(folder);
}

}  // namespace lockstep
