#include <exercise/manifest_table.hpp>

#include <base/error.hpp>

#include <fmt/format.h>

namespace lockstep {

ManifestTable::ManifestTable(const toml::table& table, const std::filesystem::path& file,
                             std::string name)
    : table_{table}, file_{file}, name_{std::move(name)} {}

void ManifestTable::fail_at(const toml::node& node, std::string_view sentence) const {
    throw GraderError(fmt::format("{}:{}: {}", file_.string(), node.source().begin.line, sentence));
}

void ManifestTable::fail(std::string_view key, std::string_view sentence) const {
    const toml::node* node = table_.get(key);
    fail_at(node ? *node : table_, sentence);
}

const toml::node& ManifestTable::need(std::string_view key) {
    asked_.emplace(key);
    const toml::node* node = table_.get(key);
    if (!node) fail_at(table_, fmt::format("{} has no '{}': add it.", name_, key));
    return *node;
}

std::string ManifestTable::string(std::string_view key) {
    const toml::node& node = need(key);
    const auto* value = node.as_string();
    if (!value || value->get().empty()) {
        fail_at(node, fmt::format("'{}' of {} must be a string that is not empty.", key, name_));
    }
    return value->get();
}

std::int64_t ManifestTable::integer(std::string_view key, std::int64_t least, std::int64_t most) {
    const toml::node& node = need(key);
    const auto* value = node.as_integer();
    if (!value || value->get() < least || value->get() > most) {
        fail_at(node, fmt::format("'{}' of {} must be a whole number from {} to {}.", key, name_,
                                  least, most));
    }
    return value->get();
}

Text ManifestTable::text_of(std::string_view key, const toml::node& node) const {
    const auto* languages = node.as_table();
    if (!languages) {
        fail_at(node, fmt::format("'{}' of {} must be a table with the texts 'en' and 'fr'.", key,
                                  name_));
    }
    ManifestTable table{*languages, file_, fmt::format("'{}' of {}", key, name_)};
    Text text{table.string("en"), table.string("fr")};
    table.finish();
    return text;
}

Text ManifestTable::text(std::string_view key) { return text_of(key, need(key)); }

const toml::array& ManifestTable::array(std::string_view key) {
    const toml::node& node = need(key);
    const auto* values = node.as_array();
    if (!values) fail_at(node, fmt::format("'{}' of {} must be a list.", key, name_));
    return *values;
}

std::vector<std::string> ManifestTable::strings(std::string_view key) {
    std::vector<std::string> strings;
    for (const toml::node& node : array(key)) {
        const auto* value = node.as_string();
        if (!value) fail_at(node, fmt::format("'{}' of {} must be a list of strings.", key, name_));
        strings.push_back(value->get());
    }
    return strings;
}

std::vector<Text> ManifestTable::texts(std::string_view key) {
    std::vector<Text> texts;
    for (const toml::node& node : array(key)) texts.push_back(text_of(key, node));
    return texts;
}

ManifestTable ManifestTable::table(std::string_view key) {
    const toml::node& node = need(key);
    const auto* inner = node.as_table();
    if (!inner) fail_at(node, fmt::format("'{}' of {} must be a table.", key, name_));
    return {*inner, file_, fmt::format("[{}]", key)};
}

std::vector<ManifestTable> ManifestTable::tables(std::string_view key) {
    if (!has(key)) return {};
    std::vector<ManifestTable> tables;
    for (const toml::node& node : array(key)) {
        const auto* inner = node.as_table();
        if (!inner)
            fail_at(node, fmt::format("'{}' of {} must be tables: [[{}]].", key, name_, key));
        tables.emplace_back(*inner, file_, fmt::format("[[{}]]", key));
    }
    return tables;
}

void ManifestTable::finish() const {
    for (const auto& [key, node] : table_) {
        if (!asked_.contains(key.str())) {
            fail_at(node, fmt::format("{} has a key '{}' that means nothing: take it out, or mend "
                                      "its spelling.",
                                      name_, key.str()));
        }
    }
}

}  // namespace lockstep
