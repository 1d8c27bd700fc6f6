#include <lab/timeline/svg.hpp>

#include <lab/printable.hpp>
#include <lab/timeline/axis.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <iterator>

namespace lab::timeline {
namespace {

// All measures are in pixels.
constexpr double row_height = 26;
constexpr double lane_height = 22;
constexpr double gap = 4;
constexpr double margin = 12;
constexpr double line_height = 18;
constexpr double letter = 7.3;  // of a 12 px monospaced font, the widest that is common
constexpr double tail_width = 90;
constexpr double strip_height = 5;   // of what shows through a span
constexpr double legend_entry = 26;  // its sign and the gaps

constexpr std::size_t most_shapes = 6'000;  // so that a page of timelines stays usable

/// Pixels need no more than a tenth, and `:g` then writes no digit in vain.
double tenth(double pixels) noexcept { return std::round(pixels * 10) / 10; }
template <typename Text>
const Text& tenth(const Text& text) noexcept {
    return text;
}

std::string clipped(std::string_view text, double width) {
    const double room = width / letter;
    return room < 4 ? "" : printable::cut(text, static_cast<std::size_t>(room));
}

bool shows_through(State state) noexcept {
    return state == State::waits_lock || state == State::waits || state == State::computing;
}

class Svg {
public:
    Svg(const Layout& layout, double width, const Frame& frame, std::string title)
        : layout_{layout}, title_{std::move(title)}, width_{width} {
        const Frame own = frame_of(layout);
        const auto widest = static_cast<double>(std::max(own.names, frame.names));
        end_ = std::max(own.end, frame.end);
        left_ = margin + std::min(widest * letter, width_ / 4) + 10;
        tail_ = own.tail || frame.tail ? tail_width : 0;
        plot_ = width_ - left_ - tail_ - margin - 4;
    }

    /// What is between the tags. `height` then is the drawing's.
    std::string draw() {
        y_ = margin;
        if (!title_.empty()) {
            y_ += line_height;
            print(R"(<text x="{:g}" y="{:g}" font-weight="bold">{}</text>)", margin, y_ - 5,
                  printable::xml(clipped(title_, width_ - 2 * margin)));
        }
        const double top = y_ + line_height + 4;
        std::string shapes = std::move(body_);
        body_.clear();
        y_ = top;
        for (const Row& row : layout_.rows) {
            add_row(row);
        }
        if (layout_.hidden_threads != 0) {
            add_line(margin, "faint",
                     "… and " + printable::count(layout_.hidden_threads, "more thread"));
        }
        const double bottom = y_;
        std::string rows = std::move(body_);
        body_.clear();
        add_ruler(top, bottom);
        std::string ruler = std::move(body_);
        body_.clear();
        add_left_out();
        add_problems();
        add_legend();
        return fmt::format(R"(<rect class="ground" width="{:g}" height="{:g}" rx="6"/>)"
                           "\n",
                           width_, height()) +
               shapes + ruler + rows + body_;
    }

    [[nodiscard]] double height() const noexcept { return tenth(y_ + margin - 4); }

private:
    template <typename... Arguments>
    void print_to(std::string& text, fmt::format_string<Arguments...> format,
                  Arguments&&... arguments) {
        const fmt::string_view checked = format;
        fmt::format_to(std::back_inserter(text), fmt::runtime(checked), tenth(arguments)...);
    }

    template <typename... Arguments>
    void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        print_to(body_, format, std::forward<Arguments>(arguments)...);
        body_ += '\n';
    }

    [[nodiscard]] double x_of(std::int64_t at) const noexcept {
        return left_ + plot_ * static_cast<double>(at) / static_cast<double>(end_);
    }

    void add_line(double x, std::string_view style, std::string_view text) {
        y_ += line_height;
        print(R"(<text class="{}" x="{:g}" y="{:g}">{}</text>)", style, x, y_ - 5,
              printable::xml(text));
    }

