// The drawings: exactly for small traces, and by their properties for any.
#include "any_trace.hpp"
#include "sketch.hpp"
#include "xml_fault.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>
#include <lab/summary.hpp>
#include <lab/timeline/layout.hpp>
#include <lab/timeline/timeline.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <random>
#include <vector>

using namespace sketch;
using lab::Diagnosis;
using lab::draw_svg;
using lab::draw_text;
using lab::TextStyle;

namespace {

TextStyle style(unsigned width, bool unicode = true, bool colour = false) {
    TextStyle style;
    style.width = width;
    style.unicode = unicode;
    style.colour = colour;
    return style;
}

/// Three downloads: one waits for a lock, one fails, one is cancelled.
lab::Trace downloads() {
    Sketch sketch{3};
    const ObjectId mutex = sketch.object(ObjectKind::mutex);
    sketch.start(0, -1).start(1).start(2).join(0, 1);
    sketch.begin(1, "fetch", 1).block(1, Wait::sleep).begin(2, "fetch", 2).block(2, Wait::sleep);
    sketch.at(1s).resume(2).finish(2, "fetch", 2).block(2, Wait::mutex, mutex);
    sketch.at(2s).finish(1, "fetch", 1).end(1).resume(0).block(0, Wait::sleep);
    sketch.resume(2).begin(2, "fetch", 3);
    sketch.at(3s).finish(2, "fetch", 3, Outcome::cancelled).begin(2, "fetch", 4);
    sketch.at(4s).finish(2, "fetch", 4, Outcome::failed).end(2).resume(0).end(0);
    return sketch.trace();
}

lab::Trace deadlock() {
    Sketch sketch{2};
    const ObjectId first = sketch.object(ObjectKind::mutex);
    const ObjectId second = sketch.object(ObjectKind::mutex);
    sketch.start(0, -1).start(1).lock(0, first).lock(1, second);
    sketch.block(0, Wait::mutex, second).block(1, Wait::mutex, first);
    sketch.diagnose(Diagnosis::Kind::lock_cycle, "main and thread 1 wait for each other",
                    {{0, "waits for mutex #2"}, {1, "waits for mutex #1"}});
    return sketch.trace();
}

lab::Trace coroutines() {
    return Sketch{}
        .start(0, -1)
        .begin(0, "slow")
        .begin(0, "limit")
        .block(0, Wait::io)
        .at(1s)
        .resume(0, Wake::ready)
        .finish(0, "limit")
        .finish(0, "slow", 0, Outcome::cancelled)
        .begin(0, "tidy")
        .block(0, Wait::io)
        .at(2s)
        .resume(0, Wake::ready)
        .finish(0, "tidy")
        .end(0)
        .trace();
}

/// Without ANSI colours.
std::string bare(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\x1b') {
            while (text[i] != 'm') {
                ++i;
            }
        } else {
            plain += text[i];
        }
    }
    return plain;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        REQUIRE(end != std::string::npos);
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

}  // namespace

TEST_CASE("a row per thread shows its spans and its waits", "[timeline]") {
    CHECK(draw_text(downloads(), style(60)) ==
          "         0 s         1 s         2 s          3 s        4 s\n"
          "         ├────────────┼───────────┼────────────┼───────────┤\n"
          "main     ~ join thread 1 ~~~~~~~~~·························┤\n"
          "thread 1 ▐ fetch 1 ███████████████┤\n"
          "thread 2 ▐ fetch 2 ███░ mutex #1 ░╱ fetch 3 ╱╱╱╳ fetch 4 ╳╳┤\n"
          "█ under way   ╱ cancelled   ╳ failed   ░ waits for a lock\n"
          "~ waits   · sleeps   ┤ ended\n");
}

