#include <lab/timeline/axis.hpp>

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace lab::timeline {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t size;  ///< in nanoseconds
};

constexpr std::array<Unit, 6> units{{
    {"h", 3'600'000'000'000},
    {"min", 60'000'000'000},
    {"s", 1'000'000'000},
    {"ms", 1'000'000},
    {"µs", 1'000},
    {"ns", 1},
}};

/// The largest unit of which the axis has at least two, for "0.9 min" is harder to read than "54
/// s".
const Unit& unit_of(std::int64_t end) noexcept {
    for (const Unit& unit : units) {
        if (end / unit.size >= 2 || (unit.size <= 1'000'000'000 && end >= unit.size)) {
            return unit;
        }
    }
    return units.back();
}

std::string decimal(double value) {
    std::string text = fmt::format("{:.3f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) {
        text.pop_back();
    }
    return text;
}

/// The smallest round step of which at most `most` ticks fit.
std::int64_t round_step(Axis axis, std::int64_t end, std::size_t most) noexcept {
    const auto fits = [&](std::int64_t step) {
        return end / step < static_cast<std::int64_t>(most);
    };
    // Minutes and hours are not counted in tens.
    if (axis == Axis::time && end > 120'000'000'000) {
        constexpr std::int64_t second = 1'000'000'000;
        for (const std::int64_t seconds : {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1'800,
                                           3'600, 7'200, 10'800, 21'600, 43'200, 86'400}) {
            if (fits(seconds * second)) {
                return seconds * second;
            }
        }
        std::int64_t days = 86'400 * second;
        while (!fits(days) && days < end) {
            days *= 2;
        }
        return days;
    }
    for (std::int64_t power = 1;; power *= 10) {
        for (const std::int64_t factor : {1, 2, 5}) {
            if (fits(power * factor) || power > end) {
                return power * factor;
            }
        }
    }
}

}  // namespace

std::vector<Tick> ticks(Axis axis, std::int64_t end, std::size_t most) {
    most = std::max<std::size_t>(most, 2);
    const std::int64_t step = round_step(axis, end, most);
    const Unit& unit = unit_of(end);
    std::vector<Tick> marks;
    for (std::int64_t at = 0; at <= end && marks.size() < most; at += step) {
        const std::string text =
            axis == Axis::steps
                ? fmt::format("{}{}", at == 0 ? "step " : "", at)
                : fmt::format("{} {}",
                              decimal(static_cast<double>(at) / static_cast<double>(unit.size)),
                              unit.name);
        marks.push_back({at, text});
        if (at > end - step) {
            break;
        }
    }
    return marks;
}

std::string end_text(Axis axis, std::int64_t end) {
    if (axis == Axis::steps) {
        return fmt::format("{}", end);
    }
    const Unit& unit = unit_of(end);
    return fmt::format("{} {}", decimal(static_cast<double>(end) / static_cast<double>(unit.size)),
                       unit.name);
}

}  // namespace lab::timeline
