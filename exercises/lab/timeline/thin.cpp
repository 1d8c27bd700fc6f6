#include <lab/timeline/layout.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace lab::timeline {
namespace {

/// Nobody sees less than this part of a drawing: four tenths of a pixel, as drawings are wide.
constexpr std::int64_t finest = 2'000;

std::size_t shapes_of(const Layout& layout) {
    std::size_t shapes = 0;
    for (const Row& row : layout.rows) {
        shapes += row.points.size();
        for (const Interval& state : row.states) {
            shapes += state.state == State::absent ? 0 : 1;
        }
        for (const std::vector<Interval>& lane : row.lanes) {
            shapes += lane.size();
        }
    }
    return shapes;
}

/// States stay without gaps. Short ones that follow each other become one, which lasts as long as
/// all of them and is what the longest of them was; or the wait for a lock, if any was.
std::vector<Interval> states_at(std::int64_t grain, const std::vector<Interval>& states) {
    std::vector<Interval> kept;
    Interval pending;
    std::int64_t longest = -1;
    bool any = false;
    const auto take = [&](const Interval& state) {
        const bool locks = pending.state == State::waits_lock;
        const std::int64_t lasts = state.end - state.begin;
        if (!any || (state.state == State::waits_lock && !locks) || (lasts > longest && !locks)) {
            const std::int64_t begin = any ? pending.begin : state.begin;
            pending = state;
            pending.begin = begin;
            longest = lasts;
        }
        pending.end = state.end;
        any = true;
    };
    for (const Interval& state : states) {
        const bool last = &state == &states.back();
        const bool counts = last || state.end - state.begin >= grain;
        if (counts && any && pending.state == State::waits_lock) {
            kept.push_back(std::exchange(pending, {}));
            any = false;
        }
        if (counts) {
            kept.push_back(state);
            kept.back().begin = any ? pending.begin : state.begin;
            any = false;
            continue;
        }
        take(state);
        if (pending.end - pending.begin >= grain) {
            kept.push_back(std::exchange(pending, {}));
            any = false;
        }
    }
    return kept;
}

/// Of spans at the same depth, those that reach beyond the one that is kept before them.
std::vector<Interval> spans_at(std::int64_t grain, const std::vector<Interval>& spans) {
    std::vector<Interval> kept;
    std::vector<std::int64_t> open;      // where those that are around this one end
    std::vector<std::int64_t> drawn_to;  // by depth; -1: nothing yet
    for (const Interval& span : spans) {
        while (!open.empty() && open.back() <= span.begin) {
            open.pop_back();
        }
        const std::size_t depth = open.size();
        open.push_back(span.end);
        drawn_to.resize(std::max(drawn_to.size(), depth + 1), -1);
        if (drawn_to[depth] < 0 || span.end - drawn_to[depth] >= grain) {
            drawn_to[depth] = span.end;
            kept.push_back(span);
        }
    }
    return kept;
}

/// Of points of the same kind, those that stand apart from the one that is kept before them.
std::vector<Point> points_at(std::int64_t grain, const std::vector<Point>& points) {
    std::vector<Point> kept;
    std::array<std::int64_t, 3> last{-1, -1, -1};  // by kind; -1: none yet
    for (const Point& point : points) {
        std::int64_t& before = last[static_cast<std::size_t>(point.kind)];
        if (before < 0 || point.at - before >= std::max<std::int64_t>(grain, 1)) {
            before = point.at;
            kept.push_back(point);
        }
    }
    return kept;
}

Layout at_grain(std::int64_t grain, const Layout& layout) {
    Layout thin = layout;
    for (Row& row : thin.rows) {
        row.states = states_at(grain, row.states);
        row.points = points_at(grain, row.points);
        for (std::vector<Interval>& lane : row.lanes) {
            lane = spans_at(grain, lane);
        }
    }
    return thin;
}

}  // namespace

Layout thinned(Layout layout, std::size_t most) {
    for (Row& row : layout.rows) {
        for (Interval& state : row.states) {
            state.detail.clear();
        }
        for (std::vector<Interval>& lane : row.lanes) {
            for (Interval& span : lane) {
                span.detail.clear();
            }
        }
    }
    const std::size_t all = shapes_of(layout);
    if (all <= most) {
        return layout;
    }
    std::int64_t grain = layout.end / finest;
    Layout thin = at_grain(grain, layout);
    while (shapes_of(thin) > most && grain < layout.end) {
        grain = grain > layout.end / 2 ? layout.end : std::max<std::int64_t>(1, grain * 2);
        thin = at_grain(grain, layout);
    }
    thin.left_out += all - std::min(all, shapes_of(thin));
    return thin;
}

}  // namespace lab::timeline