    void add_ruler(double top, double bottom) {
        constexpr double room = 96;
        const double text_y = top - 10;
        const auto most = static_cast<std::size_t>(std::max(plot_ / room, 1.0)) + 1;
        const double right = x_of(end_);
        const std::string last = layout_.axis == Axis::steps ? "" : end_text(layout_.axis, end_);
        const double last_size = letter * static_cast<double>(printable::columns(last));
        const double last_begin = tail_ > 0 ? right - last_size / 2 : right + 4 - last_size;
        for (const Tick& tick : ticks(layout_.axis, end_, most)) {
            const double x = x_of(tick.at);
            const double size = letter * static_cast<double>(printable::columns(tick.text));
            print(R"(<path class="rule" d="M{0:g} {1:g}V{2:g}"/>)", x, top - 6, bottom);
            if (tick.at != 0 && x + size / 2 + 14 > last_begin) {
                continue;
            }
            print(R"(<text class="faint" x="{:g}" y="{:g}"{}>{}</text>)", x, text_y,
                  tick.at == 0 ? "" : R"( text-anchor="middle")", tick.text);
        }
        print(R"(<path class="rule" d="M{0:g} {1:g}V{2:g}"/>)", right, top - 6, bottom);
        if (!last.empty()) {
            print(R"(<text class="faint" x="{:g}" y="{:g}" text-anchor="{}">{}</text>)",
                  tail_ > 0 ? right : right + 4, text_y, tail_ > 0 ? "middle" : "end", last);
        }
        print(R"(<path class="rule" d="M{:g} {:g}H{:g}"/>)", left_, top - 4, right);
        if (layout_.tail && layout_.end == end_) {
            print(R"(<path class="rule" stroke-dasharray="3 4" d="M{:g} {:g}h{:g}"/>)", right,
                  top - 4, tail_);
        }
    }

    /// What a tool tip says: all that is known.
    [[nodiscard]] std::string story(const Interval& interval) const {
        if (!interval.detail.empty()) {
            return interval.detail;
        }
        const State state = interval.state;
        const bool named = !interval.text.empty();
        std::string text{state == State::span && named ? "" : meaning(state)};
        if (named) {
            text += fmt::format("{}{}", text.empty() ? "" : ": ", interval.text);
        }
        const auto instant = [&](std::int64_t at) {
            return layout_.axis == Axis::time ? printable::human(Duration{at})
                                              : fmt::format("step {}", at);
        };
        return fmt::format("{}, from {} to {}", text, instant(interval.begin),
                           instant(interval.end));
    }

    /// A filled box with its text, and its whole story as a tool tip.
    void box(const Interval& interval, double x, double y, double width, double height,
             bool with_text, double lift = 0) {
        const State state = interval.state;
        shown_[static_cast<std::size_t>(state)] = true;
        const bool solid = state == State::span || state == State::running;
        print(
            R"(<g><title>{}</title><rect class="{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}"/>)",
            printable::xml(story(interval)), name_of(state), x, y, width, height);
        const std::string text = with_text ? clipped(interval.text, width - 12) : "";
        if (!text.empty()) {
            const double size = letter * static_cast<double>(printable::columns(text));
            if (!solid) {
                // Words on a pattern need a ground of their own.
                print(R"(<rect class="plate" x="{:g}" y="{:g}" width="{:g}" height="15"/>)", x + 4,
                      y + height / 2 - 7.5 - lift, size + 4);
            }
            print(R"(<text{} x="{:g}" y="{:g}">{}</text>)", solid ? R"( class="on")" : "", x + 6,
                  y + height / 2 + 4 - lift, printable::xml(text));
        }
        print("</g>");
    }

    /// Whether one more shape may be drawn that ends at `end`: those too narrow to be seen beside
    /// the one before are left out, and so is all that would make the drawing unusable.
    bool worth(double begin, double end, double& drawn_to) {
        if (++count_ > most_shapes || end < drawn_to + 0.4) {
            return false;
        }
        drawn_to = std::max(end, begin + 1);
        return true;
    }

    void add_row(const Row& row) {
        const double y = y_ + gap / 2;
        const double height = row_height - gap;
        print(R"(<text x="{:g}" y="{:g}">{}</text>)", margin, y + height / 2 + 4,
              printable::xml(clipped(row.name, left_ - margin - 6)));
        const bool together = !row.concurrent && !row.lanes.empty();
        add_states(row, y, height);
        if (together) {
            add_spans(row, row.lanes.front(), y, height);
            add_states_within(row, y, height);
        }
        y_ += row_height;
        if (row.concurrent) {
            for (const std::vector<Interval>& lane : row.lanes) {
                add_spans(row, lane, y_ + gap / 2, lane_height - gap);
                y_ += lane_height;
            }
            if (row.hidden_spans != 0) {
                add_line(left_, "faint",
                         fmt::format("… and {} at once",
                                     printable::count(row.hidden_spans, "more span")));
            }
        }
        add_points(row, y, height);
    }

