#include <lab/printable.hpp>
#include <lab/timeline/axis.hpp>
#include <lab/timeline/canvas.hpp>
#include <lab/timeline/layout.hpp>

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace lab {
namespace timeline {
namespace {

Glyph glyph_of(State state) noexcept {
    switch (state) {
    case State::absent: return Glyph::blank;
    case State::ready: return Glyph::ready;
    case State::running: return Glyph::running;
    case State::sleeping: return Glyph::sleep;
    case State::waits_lock: return Glyph::lock;
    case State::waits: return Glyph::wait;
    case State::computing: return Glyph::computing;
    case State::span: return Glyph::span;
    case State::cancelled: return Glyph::cancelled;
    case State::failed: return Glyph::failed;
    }
    return Glyph::blank;
}

Glyph glyph_of(Point::Kind kind) noexcept {
    switch (kind) {
    case Point::Kind::event: return Glyph::event;
    case Point::Kind::notification: return Glyph::notification;
    case Point::Kind::problem: return Glyph::problem;
    }
    return Glyph::problem;
}

/// What a span on its thread's own row does not hide: that the thread computes, or waits for
/// something else than for the time to pass that the span takes.
bool shows_through(Glyph glyph) noexcept {
    return glyph == Glyph::lock || glyph == Glyph::wait || glyph == Glyph::computing;
}

class Drawing {
public:
    Drawing(const Layout& layout, const TextStyle& style) : layout_{layout}, style_{style} {
        std::size_t widest = 4;
        for (const Row& row : layout.rows) {
            widest = std::max(widest, printable::columns(row.name));
        }
        names_ = std::min<std::size_t>(widest, style.width / 4);
        // The tail of a run that was cut short says what its threads wait for: "░ mutex #1 ✗". A
        // complete run needs one column more, for the ends of those threads that last as long.
        tail_ = layout.tail ? std::clamp<std::size_t>(style.width / 6, 6, 14) : 1;
        plot_ = style.width - names_ - 1 - tail_;
    }

    std::string draw() {
        add_ruler();
        for (const Row& row : layout_.rows) {
            add_row(row);
        }
        if (layout_.hidden_threads != 0) {
            add(fmt::format("… and {}", printable::count(layout_.hidden_threads, "more thread")));
        }
        add_problems();
        add_legend();
        return std::move(text_);
    }

private:
    void add(std::string_view line) { text_ += portable(line) + '\n'; }

    [[nodiscard]] std::string portable(std::string_view line) const {
        return style_.unicode ? std::string{line} : printable::ascii(line);
    }

    /// The column where a position's cell begins; `plot_` for the end.
    [[nodiscard]] std::size_t column(std::int64_t at) const noexcept {
        const double share = static_cast<double>(at) / static_cast<double>(layout_.end);
        const auto column =
            static_cast<std::size_t>(std::lround(share * static_cast<double>(plot_)));
        return std::min(column, plot_);
    }

    void add_line(std::string_view name, const Canvas& canvas, Canvas::Used& used) {
        std::string line = printable::fit(name, names_) + ' ';
        line = portable(line) + canvas.line(style_, used);
        line.erase(line.find_last_not_of(' ') + 1);
        text_ += line + '\n';
    }

    void add_ruler() {
        constexpr std::size_t room = 11;  // for a tick's text and the gap behind it
        const std::vector<Tick> all = ticks(layout_.axis, layout_.end, plot_ / room + 1);
        Canvas labels{plot_ + tail_};
        std::string line;
        std::vector<bool> marked(plot_ + 1);
        // A run in steps ends with the last of them, which is no position of its own.
        const std::string last =
            layout_.axis == Axis::steps ? "" : end_text(layout_.axis, layout_.end);
        const std::size_t last_size = printable::columns(last);
        std::size_t free_from = 0;
        for (const Tick& tick : all) {
            const std::size_t at = column(tick.at);
            const std::size_t size = printable::columns(tick.text);
            const std::size_t begin = at < size / 2 ? 0 : at - size / 2;
            if (begin < free_from && tick.at != 0) {
                continue;
            }
            // The end's own text is worth more than that of a tick near it.
            if (tick.at != 0 && begin + size + 2 > plot_ + 1 - std::min(plot_, last_size)) {
                continue;
            }
            marked[std::min(at, plot_)] = true;
            labels.write(begin, tick.text, Glyph::ready);
            free_from = begin + size + 2;
        }
        const std::size_t last_begin = plot_ + 1 - std::min(plot_, last_size);
        if (last_begin >= free_from) {
            labels.write(last_begin, last, Glyph::ready);
        }
        marked[plot_] = true;
        Canvas::Used ignored{};
        add_line("", labels, ignored);

        for (std::size_t i = 0; i <= plot_; ++i) {
            if (style_.unicode) {
                line += !marked[i] ? "─" : i == 0 ? "├" : i == plot_ ? "┤" : "┼";
            } else {
                line += marked[i] ? '+' : '-';
            }
        }
        for (std::size_t i = 1; i < tail_; ++i) {
            line += style_.unicode ? "╌" : ".";
        }
        text_ += std::string(names_ + 1, ' ') + inked(line, Glyph::ready, style_) + '\n';
    }

    void add_row(const Row& row) {
        Canvas canvas{plot_ + tail_};
        paint_states(canvas, row);
        if (!row.concurrent && !row.lanes.empty()) {
            paint_spans(canvas, row.lanes.front(), row);
        }
        paint_points(canvas, row);
        if (!row.concurrent && !row.lanes.empty()) {
            label_spans(canvas, row.lanes.front());
        }
        label_states(canvas, row);
        label_points(canvas, row);
        add_line(row.name, canvas, used_);
        if (!row.concurrent) {
            return;
        }
        for (const std::vector<Interval>& lane : row.lanes) {
            Canvas below{plot_ + tail_};
            paint_spans(below, lane, row);
            label_spans(below, lane);
            add_line("", below, used_);
        }
        if (row.hidden_spans != 0) {
            const std::string more = printable::count(row.hidden_spans, "more span");
            add(std::string(names_ + 1, ' ') + fmt::format("… and {} at once", more));
        }
    }

    void paint_states(Canvas& canvas, const Row& row) const {
        std::size_t end = 0;
        for (const Interval& state : row.states) {
            const Glyph glyph = glyph_of(state.state);
            std::size_t from = column(state.begin);
            std::size_t to = column(state.end);
            // However short, a wait for a lock is worth a cell.
            if (state.state == State::waits_lock && state.begin < state.end) {
                from = std::min(from, plot_ - 1);
                to = std::max(to, from + 1);
            }
            for (std::size_t i = from; i < to; ++i) {
                canvas.put(i, glyph);
            }
            end = state.state == State::absent ? end : to;
        }
        if (row.ended) {
            canvas.put(end, Glyph::ended);
        } else if (layout_.tail && !row.states.empty()) {
            for (std::size_t i = plot_; i < canvas.width(); ++i) {
                canvas.put(i, glyph_of(row.states.back().state));
            }
        }
    }

    /// A state's text: what is waited for, or the core. States are numbered behind the spans.
    void label_states(Canvas& canvas, const Row& row) const {
        const std::size_t first =
            row.concurrent || row.lanes.empty() ? 0 : row.lanes.front().size();
        for (std::size_t n = 0; n < row.states.size(); ++n) {
            const Interval& state = row.states[n];
            const Glyph glyph = glyph_of(state.state);
            if (state.text.empty() || !shows_through(glyph)) {
                continue;
            }
            const bool lasts = n + 1 == row.states.size() && layout_.tail;
            const std::size_t to = lasts ? canvas.width() : column(state.end);
            for (std::size_t i = column(state.begin); i < to; ++i) {
                if (canvas.glyph(i) == glyph && canvas.owner(i) == Canvas::nobody) {
                    canvas.own(i, first + n);
                }
            }
            canvas.write_inside(first + n, glyph, state.text);
        }
    }

    void paint_spans(Canvas& canvas, const std::vector<Interval>& spans, const Row& row) const {
        for (std::size_t n = 0; n < spans.size(); ++n) {
            const Interval& span = spans[n];
            const Glyph glyph = glyph_of(span.state);
            const std::size_t from = std::min(column(span.begin), plot_ - 1);
            std::size_t to = std::max(column(span.end), from + 1);
            if (layout_.tail && span.end == layout_.end && !row.ended) {
                to = canvas.width();
            }
            for (std::size_t i = from; i < to; ++i) {
                if (shows_through(canvas.glyph(i))) {
                    canvas.own(i, n);
                } else {
                    const bool edge = i == from && to - from >= 2 && span.state == State::span;
                    canvas.put(i, edge ? Glyph::edge : glyph, n);
                }
            }
        }
        // Where an inner span ends, its outer one goes on behind an edge of its own.
        for (std::size_t i = 1; i + 1 < canvas.width(); ++i) {
            const std::size_t owner = canvas.owner(i);
            const bool taken_over = owner != Canvas::nobody && owner != canvas.owner(i - 1) &&
                                    canvas.owner(i - 1) != Canvas::nobody;
            if (taken_over && canvas.glyph(i) == Glyph::span && canvas.owner(i + 1) == owner) {
                canvas.put(i, Glyph::edge, owner);
            }
        }
    }

    static void label_spans(Canvas& canvas, const std::vector<Interval>& spans) {
        for (std::size_t n = 0; n < spans.size(); ++n) {
            canvas.write_inside(n, glyph_of(spans[n].state), spans[n].text);
        }
    }

    [[nodiscard]] std::size_t column(const Point& point) const noexcept {
        return point.last ? plot_ + tail_ - 1 : std::min(column(point.at), plot_ - 1);
    }

    void paint_points(Canvas& canvas, const Row& row) const {
        for (const Point::Kind kind :
             {Point::Kind::notification, Point::Kind::event, Point::Kind::problem}) {
            for (const Point& point : row.points) {
                if (point.kind == kind) {
                    canvas.put(column(point), glyph_of(kind));
                }
            }
        }
    }

    void label_points(Canvas& canvas, const Row& row) const {
        for (const Point& point : row.points) {
            if (point.kind == Point::Kind::event && canvas.glyph(column(point)) == Glyph::event) {
                canvas.write_behind(column(point), point.text);
            }
        }
    }

    void add_problems() {
        const std::string_view cross = glyph_text(Glyph::problem, style_.unicode);
        for (const Problem& problem : layout_.problems) {
            const std::string lines = printable::wrap(
                portable(fmt::format("{} {}: {}", cross, problem.title, problem.summary)),
                style_.width, 2);
            const std::size_t line = lines.find('\n');
            text_ += inked(lines.substr(0, line), Glyph::problem, style_) + lines.substr(line);
            for (const std::string& witness : problem.lines) {
                text_ += printable::wrap(portable("    " + witness), style_.width, 6);
            }
        }
        if (layout_.hidden_problems != 0) {
            add(fmt::format("… and {}", printable::count(layout_.hidden_problems, "more problem")));
        }
    }

    void add_legend() {
        std::string line;
        std::size_t size = 0;
        for (std::size_t i = 0; i < static_cast<std::size_t>(Glyph::legend_end); ++i) {
            const auto glyph = static_cast<Glyph>(i);
            const bool shown =
                used_[i] || (glyph == Glyph::span && used_[static_cast<std::size_t>(Glyph::edge)]);
            if (!shown) {
                continue;
            }
            const std::string_view sign = glyph_text(glyph, style_.unicode);
            const std::size_t more = 2 + printable::columns(glyph_meaning(glyph));
            if (size != 0 && size + 3 + more > style_.width) {
                text_ += line + '\n';
                line.clear();
                size = 0;
            }
            line += size == 0 ? "" : "   ";
            line += fmt::format("{} {}", inked(sign, glyph, style_), glyph_meaning(glyph));
            size += (size == 0 ? 0 : 3) + more;
        }
        text_ += line.empty() ? "" : line + '\n';
    }

    const Layout& layout_;
    const TextStyle& style_;
    std::size_t names_ = 0;
    std::size_t plot_ = 0;
    std::size_t tail_ = 0;
    Canvas::Used used_{};
    std::string text_;
};

}  // namespace
}  // namespace timeline

std::string draw_text(const Trace& trace, const TextStyle& style) {
    TextStyle bounded = style;
    constexpr unsigned widest = 1'000;
    bounded.width = std::clamp(style.width, 40U, widest);
    timeline::Limits limits;
    limits.rows = std::max(style.max_rows, 1U);
    // Many lanes only where there are few threads.
    const std::size_t rows =
        std::max<std::size_t>(std::min(limits.rows, trace.threads().size()), 1);
    limits.lanes = std::clamp<std::size_t>(limits.rows / rows, 4, 12);
    const timeline::Layout layout = timeline::lay_out(trace, style.axis, limits);
    return timeline::Drawing{layout, bounded}.draw();
}

}  // namespace lab
