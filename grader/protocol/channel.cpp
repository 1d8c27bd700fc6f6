#include <protocol/channel.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include <sys/socket.h>
#include <unistd.h>

namespace lockstep {
namespace {

constexpr std::size_t head_bytes = 5;

[[nodiscard]] bool send_all(int descriptor, const char* data, std::size_t size) noexcept {
    while (size > 0) {
        const ssize_t sent = ::send(descriptor, data, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        data += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

}  // namespace

bool send_frame(int descriptor, MessageKind kind, std::string_view bytes) noexcept {
    if (bytes.size() > max_frame_bytes) return false;
    std::array<char, head_bytes> head{};
    for (unsigned i = 0; i < 4; ++i) head[i] = static_cast<char>((bytes.size() >> (8 * i)) & 0xffU);
    head[4] = static_cast<char>(kind);
    return send_all(descriptor, head.data(), head.size()) &&
           send_all(descriptor, bytes.data(), bytes.size());
}

bool FrameReader::fill(char* to, std::size_t size) {
    while (size > 0) {
        const ssize_t got = ::read(descriptor_, to, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        to += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

std::optional<Frame> FrameReader::next() {
    std::array<char, head_bytes> head{};
    if (!fill(head.data(), head.size())) return std::nullopt;
    std::size_t size = 0;
    for (unsigned i = 0; i < 4; ++i)
        size |= static_cast<std::size_t>(static_cast<unsigned char>(head[i])) << (8 * i);
    const auto kind = static_cast<std::uint8_t>(head[4]);
    if (kind < static_cast<std::uint8_t>(MessageKind::request) ||
        kind > static_cast<std::uint8_t>(MessageKind::ready))
        throw wire::Malformed{"A frame is of no known kind."};
    if (size > max_frame_bytes) throw wire::Malformed{"A frame is longer than it may be."};
    if (total_ += size; total_ > max_reply_bytes)
        throw wire::Malformed{"The frames are longer in all than they may be."};

    Frame frame{static_cast<MessageKind>(kind), {}};
    // In pieces: a length that was only claimed costs no memory.
    constexpr std::size_t piece = std::size_t{64} << 10;
    while (frame.bytes.size() < size) {
        const std::size_t at = frame.bytes.size();
        const std::size_t more = std::min(piece, size - at);
        frame.bytes.resize(at + more);
        if (!fill(frame.bytes.data() + at, more)) return std::nullopt;
    }
    return frame;
}

}  // namespace lockstep