    [[nodiscard]] double end_of(const Row& row, const Interval& interval, bool state) const {
        const bool lasts = layout_.tail && !row.ended && interval.end == layout_.end &&
                           (!state || &interval == &row.states.back());
        return x_of(interval.end) + (lasts ? tail_ : 0);
    }

    void add_states(const Row& row, double y, double height) {
        std::array<std::string, state_count> shapes;
        double drawn_to = 0;
        double end = left_;
        for (const Interval& state : row.states) {
            const double from = x_of(state.begin);
            const double to = end_of(row, state, true);
            if (state.state == State::absent) {
                continue;
            }
            end = to;
            if (to <= from || !worth(from, to, drawn_to)) {
                continue;
            }
            if (!state.text.empty() || !state.detail.empty()) {
                box(state, from, y, to - from, height, true);
                continue;
            }
            // Those that say no more than what they are share one shape: there may be thousands.
            std::string& shape = shapes[static_cast<std::size_t>(state.state)];
            if (state.state == State::ready) {
                print_to(shape, "M{:g} {:g}H{:g}", from, y + height / 2, to);
            } else {
                // Lower than a span, which is as solid as who runs.
                const double inset = state.state == State::running ? height / 4 : 0;
                print_to(shape, "M{0:g} {1:g}H{2:g}V{3:g}H{0:g}z", from, y + inset, to,
                         y + height - inset);
            }
        }
        for (std::size_t i = 0; i < state_count; ++i) {
            const auto state = static_cast<State>(i);
            if (!shapes[i].empty()) {
                shown_[i] = true;
                print(R"(<path class="{}" d="{}"><title>{}</title></path>)", name_of(state),
                      shapes[i], meaning(state));
            }
        }
        if (row.ended) {
            print(R"(<path class="cap" d="M{:g} {:g}v{:g}"><title>ended</title></path>)", end,
                  y - 1, height + 2);
        }
    }

    /// A span does not hide that its thread waits or computes: a strip at its foot shows it.
    void add_states_within(const Row& row, double y, double height) {
        double drawn_to = 0;
        std::size_t next = 0;
        const std::vector<Interval>& spans = row.lanes.front();
        std::int64_t covered = 0;
        for (const Interval& state : row.states) {
            while (next < spans.size() && spans[next].begin <= state.begin) {
                covered = std::max(covered, spans[next++].end);
            }
            const bool telling = shows_through(state.state);
            const double from = x_of(state.begin);
            const double to = end_of(row, state, true);
            if (telling && covered > state.begin && to > from && worth(from, to, drawn_to)) {
                box(state, from, y + height - strip_height, to - from, strip_height, false);
            }
        }
    }

    void add_spans(const Row& row, const std::vector<Interval>& spans, double y, double height) {
        std::vector<std::int64_t> open;
        double drawn_to = 0;
        for (const Interval& span : spans) {
            while (!open.empty() && open.back() <= span.begin) {
                open.pop_back();
            }
            // Inner ones leave the rim of their outer ones visible.
            const double inset = open.empty() ? 0 : std::min(3.0 * double(open.size()), 9.0);
            if (open.empty()) {
                drawn_to = 0;
            }
            const double from = x_of(span.begin);
            const double to = std::max(end_of(row, span, false), from + 2);
            open.push_back(span.end);
            if (worth(from, to, drawn_to) || inset > 0) {
                // Text stands above the strip that may be at the foot of the row.
                box(span, from + 0.75, y + inset, std::max(to - from - 1.5, 1.0),
                    height - 2 * inset, true, row.concurrent || inset > 0 ? 0 : strip_height / 2);
            }
        }
    }

