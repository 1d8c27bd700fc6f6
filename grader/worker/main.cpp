// The worker's main: reads one request from descriptor 3, plays it, sends what happened, and ends.
//
// It is linked with a student's code and with the scenarios that call it, and trusted by nobody:
// whatever it sends, the driver reads as if an enemy had written it (protocol/README.md).
#include <protocol/channel.hpp>
#include <protocol/messages.hpp>

#include <worker/player.hpp>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

namespace {

constexpr int channel = 3;

// Exit codes, for a person who runs a worker by hand; the driver does not ask for them.
constexpr int played = 0;
constexpr int no_request = 2;
constexpr int driver_gone = 3;

}  // namespace

int main() {
    using namespace lockstep;
    Request request;
    try {
        const std::optional<Frame> frame = FrameReader{channel}.next();
        if (!frame || frame->kind != MessageKind::request) {
            std::fputs("A worker is started by the grader, which sends it a request.\n", stderr);
            return no_request;
        }
        request = decode_request(frame->bytes);
    } catch (const wire::Malformed& malformed) {
        std::fprintf(stderr, "%s\n", malformed.what());
        return no_request;
    }

    bool heard = true;
    const Finished finished = worker::play(request, [&](const Answer& answer, lab::Trace&& trace) {
        heard = send_frame(channel, MessageKind::played,
                           encode_played(answer, std::move(trace), request.stacks));
        return heard;
    });
    std::fflush(nullptr);
    heard = heard && send_frame(channel, MessageKind::finished, encode(finished));
    // Not through exit: a student's static destructors are no part of what is judged, and threads
    // that a run left behind may still use what they destroy.
    ::_exit(heard ? played : driver_gone);
}
