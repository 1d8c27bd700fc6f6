#include <lab/catch.hpp>

#include <protocol/channel.hpp>

#include <array>
#include <string>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace lockstep;

class Sockets {
public:
    Sockets() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) == 0); }
    ~Sockets() {
        hang_up();
        ::close(ends_[0]);
    }
    Sockets(const Sockets&) = delete;
    Sockets& operator=(const Sockets&) = delete;

    [[nodiscard]] int near() const { return ends_[0]; }
    [[nodiscard]] int far() const { return ends_[1]; }
    void hang_up() {
        if (ends_[1] >= 0) ::close(ends_[1]);
        ends_[1] = -1;
    }
    void send_raw(const std::string& bytes) const {
        REQUIRE(::write(far(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }

private:
    std::array<int, 2> ends_{};
};

TEST_CASE("frames arrive whole and in order, however large") {
    Sockets sockets;
    const std::string large(3'000'000, 'x');
    std::jthread sender{[&] {
        (void)send_frame(sockets.far(), MessageKind::played, large);
        (void)send_frame(sockets.far(), MessageKind::finished, "");
    }};
    FrameReader reader{sockets.near()};
    const auto first = reader.next();
    REQUIRE(first);
    CHECK(first->kind == MessageKind::played);
    CHECK(first->bytes == large);
    const auto second = reader.next();
    REQUIRE(second);
    CHECK(second->kind == MessageKind::finished);
    CHECK(second->bytes.empty());
}

TEST_CASE("the other side's end is no frame, also in the middle of one") {
    Sockets sockets;
    SECTION("between frames") {}
    SECTION("within a head") { sockets.send_raw(std::string{"\x05", 1}); }
    SECTION("within a message") { sockets.send_raw(std::string{"\x05\0\0\0\x02hi", 7}); }
    sockets.hang_up();
    FrameReader reader{sockets.near()};
    CHECK_FALSE(reader.next().has_value());
}

TEST_CASE("a frame that is too long or of no known kind is malformed") {
    Sockets sockets;
    SECTION("too long") { sockets.send_raw(std::string{"\xff\xff\xff\xff\x02", 5}); }
    SECTION("of no kind") { sockets.send_raw(std::string{"\0\0\0\0\x09", 5}); }
    FrameReader reader{sockets.near()};
    CHECK_THROWS_AS(reader.next(), wire::Malformed);
}

TEST_CASE("a sender learns that nobody listens, and that a message is too long") {
    Sockets sockets;
    CHECK_FALSE(
        send_frame(sockets.near(), MessageKind::played, std::string(max_frame_bytes + 1, 'x')));
    sockets.hang_up();
    CHECK_FALSE(send_frame(sockets.near(), MessageKind::played, "nobody there"));
}

}  // namespace