    /// How far a point's text may reach: to the next point, the next bar, or the end of the state
    /// it is in; not at all where a bar or a pattern would be covered.
    [[nodiscard]] double room_behind(const Row& row, std::size_t n) const {
        const Point& point = row.points[n];
        const auto state = std::partition_point(
            row.states.begin(), row.states.end(),
            [&](const Interval& interval) { return interval.end <= point.at; });
        if (state == row.states.end() || shows_through(state->state)) {
            return 0;
        }
        std::int64_t end = state->end;
        if (n + 1 < row.points.size()) {
            end = std::min(end, row.points[n + 1].at);
        }
        if (!row.concurrent && !row.lanes.empty()) {
            for (const Interval& span : row.lanes.front()) {
                if (span.end > point.at) {
                    end = std::min(end, std::max(span.begin, point.at));
                }
            }
        }
        return x_of(end) - x_of(point.at) - 12;
    }

    void add_points(const Row& row, double y, double height) {
        double drawn_to = 0;
        std::size_t n = 0;
        for (const Point& point : row.points) {
            const std::size_t index = n++;
            const double x = point.last ? x_of(layout_.end) + tail_ - 9 : x_of(point.at);
            const std::string text = printable::xml(point.text);
            if (point.kind == Point::Kind::problem) {
                if (++count_ <= most_shapes) {
                    std::string cross;
                    print_to(cross, "M{:g} {:g}l10 10m0-10l-10 10", x - 5, y + height / 2 - 5);
                    print(R"(<g><title>{0}</title><path class="halo" d="{1}"/>)"
                          R"(<path class="cross" d="{1}"/></g>)",
                          text, cross);
                }
            } else if (worth(x, x + 1, drawn_to)) {
                const bool event = point.kind == Point::Kind::event;
                (event ? events_ : notifications_) = true;
                print(R"(<path class="flag" d="M{:g} {:g}{}"><title>{}</title></path>)", x,
                      y + (event ? 7 : 2), event ? "l-5-8h10z" : "l5 5l-5 5l-5-5z",
                      event ? text : "notifies");
                const double size = letter * static_cast<double>(printable::columns(point.text));
                constexpr std::size_t most_labelled = 200;  // each asks through all of the spans
                if (event && index < most_labelled && size > 0 && size < room_behind(row, index)) {
                    print(R"(<rect class="plate" x="{:g}" y="{:g}" width="{:g}" height="15"/>)"
                          R"(<text x="{:g}" y="{:g}">{}</text>)",
                          x + 6, y + height / 2 - 7.5, size + 2, x + 7, y + height / 2 + 4, text);
                }
            }
        }
    }

    void add_left_out() {
        if (layout_.left_out != 0) {
            add_line(margin, "faint",
                     fmt::format("… and {} too short to be seen beside the others",
                                 printable::count(layout_.left_out, "more bar")));
        }
    }

    void add_problems() {
        const auto columns = static_cast<std::size_t>((width_ - 2 * margin) / letter);
        if (!layout_.problems.empty()) {
            y_ += 6;
        }
        const auto paragraph = [&](std::string_view style, const std::string& text,
                                   std::size_t indent) {
            const std::string lines = printable::wrap(text, columns - indent);
            for (std::size_t at = 0; at < lines.size();) {
                const std::size_t end = lines.find('\n', at);
                add_line(margin + letter * static_cast<double>(indent), style,
                         std::string_view{lines}.substr(at, end - at));
                at = end + 1;
            }
        };
        for (const Problem& problem : layout_.problems) {
            paragraph("problem", fmt::format("✗ {}: {}", problem.title, problem.summary), 0);
            for (const std::string& line : problem.lines) {
                paragraph("faint", line, 2);
            }
        }
        if (layout_.hidden_problems != 0) {
            add_line(margin, "problem",
                     "… and " + printable::count(layout_.hidden_problems, "more problem"));
        }
    }

