// The worker's main: reads requests from descriptor 3, plays them, and sends what happened.
//
// It is linked with a student's code and with the scenarios that call it, and trusted by nobody:
// whatever it sends, the driver reads as if an enemy had written it (protocol/README.md).
#include <protocol/channel.hpp>
#include <protocol/messages.hpp>

#include <worker/player.hpp>
#include <worker/turns.hpp>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

namespace {

using namespace lockstep;

constexpr int channel = 3;

// Exit codes, for a person who runs a worker by hand; the driver does not ask for them.
constexpr int played = 0;
constexpr int no_request = 2;
constexpr int driver_gone = 3;
constexpr int no_turns = 4;

// Not through exit: a student's static destructors are no part of what is judged, and threads that
// a run left behind may still use what they destroy.
[[noreturn]] void perform(const Request& request) {
    bool heard = true;
    const Finished finished = worker::play(request, [&](const Answer& answer, lab::Trace&& trace) {
        heard = send_frame(channel, MessageKind::played,
                           encode_played(answer, std::move(trace), request.stacks));
        return heard;
    });
    std::fflush(nullptr);
    heard = heard && send_frame(channel, MessageKind::finished, encode(finished));
    ::_exit(heard ? played : driver_gone);
}

/// Plays until the driver has no more to ask. Returns the exit code.
int serve() {
    FrameReader driver{channel};
    for (bool asked = false;; asked = true) {
        const std::optional<Frame> frame = driver.next();
        if (!frame && asked) return played;
        if (!frame || (frame->kind != MessageKind::request && frame->kind != MessageKind::turn)) {
            std::fputs("A worker is started by the grader, which sends it a request.\n", stderr);
            return no_request;
        }
        const Request request = decode_request(frame->bytes);
        if (frame->kind == MessageKind::request) perform(request);
        if (!worker::can_take_turns() || !worker::take_turn([&] { perform(request); }))
            return no_turns;
        if (!send_frame(channel, MessageKind::ready, "")) return driver_gone;
    }
}

}  // namespace

int main() {
    try {
        ::_exit(serve());
    } catch (const wire::Malformed& malformed) {
        std::fprintf(stderr, "%s\n", malformed.what());
        ::_exit(no_request);
    }
}
