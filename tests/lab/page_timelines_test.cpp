// Timelines that are kept, and drawn on a page with others.
#include "any_trace.hpp"
#include "sketch.hpp"
#include "xml_fault.hpp"

#include <lab/catch.hpp>
#include <lab/printable.hpp>
#include <lab/timeline/svg.hpp>

#include <random>
#include <regex>
#include <string>

using namespace sketch;
using lab::Axis;
using lab::printable::columns;
using lab::timeline::frame_of;
using lab::timeline::Interval;
using lab::timeline::lay_out;
using lab::timeline::Layout;
using lab::timeline::PageSvg;
using lab::timeline::Row;
using lab::timeline::State;
using lab::timeline::thinned;

namespace {

std::size_t shapes_of(const Layout& layout) {
    std::size_t shapes = 0;
    for (const Row& row : layout.rows) {
        shapes += row.points.size();
        for (const Interval& state : row.states) shapes += state.state == State::absent ? 0 : 1;
        for (const auto& lane : row.lanes) shapes += lane.size();
    }
    return shapes;
}

/// A thread that is busy with one thing after the other, and tells of each.
lab::Trace busy(int things) {
    Sketch sketch{2};
    for (int i = 0; i < things; ++i) {
        sketch.at(Duration{i * 1'000}).begin(1, "fetch", i).finish(1, "fetch", i).mark(1, "put", i);
    }
    return sketch.trace();
}

/// Two threads; one ends at 2 s, the other one with the run.
Layout until(Duration end) {
    return lay_out(Sketch{2}
                       .start(0, -1)
                       .start(1)
                       .begin(1, "fetch", 1)
                       .block(1, Wait::sleep)
                       .at(1s)
                       .resume(1)
                       .finish(1, "fetch", 1)
                       .end(1)
                       .at(end)
                       .end(0)
                       .trace(),
                   Axis::time);
}

/// Where a tick's text stands.
std::string place_of(const std::string& svg, const std::string& tick) {
    std::smatch found;
    REQUIRE(std::regex_search(svg, found, std::regex{"x=\"([0-9.]+)\"[^>]*>" + tick + "<"}));
    return found[1];
}

}  // namespace

TEST_CASE("a thinned timeline is small, shows the whole run, and says what is left out") {
    const Layout whole = lay_out(busy(50'000), Axis::time);
    const Layout thin = thinned(whole, 300);
    CHECK(shapes_of(thin) <= 300);
    CHECK(shapes_of(thin) > 100);
    CHECK(thin.left_out == shapes_of(whole) - shapes_of(thin));
    CHECK(thin.end == whole.end);
    REQUIRE_FALSE(thin.rows[1].lanes.empty());
    CHECK(thin.rows[1].lanes[0].front().begin == 0);
    CHECK(thin.rows[1].lanes[0].back().end > whole.end * 98 / 100);
    const std::string svg = draw_svg(thin, {});
    CHECK(svg.find("… and " + std::to_string(thin.left_out) + " more bars too short") !=
          std::string::npos);
}

TEST_CASE("what is small enough is kept as it is, but for its details") {
    const Layout whole = until(4s);
    const Layout thin = thinned(whole, 300);
    CHECK(thin.left_out == 0);
    CHECK(shapes_of(thin) == shapes_of(whole));
    CHECK(thin.rows[1].lanes[0][0].text == "fetch 1");
    CHECK(thin.rows[1].lanes[0][0].detail.empty());
}

TEST_CASE("of states too short to be seen, a wait for a lock is the one that stays") {
    Sketch sketch{2};
    const ObjectId mutex = sketch.object(ObjectKind::mutex);
    sketch.start(0, -1).start(1);
    sketch.at(1s).block(1, Wait::sleep).at(1s + 20us).resume(1).block(1, Wait::mutex, mutex);
    sketch.at(1s + 30us).resume(1).block(1, Wait::sleep).at(1s + 50us).resume(1);
    sketch.at(9s).end(1).end(0);
    const Layout thin = thinned(lay_out(sketch.trace(), Axis::time), 5);
    std::size_t locks = 0;
    for (const Interval& state : thin.rows[1].states) locks += state.state == State::waits_lock;
    CHECK(locks == 1);
    CHECK(thin.left_out > 0);
}

TEST_CASE("any timeline stays in order when it is thinned, and is well-formed when it is drawn") {
    std::mt19937 random{20'251'126};
    for (int i = 0; i < 400; ++i) {
        const auto most = static_cast<std::size_t>(i % 40);
        const Layout thin = thinned(lay_out(random_trace(random), static_cast<Axis>(i % 3)), most);
        INFO("trace " << i);
        for (const Row& row : thin.rows) {
            std::int64_t at = 0;
            for (const Interval& state : row.states) {
                REQUIRE(state.begin == at);
                REQUIRE(state.end >= at);
                at = state.end;
            }
            REQUIRE(at == thin.end);
        }
        const std::string svg =
            draw_svg(thin, {.width = static_cast<unsigned>(i) * 7, .id = "t", .label = "<\"&"});
        REQUIRE(xml_fault(svg).empty());
        // Nothing that could meet another drawing's, and nothing from elsewhere.
        for (const char* part : {" id=", "<style", " style=", "://", "url(", "href", "<script"}) {
            INFO(part);
            REQUIRE(svg.find(part) == std::string::npos);
        }
    }
}

TEST_CASE("in one frame, the same instant stands at the same place") {
    const Layout fast = until(2s);
    Layout slow = until(4s);
    slow.rows[1].name = "a thread with a long name";
    CHECK(place_of(draw_svg(fast, {}), "1 s") != place_of(draw_svg(slow, {}), "1 s"));
    const auto frame = common_frame(fast, slow);
    const PageSvg page{.frame = frame};
    CHECK(place_of(draw_svg(fast, page), "1 s") == place_of(draw_svg(slow, page), "1 s"));
    Layout steps = fast;
    steps.axis = Axis::steps;
    CHECK(common_frame(fast, steps).end == 0);
    CHECK(common_frame(slow, steps).names == frame.names);
}

TEST_CASE("a tool tip says what a bar is and how long it takes, without details as well") {
    Sketch sketch{2};
    const ObjectId mutex = sketch.object(ObjectKind::mutex);
    sketch.start(0, -1).start(1).block(1, Wait::mutex, mutex).begin(0, "fetch", 3);
    sketch.at(2s).finish(0, "fetch", 3, Outcome::cancelled).resume(1).end(1).end(0);
    const std::string svg = draw_svg(thinned(lay_out(sketch.trace(), Axis::time), 300), {});
    for (const char* tip : {"<title>waits for a lock: mutex #1, from 0 s to 2 s</title>",
                            "<title>cancelled: fetch 3, from 0 s to 2 s</title>"}) {
        INFO(svg);
        CHECK(svg.find(tip) != std::string::npos);
    }
}

TEST_CASE("what is written beside a mark does not run into the bar behind it") {
    const auto svg = [](int before, int after) {
        Sketch sketch;
        const ObjectId mutex = sketch.object(ObjectKind::mutex);
        sketch.start(0, -1).mark(0, "a long word", 7);
        for (int i = 0; i < before; ++i) sketch.lock(0, mutex);
        sketch.begin(0, "work");
        for (int i = 0; i < after; ++i) sketch.lock(0, mutex);
        return draw_svg(lay_out(sketch.finish(0, "work").end(0).trace(), Axis::steps), {});
    };
    const std::string written = ">a long word 7</text>";
    CHECK(svg(40, 2).find(written) != std::string::npos);
    CHECK(svg(2, 40).find(written) == std::string::npos);
}

TEST_CASE("no two texts of a ruler run into each other") {
    for (std::int64_t end = 1; end < 3'000; end += 7) {
        Layout layout = until(4s);
        layout.end = end * 1'000;
        layout.tail = end % 2 == 0;
        const std::string svg = draw_svg(layout, {.width = 880});
        const std::regex tick{
            "class=\"faint\" x=\"([0-9.]+)\" y=\"24\"( text-anchor=\"([a-z]+)\")?>([^<]+)<"};
        double free_from = 0;
        for (std::sregex_iterator found{svg.begin(), svg.end(), tick}, none; found != none;
             ++found) {
            const double size = 7.3 * static_cast<double>(columns((*found)[4].str()));
            const std::string anchor = (*found)[3];
            const double begin = std::stod((*found)[1]) - (anchor == "middle" ? size / 2
                                                           : anchor == "end"  ? size
                                                                              : 0);
            CAPTURE(end, (*found)[4].str());
            REQUIRE(begin >= free_from);
            free_from = begin + size + 3;
        }
        REQUIRE(free_from > 0);
    }
}
