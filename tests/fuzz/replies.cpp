// What a worker sends, read as the driver reads it, and asked what judges ask.
#include "memory_file.hpp"
#include "promise.hpp"

#include <judge/timeline.hpp>
#include <protocol/channel.hpp>
#include <protocol/messages.hpp>
#include <score/timeline_json.hpp>

#include <lab/finding.hpp>
#include <lab/summary.hpp>
#include <lab/timeline/svg.hpp>
#include <lab/timeline/timeline.hpp>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>

namespace {

using namespace lockstep;

void ask(const lab::Trace& trace) {
    std::size_t length = trace.text().size() + trace.story(100).size() + trace.recipe().size();
    for (const lab::Event& event : trace.events()) {
        length += trace.label(event).size() + trace.object_name(event.object).size();
        length += trace.stack(event.stack).size() + trace.thread_name(event.thread).size();
    }
    for (const lab::SpanRecord& span : trace.spans()) length += span.end >= span.begin ? 1 : 0;
    for (const lab::ThreadId thread : trace.schedule()) length += trace.thread_name(thread).size();
    length += trace.peak_overlap("fetch") + trace.marks("came back").size();
    length += lab::all_threads_ended_before(trace, "came back") ? 1 : 0;
    length += lab::exactly_once(trace, "fetch", 1) ? 1 : 0;
    length += lab::draw_svg(trace).size() + lab::summary(trace).size();
    for (const bool unicode : {false, true}) {
        const std::string picture = lab::draw_text(trace, {.width = 60, .unicode = unicode});
        length += picture.size();
        fuzz::promise_no_controls(picture);
    }
    if (const auto timeline = timeline_of(trace)) {
        // Throws for what the grader would not read from the driver.
        const auto kept = timeline_from_json(to_json(*timeline), "it");
        length += draw_svg(kept, {}).size();
    }
    fuzz::promise(length > 0, "a trace has something to say");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const fuzz::MemoryFile file{bytes, size};
    FrameReader reader{file.descriptor()};
    try {
        while (const std::optional<Frame> frame = reader.next()) {
            switch (frame->kind) {
            case MessageKind::request:
            case MessageKind::turn: (void)decode_request(frame->bytes); break;
            case MessageKind::played: ask(decode_played(frame->bytes, Run{}).trace); break;
            case MessageKind::finished: (void)decode_finished(frame->bytes); break;
            case MessageKind::ready: break;
            }
        }
    } catch (const wire::Malformed&) {  // as it should
    }
    return 0;
}
