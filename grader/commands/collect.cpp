#include <commands/commands.hpp>
#include <commands/terminal.hpp>

#include <gradebook/gradebook.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>
#include <vector>

namespace lockstep {
namespace {

/// Tells one attempt from another.
auto key_of(const Row& row) {
    return std::tuple{row.student, row.when, row.content, row.grader, row.points, row.error};
}

}  // namespace

int collect(const CollectCommand& options) {
    std::vector<Row> rows;
    for (const std::filesystem::path& shard : options.shards) {
        const Gradebook part{shard, Gradebook::Opening::existing};
        for (Row& row : part.all()) rows.push_back(std::move(row));
    }
    // The latest attempt is the last one that was entered.
    std::ranges::stable_sort(rows, {}, [](const Row& row) {
        return std::tuple{row.when, row.student};
    });

    Gradebook whole{options.results, Gradebook::Opening::make};
    std::set<decltype(key_of(rows.front()))> known;
    for (const Row& row : whole.all()) known.insert(key_of(row));
    std::erase_if(rows, [&](const Row& row) { return !known.insert(key_of(row)).second; });
    whole.store(rows);
    const auto latest = whole.latest();
    const auto unjudged = std::ranges::count_if(
        latest, [](const auto& entry) { return entry.second.grader_failed(); });
    print(fmt::format("{} attempts entered; {} students, {} on whom the grader failed.\n",
                      rows.size(), latest.size(), unjudged));
    return unjudged == 0 ? 0 : 3;
}

}  // namespace lockstep
