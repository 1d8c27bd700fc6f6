#include <lab/printable.hpp>
#include <lab/timeline/axis.hpp>
#include <lab/timeline/layout.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <iterator>

namespace lab {
namespace timeline {
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

constexpr std::array<std::string_view, state_count> classes{
    "", "ready", "running", "sleep", "lock", "wait", "compute", "span", "cancelled", "failed",
};

std::string_view class_of(State state) noexcept { return classes[static_cast<std::size_t>(state)]; }

/// Colours have a contrast of 4.5 to 1 for text and 3 to 1 for shapes on either ground; every state
/// also has a pattern of its own, so that it is told without colours.
constexpr std::string_view style_sheet = R"(
.lockstep{--ground:#fff;--ink:#1f2328;--faint:#59636e;--rule:#d1d9e0;
--span:#1a7f37;--cancelled:#8250df;--failed:#cf222e;--compute:#0969da;--running:#1a7f37;
--lock:#9a6700;--wait:#3b6e8f;--sleep:#6e7781;--ready:#8c959f;--on:#fff;
font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media(prefers-color-scheme:dark){.lockstep{--ground:#0d1117;--ink:#e6edf3;--faint:#9198a1;
--rule:#3d444d;--span:#3fb950;--cancelled:#bc8cff;--failed:#ff7b72;--compute:#58a6ff;
--running:#3fb950;--lock:#e3b341;--wait:#79c0ff;--sleep:#9198a1;--ready:#6e7681;--on:#0d1117}}
.lockstep .ground{fill:var(--ground)}
.lockstep text{fill:var(--ink)}
.lockstep .faint{fill:var(--faint)}
.lockstep .rule{stroke:var(--rule);fill:none}
.lockstep .problem{fill:var(--failed);font-weight:bold}
.lockstep .cross{stroke:var(--failed);stroke-width:3;fill:none;stroke-linecap:round}
.lockstep .halo{stroke:var(--ground);stroke-width:7;fill:none;stroke-linecap:round}
.lockstep .flag{fill:var(--ink)}
.lockstep .cap{stroke:var(--faint);stroke-width:2}
.lockstep .thin{stroke:var(--ready);stroke-width:2}
.lockstep .box{stroke-width:1.5}
.lockstep .on{fill:var(--on);font-weight:bold}
.lockstep .plate{fill:var(--ground)}
)";

/// FNV-1a, for names that differ between drawings on one page: a pattern is looked up by its id in
/// the whole page, and one in a hidden drawing is not painted.
std::uint32_t fingerprint(std::string_view text) noexcept {
    std::uint32_t hash = 2'166'136'261U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    }
    return hash;
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
    Svg(const Trace& trace, const Layout& layout, const SvgStyle& style)
        : layout_{layout}, title_{printable::clean(style.title, 120)}, width_{double(style.width)} {
        summarise(trace);
        id_ = fmt::format("ls{:08x}", fingerprint(title_ + description_ + trace.text()));
        double widest = 4;
        for (const Row& row : layout.rows) {
            widest = std::max(widest, static_cast<double>(printable::columns(row.name)));
        }
        left_ = margin + std::min(widest * letter, width_ / 4) + 10;
        tail_ = layout.tail ? tail_width : 0;
        plot_ = width_ - left_ - tail_ - margin - 4;
    }

    std::string draw() {
        y_ = margin;
        if (!title_.empty()) {
            y_ += line_height;
            print(R"(<text x="{:.1f}" y="{:.1f}" font-weight="bold">{}</text>)", margin, y_ - 5,
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
        add_problems();
        add_legend();
        return head(y_ + margin - 4) + shapes + ruler + rows + body_ + "</svg>\n";
    }

private:
    template <typename... Arguments>
    void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(body_), format, std::forward<Arguments>(arguments)...);
        body_ += '\n';
    }

    [[nodiscard]] double x_of(std::int64_t at) const noexcept {
        return left_ + plot_ * static_cast<double>(at) / static_cast<double>(layout_.end);
    }

    /// For those who do not see the drawing: its size, and what went wrong.
    void summarise(const Trace& trace) {
        description_ = fmt::format(
            "{}, {}, {}.", printable::count(trace.threads().size(), "thread"),
            printable::count(trace.steps(), "step"),
            trace.makespan().count() == 0 ? "no time passes" : printable::human(trace.makespan()));
        for (const Problem& problem : layout_.problems) {
            description_ += fmt::format(" {}: {}.", problem.title, problem.summary);
        }
    }

    [[nodiscard]] std::string head(double height) const {
        std::string text = fmt::format(
            R"(<svg xmlns="http://www.w3.org/2000/svg" class="lockstep" role="img" )"
            R"(aria-labelledby="{0}t {0}d" viewBox="0 0 {1:.0f} {2:.0f}" width="{1:.0f}" )"
            R"(height="{2:.0f}" style="max-width:100%;height:auto">)"
            "\n<title id=\"{0}t\">{3}</title>\n<desc id=\"{0}d\">{4}</desc>\n",
            id_, width_, height, printable::xml(title_.empty() ? "Timeline" : title_),
            printable::xml(description_));
        text += fmt::format("<style>{}{}</style>\n", style_sheet, fills());
        text += patterns();
        text += fmt::format(R"(<rect class="ground" width="{:.0f}" height="{:.0f}" rx="6"/>)"
                            "\n",
                            width_, height);
        return text;
    }

    [[nodiscard]] std::string fills() const {
        std::string rules;
        for (const State state : {State::sleeping, State::waits_lock, State::waits,
                                  State::computing, State::cancelled, State::failed}) {
            rules += fmt::format(
                ".lockstep .{0}{{stroke:var(--{0});color:var(--{0})}}\n"
                ".lockstep .{1}-{0}{{fill:url(#{1}-{0})}}\n",
                class_of(state), id_);
        }
        for (const State state : {State::span, State::running}) {
            rules += fmt::format(".lockstep .{0}{{fill:var(--{0});stroke:var(--{0})}}\n",
                                 class_of(state));
        }
        return rules;
    }

    /// Dots, hatchings and lines of one colour on the drawing's ground.
    [[nodiscard]] std::string patterns() const {
        struct Pattern {
            State state;
            int width;
            int height;
            std::string_view shape;
        };
        constexpr std::array<Pattern, 6> all{{
            {State::sleeping, 8, 8, R"(<circle cx="4" cy="4" r="1.1" fill="{}"/>)"},
            {State::waits_lock, 6, 6,
             R"(<path d="M-1 1l2-2M0 6l6-6M5 7l2-2" stroke="{}" stroke-width="1.8"/>)"},
            {State::waits, 14, 8, R"(<path d="M0 4q3.5-4 7 0t7 0" stroke="{}" fill="none"/>)"},
            {State::computing, 4, 4, R"(<path d="M0 2h4" stroke="{}" stroke-width="3"/>)"},
            {State::cancelled, 12, 12,
             R"(<path d="M-2-2l16 16M-2 10l4 4M10-2l4 4" stroke="{}" stroke-width="2.5"/>)"},
            {State::failed, 8, 8,
             R"(<path d="M0 0l8 8M8 0l-8 8" stroke="{}" stroke-width="1.6"/>)"},
        }};
        std::string text = "<defs>\n";
        for (const Pattern& pattern : all) {
            const std::string colour = fmt::format("var(--{})", class_of(pattern.state));
            text += fmt::format(
                R"(<pattern id="{0}-{1}" width="{2}" height="{3}" patternUnits="userSpaceOnUse">)"
                R"(<rect class="ground" width="{2}" height="{3}"/>{4}</pattern>)"
                "\n",
                id_, class_of(pattern.state), pattern.width, pattern.height,
                fmt::format(fmt::runtime(pattern.shape), colour));
        }
        return text + "</defs>\n";
    }

    void add_line(double x, std::string_view style, std::string_view text) {
        y_ += line_height;
        print(R"(<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>)", style, x, y_ - 5,
              printable::xml(text));
    }

    void add_ruler(double top, double bottom) {
        constexpr double room = 96;
        const double text_y = top - 10;
        const auto most = static_cast<std::size_t>(std::max(plot_ / room, 1.0)) + 1;
        const double right = x_of(layout_.end);
        const std::string last =
            layout_.axis == Axis::steps ? "" : end_text(layout_.axis, layout_.end);
        const double last_size = letter * static_cast<double>(printable::columns(last));
        for (const Tick& tick : ticks(layout_.axis, layout_.end, most)) {
            const double x = x_of(tick.at);
            const double size = letter * static_cast<double>(printable::columns(tick.text));
            print(R"(<path class="rule" d="M{0:.1f} {1:.1f}V{2:.1f}"/>)", x, top - 6, bottom);
            if (tick.at != 0 && x + size / 2 + 14 > right - last_size / 2) {
                continue;
            }
            print(R"(<text class="faint" x="{:.1f}" y="{:.1f}"{}>{}</text>)", x, text_y,
                  tick.at == 0 ? "" : R"( text-anchor="middle")", tick.text);
        }
        print(R"(<path class="rule" d="M{0:.1f} {1:.1f}V{2:.1f}"/>)", right, top - 6, bottom);
        if (!last.empty()) {
            print(R"(<text class="faint" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)",
                  layout_.tail ? right : right + 4, text_y, layout_.tail ? "middle" : "end", last);
        }
        print(R"(<path class="rule" d="M{:.1f} {:.1f}H{:.1f}"/>)", left_, top - 4, right);
        if (layout_.tail) {
            print(R"(<path class="rule" stroke-dasharray="3 4" d="M{:.1f} {:.1f}h{:.1f}"/>)", right,
                  top - 4, tail_);
        }
    }

    /// A filled box with its text, and its whole story as a tool tip.
    void box(const Interval& interval, double x, double y, double width, double height,
             bool with_text, double lift = 0) {
        const State state = interval.state;
        shown_[static_cast<std::size_t>(state)] = true;
        const bool solid = state == State::span || state == State::running;
        const std::string fill =
            solid ? std::string{} : fmt::format(" {}-{}", id_, class_of(state));
        print(R"(<g><title>{}</title><rect class="box {}{}" x="{:.1f}" y="{:.1f}" )"
              R"(width="{:.1f}" height="{:.1f}" rx="2"/>)",
              printable::xml(interval.detail.empty() ? meaning(state) : interval.detail),
              class_of(state), fill, x, y, width, height);
        const std::string text = with_text ? clipped(interval.text, width - 12) : "";
        if (!text.empty()) {
            const double size = letter * static_cast<double>(printable::columns(text));
            if (!solid) {
                // Words on a pattern need a ground of their own.
                print(R"(<rect class="plate" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="15" )"
                      R"(rx="2"/>)",
                      x + 4, y + height / 2 - 7.5 - lift, size + 4);
            }
            print(R"(<text{} x="{:.1f}" y="{:.1f}">{}</text>)", solid ? R"( class="on")" : "",
                  x + 6, y + height / 2 + 4 - lift, printable::xml(text));
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
        print(R"(<text x="{:.1f}" y="{:.1f}">{}</text>)", margin, y + height / 2 + 4,
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
            if (state.state == State::ready) {
                shown_[static_cast<std::size_t>(State::ready)] = true;
                print(R"(<path class="thin" d="M{:.1f} {:.1f}H{:.1f}"><title>{}</title></path>)",
                      from, y + height / 2, to, meaning(State::ready));
            } else if (state.state == State::running) {
                // Lower than a span, which is as solid.
                box(state, from, y + height / 4, to - from, height / 2, true);
            } else {
                box(state, from, y, to - from, height, true);
            }
        }
        if (row.ended) {
            print(R"(<path class="cap" d="M{:.1f} {:.1f}v{:.1f}"><title>ended</title></path>)", end,
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

    /// How far a point's text may reach: to the next point, or the end of the state it is in; not
    /// at all where a bar or a pattern would be covered.
    [[nodiscard]] double room_behind(const Row& row, std::size_t n) const {
        const Point& point = row.points[n];
        if (!row.concurrent && !row.lanes.empty()) {
            for (const Interval& span : row.lanes.front()) {
                if (span.begin <= point.at && point.at < span.end) {
                    return 0;
                }
            }
        }
        const auto state = std::partition_point(
            row.states.begin(), row.states.end(),
            [&](const Interval& interval) { return interval.end <= point.at; });
        if (state == row.states.end() || shows_through(state->state)) {
            return 0;
        }
        const bool more = n + 1 < row.points.size() && row.points[n + 1].at < state->end;
        return x_of(more ? row.points[n + 1].at : state->end) - x_of(point.at) - 12;
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
                    const std::string cross =
                        fmt::format("M{:.1f} {:.1f}l10 10m0-10l-10 10", x - 5, y + height / 2 - 5);
                    print(R"(<g><title>{0}</title><path class="halo" d="{1}"/>)"
                          R"(<path class="cross" d="{1}"/></g>)",
                          text, cross);
                }
            } else if (worth(x, x + 1, drawn_to)) {
                const bool event = point.kind == Point::Kind::event;
                (event ? events_ : notifications_) = true;
                print(R"(<path class="flag" d="{}"><title>{}</title></path>)",
                      event ? fmt::format("M{:.1f} {:.1f}l-5-8h10z", x, y + 7)
                            : fmt::format("M{:.1f} {:.1f}l5 5l-5 5l-5-5z", x, y + 2),
                      event ? text : "notifies");
                const double size = letter * static_cast<double>(printable::columns(point.text));
                constexpr std::size_t most_labelled = 200;  // each asks through all of the spans
                if (event && index < most_labelled && size > 0 && size < room_behind(row, index)) {
                    print(
                        R"(<rect class="plate" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="15"/>)"
                        R"(<text x="{:.1f}" y="{:.1f}">{}</text>)",
                        x + 6, y + height / 2 - 7.5, size + 2, x + 7, y + height / 2 + 4, text);
                }
            }
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
            print(R"(<text class="faint" x="{:.1f}" y="{:.1f}">{}</text>)", x + legend_entry,
                  y_ + 12, text);
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
                print(R"(<path class="thin" d="M{:.1f} {:.1f}h20"/>)", at, y_ + 8);
            } else {
                const double shrink = state == State::running ? 3 : 0;
                print(R"(<rect class="box {0} {1}-{0}" x="{2:.1f}" y="{3:.1f}" width="20" )"
                      R"(height="{4:.1f}" rx="2"/>)",
                      class_of(state), id_, at, y_ + 1 + shrink, 14 - 2 * shrink);
            }
        }
        if (events_) {
            print(R"(<path class="flag" d="M{:.1f} {:.1f}l-5-8h10z"/>)", next("event") + 12,
                  y_ + 12);
        }
        if (notifications_) {
            print(R"(<path class="flag" d="M{:.1f} {:.1f}l5 5l-5 5l-5-5z"/>)",
                  next("notifies") + 12, y_ + 3);
        }
        y_ += line_height + 2;
    }

    const Layout& layout_;
    std::string title_;
    std::string description_;
    std::string id_;
    double width_ = 0;
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

}  // namespace
}  // namespace timeline

std::string draw_svg(const Trace& trace, const SvgStyle& wanted) {
    SvgStyle style = wanted;
    style.width = std::clamp(style.width, 360U, 10'000U);
    timeline::Limits limits;
    limits.rows = 64;
    limits.lanes = 16;
    const timeline::Layout layout = timeline::lay_out(trace, style.axis, limits);
    return timeline::Svg{trace, layout, style}.draw();
}

}  // namespace lab