    void add_legend() {
        y_ += 8;
        double x = margin;
        const auto next = [&](std::string_view text) {
            const double size =
                legend_entry + letter * static_cast<double>(printable::columns(text)) + 14;
            if (x + size > width_ - margin && x > margin) {
                x = margin;
                y_ += line_height + 2;
            }
            print(R"(<text class="faint" x="{:g}" y="{:g}">{}</text>)", x + legend_entry, y_ + 12,
                  text);
            x += size;
            return x - size;
        };
        for (const State state :
             {State::span, State::cancelled, State::failed, State::computing, State::running,
              State::waits_lock, State::waits, State::sleeping, State::ready}) {
            if (!shown_[static_cast<std::size_t>(state)]) {
                continue;
            }
            const double at = next(meaning(state));
            if (state == State::ready) {
                print(R"(<path class="ready" d="M{:g} {:g}h20"/>)", at, y_ + 8);
            } else {
                const double shrink = state == State::running ? 3 : 0;
                print(R"(<rect class="{}" x="{:g}" y="{:g}" width="20" height="{:g}"/>)",
                      name_of(state), at, y_ + 1 + shrink, 14 - 2 * shrink);
            }
        }
        if (events_) {
            print(R"(<path class="flag" d="M{:g} {:g}l-5-8h10z"/>)", next("event") + 12, y_ + 12);
        }
        if (notifications_) {
            print(R"(<path class="flag" d="M{:g} {:g}l5 5l-5 5l-5-5z"/>)", next("notifies") + 12,
                  y_ + 3);
        }
        y_ += line_height + 2;
    }

    const Layout& layout_;
    std::string title_;
    double width_ = 0;
    std::int64_t end_ = 1;
    double left_ = 0;
    double plot_ = 0;
    double tail_ = 0;
    double y_ = 0;
    std::string body_;
    std::size_t count_ = 0;
    std::array<bool, state_count> shown_{};
    bool events_ = false;
    bool notifications_ = false;
};

/// The opening tag, without its bracket.
std::string opening(std::string_view id, double width, double height) {
    return fmt::format(
        R"(<svg class="lockstep {}" role="img" viewBox="0 0 {:g} {:g}" width="{:g}" height="{:g}")",
        id, width, height, width, height);
}

double width_of(unsigned wanted) noexcept { return std::clamp(wanted, 360U, 10'000U); }

}  // namespace

Frame frame_of(const Layout& layout) {
    Frame frame{.end = layout.end, .tail = layout.tail};
    for (const Row& row : layout.rows) {
        frame.names = std::max(frame.names, printable::columns(row.name));
    }
    return frame;
}

Frame common_frame(const Layout& one, const Layout& other) {
    const Frame first = frame_of(one);
    const Frame second = frame_of(other);
    return {std::max(first.names, second.names),
            one.axis == other.axis ? std::max(first.end, second.end) : 0,
            first.tail || second.tail};
}

std::string description_of(const Layout& layout) {
    std::string text = printable::count(layout.rows.size() + layout.hidden_threads, "thread");
    text += layout.axis == Axis::time
                ? fmt::format(", {}.", printable::human(Duration{layout.end}))
                : fmt::format(", {}, no time passes.",
                              printable::count(static_cast<std::size_t>(layout.end) - 1, "step"));
    for (const Problem& problem : layout.problems) {
        text += fmt::format(" {}: {}.", problem.title, problem.summary);
    }
    return text;
}

std::string draw_svg(const Layout& layout, const PageSvg& page) {
    Svg svg{layout, width_of(page.width), page.frame, ""};
    const std::string body = svg.draw();
    return fmt::format("{} aria-label=\"{}\">\n{}</svg>\n",
                       opening(page.id, width_of(page.width), svg.height()),
                       printable::xml(page.label), body);
}

std::string draw_svg_alone(const Layout& layout, std::string_view id, const SvgStyle& style) {
    const std::string title = printable::clean(style.title, 120);
    Svg svg{layout, width_of(style.width), frame_of(layout), title};
    const std::string body = svg.draw();
    return fmt::format(
        "{0} xmlns=\"http://www.w3.org/2000/svg\" aria-labelledby=\"{1}t {1}d\" "
        "style=\"max-width:100%;height:auto\">\n<title id=\"{1}t\">{2}</title>\n"
        "<desc id=\"{1}d\">{3}</desc>\n<style>{4}</style>\n{5}{6}</svg>\n",
        opening(id, width_of(style.width), svg.height()), id,
        printable::xml(title.empty() ? "Timeline" : title), printable::xml(description_of(layout)),
        svg_style(id), svg_patterns(id), body);
}

}  // namespace lab::timeline
