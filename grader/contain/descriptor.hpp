// File descriptors that close themselves, and what goes through them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

/// Owns a file descriptor; -1 is none.
class Descriptor {
public:
    Descriptor() noexcept = default;
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        reset(other.release());
        return *this;
    }
    ~Descriptor() { reset(); }

    [[nodiscard]] int get() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }
    int release() noexcept { return std::exchange(number_, -1); }
    void reset(int number = -1) noexcept;

private:
    int number_ = -1;
};

using Bytes = std::vector<std::uint8_t>;

/// Two connected local sockets that no program started inherits. `type`: SOCK_STREAM or
/// SOCK_SEQPACKET. Throws std::system_error.
[[nodiscard]] std::pair<Descriptor, Descriptor> connected_sockets(int type);

/// For SOCK_STREAM: a length, then the bytes. Both block; throw std::system_error.
void send_frame(int socket, std::span<const std::uint8_t> bytes);
/// Nothing when the other end closed before a whole frame came, or the frame is absurdly long.
[[nodiscard]] std::optional<Bytes> receive_frame(int socket);

/// For SOCK_SEQPACKET: a message, and a descriptor with it where `passed` is not -1. False when the
/// other end is gone.
bool send_message(int socket, std::span<const std::uint8_t> bytes, int passed = -1) noexcept;
struct Message {
    Bytes bytes;  ///< empty: the other end is gone
    Descriptor passed;
};
/// Blocks until there is one.
[[nodiscard]] Message receive_message(int socket);

/// Writes all of `text` into a new file in memory, ready to be read from its beginning. Throws
/// std::system_error.
[[nodiscard]] Descriptor file_in_memory(const std::string& text);

/// Another number for the same thing, 64 or above, so that the low numbers are free to be assigned.
/// Closed on exec. Throws std::system_error.
[[nodiscard]] Descriptor out_of_the_way(int number);

/// No descriptor from `first` on reaches a program that this process executes.
void close_on_exec_from(int first) noexcept;

}  // namespace lockstep
