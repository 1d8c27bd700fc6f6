#include <score/timeline_json.hpp>

#include <score/strict_json.hpp>

#include <lab/printable.hpp>

#include <array>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;
using lab::timeline::Interval;
using lab::timeline::Layout;
using lab::timeline::Point;
using lab::timeline::Problem;
using lab::timeline::Row;
using lab::timeline::State;

/// More than any layout has that is kept.
constexpr std::size_t most_rows = 100;
constexpr std::size_t most_lanes = 100;
constexpr std::size_t most_shapes = 10'000;  ///< of one kind in one row
constexpr std::size_t most_problems = 100;
constexpr std::size_t most_columns = 1'000;
constexpr std::int64_t most_positions = std::int64_t{1} << 62;  ///< as of a trace that is received
constexpr int most_hidden = 1'000'000'000;

/// A point's kind, and whether it is at the very end of a run that was cut short.
constexpr std::array<std::pair<std::string_view, std::pair<Point::Kind, bool>>, 4> kinds{{
    {"event", {Point::Kind::event, false}},
    {"notification", {Point::Kind::notification, false}},
    {"problem", {Point::Kind::problem, false}},
    {"end", {Point::Kind::problem, true}},
}};

std::string_view name_of(const Point& point) {
    for (const auto& [name, kind] : kinds) {
        if (kind == std::pair{point.kind, point.last}) {
            return name;
        }
    }
    return kinds.front().first;
}

void add_unless_zero(Json& object, const char* key, std::size_t number) {
    if (number != 0) {
        object[key] = number;
    }
}

/// What `to` makes of each, as a list.
template <typename Item>
Json list_of(const std::vector<Item>& items, Json (*to)(const Item&)) {
    Json list = Json::array();
    for (const Item& item : items) {
        list.push_back(to(item));
    }
    return list;
}

Json state_json(const Interval& state) {
    Json json = Json::array({name_of(state.state), state.begin});
    if (!state.text.empty()) {
        json.push_back(state.text);
    }
    return json;
}

Json span_json(const Interval& span) {
    return Json::array({name_of(span.state), span.begin, span.end, span.text});
}

Json lane_json(const std::vector<Interval>& lane) { return list_of(lane, span_json); }

Json point_json(const Point& point) { return Json::array({name_of(point), point.at, point.text}); }

Json row_json(const Row& row) {
    Json json;
    json["name"] = row.name;
    if (row.ended) {
        json["ended"] = true;
    }
    json["states"] = list_of(row.states, state_json);
    if (!row.lanes.empty()) {
        json["lanes"] = list_of(row.lanes, lane_json);
    }
    if (row.concurrent) {
        json["concurrent"] = true;
    }
    add_unless_zero(json, "hidden_spans", row.hidden_spans);
    if (!row.points.empty()) {
        json["points"] = list_of(row.points, point_json);
    }
    return json;
}

Json problem_json(const Problem& problem) {
    return {{"title", problem.title}, {"summary", problem.summary}, {"lines", problem.lines}};
}

/// Reads one timeline. What it has thousands of is read without a Node for each.
class Reader {
public:
    explicit Reader(const Json& value, const std::string& path) : node_{value, path} {}

    Layout read() {
        node_.object({"axis", "end", "rows"},
                     {"tail", "hidden_threads", "problems", "hidden_problems", "left_out"});
        const std::string& axis = node_["axis"].text();
        if (axis != "time" && axis != "steps") {
            refuse(node_["axis"].path(), R"(is neither "time" nor "steps")");
        }
        layout_.axis = axis == "time" ? lab::Axis::time : lab::Axis::steps;
        layout_.end = position(node_["end"].value(), node_["end"].path(), 1, most_positions);
        layout_.tail = flag(node_, "tail");
        for (const Node& row : node_["rows"].list(most_rows)) {
            layout_.rows.push_back(read_row(row));
        }
        layout_.hidden_threads = number(node_, "hidden_threads");
        if (node_.has("problems")) {
            for (const Node& problem : node_["problems"].list(most_problems)) {
                layout_.problems.push_back(read_problem(problem));
            }
        }
        layout_.hidden_problems = number(node_, "hidden_problems");
        layout_.left_out = number(node_, "left_out");
        return std::move(layout_);
    }

private:
    static bool flag(const Node& node, const char* key) {
        return node.has(key) && node[key].flag();
    }

    static std::size_t number(const Node& node, const char* key) {
        return node.has(key) ? static_cast<std::size_t>(node[key].number(most_hidden)) : 0;
    }

    static std::string clean(const Json& value, const std::string& path) {
        return lab::printable::clean(Node{value, path}.text(), most_columns);
    }

    static std::int64_t position(const Json& value, const std::string& path, std::int64_t least,
                                 std::int64_t most) {
        // Only what is larger than any number with a sign is kept as one without.
        const bool huge = value.is_number_unsigned() &&
                          value.get<std::uint64_t>() > static_cast<std::uint64_t>(most);
        if (!value.is_number_integer() || huge || value.get<std::int64_t>() < least ||
            value.get<std::int64_t>() > most) {
            refuse(path, fmt::format("has a position that is no whole number from {} to {}", least,
                                     most));
        }
        return value.get<std::int64_t>();
    }

