// JSON from elsewhere, held to exactly what is expected of it.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// What is wrong, before it is known whose file it is in: "exercises[0].points is no whole number".
struct Refusal {
    std::string what;
};

[[noreturn]] void refuse(const std::string& where, std::string_view what);

/// Throws Refusal for what is no JSON, and for what the parser lets pass: more than twelve levels
/// of nesting (a result has eleven), and a key that is twice in one object.
[[nodiscard]] nlohmann::ordered_json parse_strictly(std::string_view text);

/// One value of a document, and how to get there. Whatever is asked of it and is not so throws
/// Refusal.
class Node {
public:
    /// The document itself is called "it".
    Node(const nlohmann::ordered_json& value, std::string path);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] const nlohmann::ordered_json& value() const noexcept { return *value_; }
    [[nodiscard]] bool is_null() const noexcept;
    [[nodiscard]] bool has(const char* key) const;

    /// An object with these keys and no others, apart from `optional` ones.
    void object(std::initializer_list<const char*> needed,
                std::initializer_list<const char*> optional = {}) const;
    /// A part of an object; `object` or `has` must have said that it is there.
    [[nodiscard]] Node operator[](const char* key) const;
    [[nodiscard]] std::vector<Node> list(std::size_t most) const;
    /// Of at most 4 MiB, which is more than 200 lines of 2,000 columns can take.
    [[nodiscard]] const std::string& text() const;
    /// A plain name, for it becomes part of file names, anchors and variables.
    [[nodiscard]] std::string id() const;
    [[nodiscard]] int number(int most) const;
    [[nodiscard]] double seconds() const;
    [[nodiscard]] bool flag() const;
    /// This number, which the rest of the document comes to.
    void must_be(int number) const;

private:
    const nlohmann::ordered_json* value_;
    std::string path_;
};

}  // namespace lockstep
