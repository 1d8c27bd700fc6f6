// One table of a manifest, read strictly: every key is asked for, or an error.
#pragma once

#include <base/text.hpp>

#include <toml++/toml.h>

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// All functions throw GraderError with the file, the line and a sentence. The manifest must
/// outlive its tables.
class ManifestTable {
public:
    /// `name` is what sentences call it: "the manifest", "check 'overlap'".
    ManifestTable(const toml::table& table, const std::filesystem::path& file, std::string name);

    void rename(std::string name) { name_ = std::move(name); }

    [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }

    /// Not empty.
    [[nodiscard]] std::string string(std::string_view key);
    [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most);
    /// A table of exactly `en` and `fr`.
    [[nodiscard]] Text text(std::string_view key);
    [[nodiscard]] std::vector<std::string> strings(std::string_view key);
    [[nodiscard]] std::vector<Text> texts(std::string_view key);
    [[nodiscard]] ManifestTable table(std::string_view key);
    /// None when there is no such key.
    [[nodiscard]] std::vector<ManifestTable> tables(std::string_view key);

    /// An error where a key was not asked for.
    void finish() const;

    /// At this key's line, or the table's own where there is none.
    [[noreturn]] void fail(std::string_view key, std::string_view sentence) const;

private:
    [[nodiscard]] const toml::node& need(std::string_view key);
    [[nodiscard]] const toml::array& array(std::string_view key);
    [[nodiscard]] Text text_of(std::string_view key, const toml::node& node) const;
    [[noreturn]] void fail_at(const toml::node& node, std::string_view sentence) const;

    const toml::table& table_;
    const std::filesystem::path& file_;
    std::string name_;
    std::set<std::string, std::less<>> asked_;
};

}  // namespace lockstep
