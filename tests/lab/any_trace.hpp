// Traces that nobody would make, for what must hold for any.
#pragma once

#include "sketch.hpp"

#include <array>
#include <cstdint>
#include <random>
#include <string>

namespace sketch {

using lab::Diagnosis;

/// Any trace at all, also those that no run would make.
inline lab::Trace random_trace(std::mt19937& random) {
    const auto up_to = [&](int most) { return std::uniform_int_distribution{0, most}(random); };
    static const std::array<std::string, 9> names{
        "fetch",
        "a much longer label than any bar has room for",
        "线程一号",
        "\x1b[31mred\x1b[0m\x1b]0;t\x07",
        "\xff\xfe\xc3",
        "e\u0301te\u0301",
        "😀😀",
        "<&\"'>]]>",
        "line\nbreak\t::error::x",
    };
    Sketch sketch{static_cast<std::size_t>(up_to(6)) + 1};
    const auto threads = static_cast<int>(sketch.parts().threads.size());
    for (lab::ThreadInfo& info : sketch.parts().threads) {
        if (up_to(2) == 0) {
            info.name = names[static_cast<std::size_t>(up_to(8))];
        }
        info.ended = up_to(1) == 0;
    }
    for (int i = 0; i < 4; ++i) {
        (void)sketch.object(static_cast<ObjectKind>(up_to(12)));
    }
    const bool timed = up_to(3) != 0;
    Duration now{0};
    const int events = up_to(60);
    for (int i = 0; i < events; ++i) {
        if (timed && up_to(1) == 0) {
            now += Duration{static_cast<std::int64_t>(up_to(1'000'000)) *
                            (up_to(9) == 0 ? 5'000'000 : 10)};
            sketch.at(now);
        }
        if (up_to(3) == 0) {
            sketch.same_step();
        }
        sketch.event(static_cast<ThreadId>(up_to(threads)), static_cast<EventKind>(up_to(20)),
                     static_cast<ObjectId>(up_to(6)), up_to(12) - 1,
                     names[static_cast<std::size_t>(up_to(8))]);
        if (up_to(20) == 0) {
            sketch.diagnose(static_cast<Diagnosis::Kind>(up_to(27)),
                            names[static_cast<std::size_t>(up_to(8))],
                            {{static_cast<ThreadId>(up_to(threads)), "waits"}, {0, names[3]}});
        }
    }
    if (up_to(4) == 0) {
        // Steps and times that do not fit the trace's own.
        for (lab::Event& event : sketch.parts().events) {
            event.step = static_cast<std::uint32_t>(up_to(1'000'000'000));
            event.at = Duration{up_to(2'000'000'000) - 1'000'000'000};
        }
    }
    return sketch.trace();
}

}  // namespace sketch
