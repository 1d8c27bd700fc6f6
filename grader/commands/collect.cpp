#include <commands/commands.hpp>
#include <commands/terminal.hpp>

#include <base/error.hpp>
#include <gradebook/gradebook.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

namespace lockstep {
namespace {

/// Tells one attempt from another.
auto key_of(const Row& row) {
    return std::tuple{row.student, row.when, row.content, row.grader, row.points, row.error};
}

/// What all parts were graded with, once it is known of one.
class CommonSeed {
public:
    /// Throws UsageError where it is not that of those before.
    void add(std::optional<std::uint64_t> seed, const std::filesystem::path& folder) {
        if (!seed) return;
        if (seed_ && *seed_ != *seed) {
            throw UsageError{fmt::format(
                "Not everybody was asked the same: {} was graded with the seed {}, and {} with {}. "
                "Grade all parts with one --seed, or collect them into different folders.",
                folder_.string(), *seed_, folder.string(), *seed)};
        }
        seed_ = seed;
        folder_ = folder;
    }
    [[nodiscard]] std::optional<std::uint64_t> value() const noexcept { return seed_; }

private:
    std::optional<std::uint64_t> seed_;
    std::filesystem::path folder_;
};

}  // namespace

int collect(const CollectCommand& options) {
    std::vector<Row> rows;
    CommonSeed seed;
    if (Gradebook::is_in(options.results))
        seed.add(Gradebook{options.results, Gradebook::Opening::existing}.seed(), options.results);
    for (const std::filesystem::path& shard : options.shards) {
        const Gradebook part{shard, Gradebook::Opening::existing};
        seed.add(part.seed(), shard);
        for (Row& row : part.all()) rows.push_back(std::move(row));
    }
    // The latest attempt is the last one that was entered.
    std::ranges::stable_sort(rows, {}, [](const Row& row) {
        return std::tuple{row.when, row.student};
    });

    Gradebook whole{options.results, Gradebook::Opening::make};
    if (seed.value()) static_cast<void>(whole.seed(*seed.value()));
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