TEST_CASE("the same in ASCII", "[timeline]") {
    CHECK(draw_text(downloads(), style(60, false)) ==
          "         0 s         1 s         2 s          3 s        4 s\n"
          "         +------------+-----------+------------+-----------+\n"
          "main     ~ join thread 1 ~~~~~~~~~.........................|\n"
          "thread 1 [ fetch 1 ===============|\n"
          "thread 2 [ fetch 2 ===% mutex #1 %/ fetch 3 ///x fetch 4 xx|\n"
          "= under way   / cancelled   x failed   % waits for a lock\n"
          "~ waits   . sleeps   | ended\n");
}

TEST_CASE("a run that takes no time is drawn in steps, with its problem", "[timeline]") {
    CHECK(draw_text(deadlock(), style(60)) ==
          "         step 0      2          4           6\n"
          "         ├───────────┼──────────┼───────────┼─────┤╌╌╌╌╌╌╌╌╌\n"
          "main     ──────■■■■■■──────■■■■■──────■■■■■■░ mutex #2 ░░░░✗\n"
          "thread 1             ■■■■■■─────■■■■■■──────■■■■■■░mutex #1✗\n"
          "✗ lock cycle at step 6: main and thread 1 wait for each\n"
          "  other\n"
          "    main: waits for mutex #2\n"
          "    thread 1: waits for mutex #1\n"
          "■ runs   ░ waits for a lock   ─ can run   ✗ problem\n");
}

TEST_CASE("overlapping spans of one thread have lanes of their own", "[timeline]") {
    CHECK(draw_text(coroutines(), style(50)) ==
          "     0 s      0.5 s       1 s       1.5 s      2 s\n"
          "     ├──────────┼──────────┼──────────┼──────────┤\n"
          "main ~ I/O ~~~~~~~~~~~~~~~~~ I/O ~~~~~~~~~~~~~~~~┤\n"
          "     ╱ slow ╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱▐ tidy ███████████████\n"
          "     ▐ limit ██████████████\n"
          "█ under way   ╱ cancelled   ~ waits   ┤ ended\n");
}

TEST_CASE("nested spans of one thread share its row, the inner one in front", "[timeline]") {
    Sketch sketch;
    sketch.start(0, -1).begin(0, "outer").at(1s).begin(0, "inner").at(2s).finish(0, "inner");
    const lab::Trace trace = sketch.at(4s).finish(0, "outer").trace();
    CHECK(draw_text(trace, style(50)) ==
          "     0 s       1 s        2 s        3 s       4 s\n"
          "     ├──────────┼──────────┼──────────┼──────────┤\n"
          "main ▐██████████▐ inner ███▐ outer ██████████████\n"
          "█ under way\n");
}

TEST_CASE("a span does not hide that its thread waits for a lock or computes", "[timeline]") {
    Sketch sketch;
    const ObjectId mutex = sketch.object(ObjectKind::mutex);
    sketch.start(0, -1).begin(0, "work").at(1s).block(0, Wait::mutex, mutex);
    sketch.at(2s).resume(0).compute(0, 0).at(3s).computed(0, 1s);
    const lab::Trace trace = sketch.at(4s).finish(0, "work").end(0).trace();
    CHECK(draw_text(trace, style(50)) ==
          "     0 s       1 s        2 s        3 s       4 s\n"
          "     ├──────────┼──────────┼──────────┼──────────┤\n"
          "main ▐ work ████░░░░░░░░░░░▓▓▓▓▓▓▓▓▓▓▓███████████┤\n"
          "█ under way   ▓ computes   ░ waits for a lock\n"
          "┤ ended\n");
}

TEST_CASE("events and notifications are marked", "[timeline]") {
    const lab::Trace timed =
        Sketch{}.start(0, -1).at(1s).mark(0, "cancel", 2).at(4s).end(0).trace();
    CHECK_THAT(draw_text(timed, style(50)), lab::contains("▾cancel 2 ─"));
    Sketch sketch;
    const ObjectId condition = sketch.object(ObjectKind::condition);
    const lab::Trace untimed = sketch.start(0, -1).notify(0, condition, 0).trace();
    CHECK_THAT(draw_text(untimed, style(50)), lab::contains("!"));
    CHECK_THAT(draw_text(untimed, style(50)), lab::contains("! notifies"));
}

