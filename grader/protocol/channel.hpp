// Frames over a stream socket: what every message travels in.
#pragma once

#include <protocol/messages.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

inline constexpr std::size_t max_frame_bytes = std::size_t{16} << 20;
inline constexpr std::size_t max_reply_bytes = std::size_t{256} << 20;

struct Frame {
    MessageKind kind = MessageKind::finished;
    std::string bytes;
};

/// Blocks until all is written. False when the other side is gone, or the message is longer than a
/// frame may be.
[[nodiscard]] bool send_frame(int descriptor, MessageKind kind, std::string_view bytes) noexcept;

/// Reads frames from one sender, and counts what it sent.
class FrameReader {
public:
    explicit FrameReader(int descriptor) : descriptor_{descriptor} {}

    /// Blocks. Nullopt when the other side is gone, between frames or within one. Throws
    /// wire::Malformed for a frame that is too long, of an unknown kind, or one too many.
    [[nodiscard]] std::optional<Frame> next();

private:
    [[nodiscard]] bool fill(char* to, std::size_t size);

    int descriptor_;
    std::size_t total_ = 0;
};

}  // namespace lockstep
