// Writes the first inputs for `replies`: fuzz_seeds FOLDER
#include <protocol/channel.hpp>
#include <protocol/messages.hpp>

#include "../grader/protocol/samples.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace lockstep;
using Frames = std::vector<std::pair<MessageKind, std::string>>;

/// What the frames are on a socket.
bool write(const std::filesystem::path& file, const Frames& frames) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) return false;
    bool done = true;
    for (const auto& [kind, bytes] : frames) done = send_frame(ends[0], kind, bytes) && done;
    ::close(ends[0]);
    std::ofstream to{file, std::ios::binary};
    std::array<char, 4096> part{};
    for (ssize_t size = 0; (size = ::read(ends[1], part.data(), part.size())) > 0;)
        to.write(part.data(), size);
    ::close(ends[1]);
    return done && to.flush().good();
}

std::string played(bool stacks) {
    return encode_played(samples::answer(), lab::TraceBuilder::build(samples::trace()), stacks);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: fuzz_seeds FOLDER\n", stderr);
        return 2;
    }
    const std::filesystem::path folder{argv[1]};
    std::filesystem::create_directories(folder);
    const std::pair finished{MessageKind::finished, encode(Finished{1, ""})};
    const bool done =
        write(folder / "request", {{MessageKind::request, encode(samples::request())}}) &&
        write(folder / "turn", {{MessageKind::turn, encode(samples::request())}}) &&
        write(folder / "one_run", {{MessageKind::played, played(false)}, finished}) &&
        write(folder / "with_stacks", {{MessageKind::played, played(true)}, finished}) &&
        write(folder / "a_turn",
              {{MessageKind::played, played(true)}, finished, {MessageKind::ready, ""}}) &&
        write(folder / "complaint", {{MessageKind::finished, encode(Finished{0, "no scenario"})}});
    return done ? 0 : 1;
}