TEST_CASE("a ruler has human units", "[timeline]") {
    const auto ruler = [](Duration makespan) {
        const std::string drawing =
            draw_text(Sketch{}.start(0, -1).at(makespan).trace(), style(70));
        return drawing.substr(0, drawing.find('\n'));
    };
    CHECK_THAT(ruler(5ns), lab::contains("5 ns"));
    CHECK_THAT(ruler(40us), lab::contains("40 µs"));
    CHECK_THAT(ruler(250ms), lab::contains("250 ms"));
    CHECK_THAT(ruler(1500ms), lab::contains("1.5 s"));
    CHECK_THAT(ruler(54s), lab::contains("54 s"));
    CHECK_THAT(ruler(30min), lab::contains("30 min"));
    CHECK_THAT(ruler(5h), lab::contains("5 h"));
    CHECK_THAT(ruler(5h), lab::contains("1 h"));
    CHECK_FALSE(ruler(Duration::max()).empty());
}

TEST_CASE("more threads than rows are counted, but those with problems are shown", "[timeline]") {
    Sketch sketch{30};
    for (ThreadId thread = 0; thread < 30; ++thread) {
        sketch.start(thread);
    }
    sketch.diagnose(Diagnosis::Kind::leaked_thread, "thread 29 was never joined",
                    {{29, "still runs"}});
    TextStyle few = style(60);
    few.max_rows = 3;
    const std::string drawing = draw_text(sketch.trace(), few);
    CHECK_THAT(drawing, lab::contains("\nthread 29"));
    CHECK_THAT(drawing, lab::contains("\nthread 1 "));
    CHECK_THAT(drawing, !lab::contains("\nthread 2 "));
    CHECK_THAT(drawing, lab::contains("\n… and 27 more threads\n"));
}

TEST_CASE("a thousand spans at once are counted where they have no lane", "[timeline]") {
    Sketch sketch;
    for (int i = 0; i < 1'000; ++i) {
        sketch.begin(0, "limit", i);
    }
    const std::string drawing = draw_text(sketch.at(1s).trace(), style(60));
    CHECK(lines_of(drawing).size() < 20);
    CHECK_THAT(drawing, lab::contains("… and 988 more spans at once"));
    CHECK(xml_fault(draw_svg(sketch.trace())).empty());
}

TEST_CASE("colours change nothing but colours", "[timeline]") {
    for (const lab::Trace& trace : {downloads(), deadlock(), coroutines()}) {
        const std::string plain = draw_text(trace, style(72));
        const std::string coloured = draw_text(trace, style(72, true, true));
        CHECK(plain.find('\x1b') == std::string::npos);
        CHECK(coloured.find('\x1b') != std::string::npos);
        CHECK(bare(coloured) == plain);
    }
}

TEST_CASE("no trace makes a line wider than the style, in any style", "[timeline]") {
    std::mt19937 random{20'240'401};
    constexpr std::array widths{0U, 40U, 41U, 47U, 60U, 80U, 100U, 120U, 200U, 317U};
    for (int i = 0; i < 600; ++i) {
        const lab::Trace trace = random_trace(random);
        TextStyle wanted =
            style(widths[static_cast<std::size_t>(i) % widths.size()], i % 3 != 0, i % 4 == 0);
        wanted.max_rows = static_cast<unsigned>(i) % 7;
        wanted.axis = static_cast<lab::Axis>(i % 3);
        const unsigned most = std::max(wanted.width, 40U);
        const std::string drawing = draw_text(trace, wanted) + lab::summary(trace, wanted);
        INFO("trace " << i << ", width " << wanted.width << "\n" << drawing);
        for (const std::string& line : lines_of(drawing)) {
            const std::string plain = bare(line);
            INFO(plain);
            REQUIRE(lab::printable::columns(plain) <= most);
            const bool printable = std::all_of(plain.begin(), plain.end(), [&](char c) {
                const auto byte = static_cast<unsigned char>(c);
                return byte >= 0x20 && (wanted.unicode ? byte != 0x7f : byte < 0x7f);
            });
            REQUIRE(printable);
        }
    }
}