    static const Json& list(const Json& value, const std::string& path, std::size_t least,
                            std::size_t most) {
        if (!value.is_array() || value.size() < least || value.size() > most) {
            refuse(path, fmt::format("has a part that is no list of {} to {}", least, most));
        }
        return value;
    }

    static State state(const Json& value, const std::string& path, State first, State last) {
        const std::string name = Node{value, path}.text();
        for (auto number = static_cast<std::size_t>(first);
             number <= static_cast<std::size_t>(last); ++number) {
            if (name_of(static_cast<State>(number)) == name) {
                return static_cast<State>(number);
            }
        }
        refuse(path, "has a state that there is not");
    }

    [[nodiscard]] Row read_row(const Node& node) const {
        node.object({"name", "states"}, {"ended", "lanes", "concurrent", "hidden_spans", "points"});
        Row row;
        row.name = clean(node["name"].value(), node["name"].path());
        row.ended = flag(node, "ended");
        row.concurrent = flag(node, "concurrent");
        row.hidden_spans = number(node, "hidden_spans");
        read_states(node["states"], row);
        if (node.has("lanes")) {
            for (const Node& lane : node["lanes"].list(most_lanes)) {
                row.lanes.push_back(read_lane(lane));
            }
            if (row.lanes.size() > 1 && !row.concurrent) {
                refuse(node["lanes"].path(), "does not fit \"concurrent\"");
            }
        }
        if (node.has("points")) {
            read_points(node["points"], row);
        }
        return row;
    }

    void read_states(const Node& node, Row& row) const {
        for (const Json& value : list(node.value(), node.path(), 1, most_shapes)) {
            list(value, node.path(), 2, 3);
            Interval state;
            state.state = Reader::state(value[0], node.path(), State::absent, State::computing);
            const bool first = row.states.empty();
            state.begin = position(value[1], node.path(), first ? 0 : row.states.back().begin,
                                   first ? 0 : layout_.end);
            if (value.size() == 3) {
                state.text = clean(value[2], node.path());
            }
            if (!first) {
                row.states.back().end = state.begin;
            }
            row.states.push_back(std::move(state));
        }
        row.states.back().end = layout_.end;
    }

    [[nodiscard]] std::vector<Interval> read_lane(const Node& node) const {
        std::vector<Interval> lane;
        for (const Json& value : list(node.value(), node.path(), 0, most_shapes)) {
            list(value, node.path(), 4, 4);
            Interval span;
            span.state = state(value[0], node.path(), State::span, State::failed);
            span.begin =
                position(value[1], node.path(), lane.empty() ? 0 : lane.back().begin, layout_.end);
            span.end = position(value[2], node.path(), span.begin, layout_.end);
            span.text = clean(value[3], node.path());
            lane.push_back(std::move(span));
        }
        return lane;
    }

    void read_points(const Node& node, Row& row) const {
        for (const Json& value : list(node.value(), node.path(), 0, most_shapes)) {
            list(value, node.path(), 3, 3);
            const std::string& name = Node{value[0], node.path()}.text();
            std::optional<Point> point;
            for (const auto& [known, kind] : kinds) {
                if (known == name) {
                    point = Point{.kind = kind.first, .text = {}, .last = kind.second};
                }
            }
            if (!point) {
                refuse(node.path(), "has a point of a kind that there is not");
            }
            point->at = position(value[1], node.path(),
                                 row.points.empty() ? 0 : row.points.back().at, layout_.end);
            point->text = clean(value[2], node.path());
            row.points.push_back(std::move(*point));
        }
    }

    static Problem read_problem(const Node& node) {
        node.object({"title", "summary", "lines"});
        Problem problem;
        problem.title = clean(node["title"].value(), node["title"].path());
        problem.summary = clean(node["summary"].value(), node["summary"].path());
        for (const Node& line : node["lines"].list(most_problems)) {
            problem.lines.push_back(clean(line.value(), line.path()));
        }
        return problem;
    }

    Node node_;
    Layout layout_;
};

}  // namespace

Json to_json(const Layout& layout) {
    Json json;
    json["axis"] = layout.axis == lab::Axis::steps ? "steps" : "time";
    json["end"] = layout.end;
    if (layout.tail) {
        json["tail"] = true;
    }
    json["rows"] = list_of(layout.rows, row_json);
    add_unless_zero(json, "hidden_threads", layout.hidden_threads);
    if (!layout.problems.empty()) {
        json["problems"] = list_of(layout.problems, problem_json);
    }
    add_unless_zero(json, "hidden_problems", layout.hidden_problems);
    add_unless_zero(json, "left_out", layout.left_out);
    return json;
}

Layout timeline_from_json(const Json& value, const std::string& path) {
    return Reader{value, path}.read();
}

}  // namespace lockstep
