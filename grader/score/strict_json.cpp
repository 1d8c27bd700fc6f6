#include <score/strict_json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <lab/printable.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace lockstep {

using Json = nlohmann::ordered_json;

namespace {

constexpr int most_levels = 12;
constexpr std::size_t most_bytes_of_text = std::size_t{4} << 20;

bool is_plain(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

}  // namespace

void refuse(const std::string& where, std::string_view what) {
    throw Refusal{fmt::format("{} {}", where, what)};
}

Json parse_strictly(std::string_view text) {
    std::vector<std::set<std::string>> keys;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
        switch (event) {
        case Json::parse_event_t::object_start:
        case Json::parse_event_t::array_start:
            if (depth >= most_levels) {
                refuse("it", fmt::format("is nested more than {} levels deep", most_levels));
            }
            keys.emplace_back();
            break;
        case Json::parse_event_t::object_end:
        case Json::parse_event_t::array_end: keys.pop_back(); break;
        case Json::parse_event_t::key:
            if (!keys.back().insert(value.get<std::string>()).second) {
                refuse("it", fmt::format("has \"{}\" twice in one object",
                                         lab::printable::clean(value.get<std::string>())));
            }
            break;
        case Json::parse_event_t::value: break;
        }
        return true;
    };
    try {
        return Json::parse(text, watch);
    } catch (const Json::parse_error& error) {
        refuse("it", fmt::format("is no JSON from byte {} on", error.byte));
    } catch (const Json::exception&) {
        refuse("it", "is no JSON that can be read: a number is too large");
    }
}

Node::Node(const Json& value, std::string path) : value_{&value}, path_{std::move(path)} {}

bool Node::is_null() const noexcept { return value_->is_null(); }

bool Node::has(const char* key) const { return value_->contains(key); }

void Node::object(std::initializer_list<const char*> needed,
                  std::initializer_list<const char*> optional) const {
    if (!value_->is_object()) {
        refuse(path_, "is no object");
    }
    for (const char* key : needed) {
        if (!has(key)) {
            refuse(path_, fmt::format("lacks \"{}\"", key));
        }
    }
    for (const auto& [key, ignored] : value_->items()) {
        const auto is_key = [&key = key](const char* known) { return key == known; };
        if (std::none_of(needed.begin(), needed.end(), is_key) &&
            std::none_of(optional.begin(), optional.end(), is_key)) {
            refuse(path_, fmt::format("has a part \"{}\" that results do not have", key));
        }
    }
}

Node Node::operator[](const char* key) const {
    return {(*value_)[key], path_ == "it" ? key : fmt::format("{}.{}", path_, key)};
}

std::vector<Node> Node::list(std::size_t most) const {
    if (!value_->is_array()) {
        refuse(path_, "is no list");
    }
    if (value_->size() > most) {
        refuse(path_, fmt::format("has more than {} entries", most));
    }
    std::vector<Node> nodes;
    for (const Json& value : *value_) {
        nodes.emplace_back(value, fmt::format("{}[{}]", path_, nodes.size()));
    }
    return nodes;
}

const std::string& Node::text() const {
    if (!value_->is_string()) {
        refuse(path_, "is no text");
    }
    const auto& text = value_->get_ref<const std::string&>();
    if (text.size() > most_bytes_of_text) {
        refuse(path_, "is longer than any text that the grader writes");
    }
    return text;
}

std::string Node::id() const {
    const std::string& id = text();
    if (id.empty() || id.size() > 100 || !std::all_of(id.begin(), id.end(), is_plain)) {
        refuse(path_, "is no plain name");
    }
    return id;
}

int Node::number(int most) const {
    if (!value_->is_number_unsigned() ||
        value_->get<std::uint64_t>() > static_cast<std::uint64_t>(most)) {
        refuse(path_, fmt::format("is no whole number from 0 to {}", most));
    }
    return value_->get<int>();
}

double Node::seconds() const {
    if (!value_->is_number() || !std::isfinite(value_->get<double>()) ||
        value_->get<double>() < 0) {
        refuse(path_, "is no time in seconds");
    }
    return value_->get<double>();
}

bool Node::flag() const {
    if (!value_->is_boolean()) {
        refuse(path_, "is neither true nor false");
    }
    return value_->get<bool>();
}

void Node::must_be(int number) const {
    if (this->number(std::numeric_limits<int>::max()) != number) {
        refuse(path_, fmt::format("does not fit the verdicts, which come to {}", number));
    }
}

}  // namespace lockstep