TEST_CASE("every drawing in SVG is well-formed and stands alone", "[timeline]") {
    std::mt19937 random{7};
    for (int i = 0; i < 300; ++i) {
        const lab::Trace trace = random_trace(random);
        lab::SvgStyle wanted;
        wanted.width = static_cast<unsigned>(i) * 13;
        wanted.axis = static_cast<lab::Axis>(i % 3);
        wanted.title = i % 2 == 0 ? "" : "a <title> & \x01 more\xff";
        const std::string svg = draw_svg(trace, wanted);
        INFO("trace " << i << "\n" << svg);
        REQUIRE(xml_fault(svg).empty());
        REQUIRE(svg.find("<script") == std::string::npos);
        REQUIRE(svg.find("href") == std::string::npos);
        REQUIRE(svg.find("url(http") == std::string::npos);
        REQUIRE(svg.find("nan") == std::string::npos);
    }
}

TEST_CASE("the check for well-formed XML finds faults", "[timeline]") {
    CHECK(xml_fault("<a b=\"c\"><d/>text &amp; more</a>").empty());
    CHECK_FALSE(xml_fault("<a>").empty());
    CHECK_FALSE(xml_fault("<a></b>").empty());
    CHECK_FALSE(xml_fault("<a b=\"c\" b=\"d\"/>").empty());
    CHECK_FALSE(xml_fault("<a>&nbsp;</a>").empty());
    CHECK_FALSE(xml_fault("<a>\x01</a>").empty());
    CHECK_FALSE(xml_fault("<a/><b/>").empty());
}

TEST_CASE("an SVG tells its story to those who do not see it", "[timeline]") {
    lab::SvgStyle wanted;
    wanted.title = "A deadlock";
    const std::string svg = draw_svg(deadlock(), wanted);
    CHECK_THAT(svg, lab::contains("role=\"img\""));
    CHECK_THAT(svg, lab::contains(">A deadlock</title>"));
    CHECK_THAT(
        svg, lab::contains("lock cycle at step 6: main and thread 1 wait for each other.</desc>"));
    CHECK_THAT(svg, lab::contains("prefers-color-scheme:dark"));
    CHECK_THAT(svg, lab::contains("<title>waits for mutex #2 (held by thread 1)"));
}

TEST_CASE("two drawings on one page do not share names", "[timeline]") {
    const auto id = [](const std::string& svg) {
        const std::size_t at = svg.find("<pattern id=\"");
        return svg.substr(at, svg.find('-', at) - at);
    };
    CHECK(id(draw_svg(deadlock())) != id(draw_svg(downloads())));
    CHECK(id(draw_svg(deadlock())) == id(draw_svg(deadlock())));
}

TEST_CASE("drawings stay small for large traces", "[timeline]") {
    Sketch sketch{3};
    sketch.parts().events.reserve(300'000);
    for (int i = 0; i < 100'000; ++i) {
        sketch.at(Duration{i * 1'000}).begin(1, "fetch", i).finish(1, "fetch", i).mark(2, "put", i);
    }
    const lab::Trace trace = sketch.trace();
    CHECK(draw_text(trace, style(80)).size() < 4'000);
    CHECK(draw_svg(trace).size() < 2'000'000);
}

TEST_CASE("whatever is no terminal gets no colours", "[timeline]") {
    const TextStyle pipe = lab::style_for(-1);
    CHECK_FALSE(pipe.colour);
    CHECK(pipe.width == 100);
}

TEST_CASE("a summary says how the run was made, and draws it", "[timeline]") {
    Sketch sketch;
    sketch.parts().seed = 42;
    const std::string text = lab::summary(sketch.start(0, -1).at(1s).end(0).trace(), style(60));
    CHECK(lines_of(text).front() == "a run of 1 thread: random walk, seed 42; 2 steps, 1 s; no");
    CHECK_THAT(text, lab::contains("main "));
}
