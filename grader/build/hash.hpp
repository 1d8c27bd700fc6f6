// SHA-256, for keys and for telling whether bytes are still what they were.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

class Hash {
public:
    Hash();
    Hash(Hash&&) noexcept;
    Hash& operator=(Hash&&) noexcept;
    ~Hash();

    Hash& add(std::string_view bytes);
    /// With its length, so that two lists of parts are equal only when all parts are.
    Hash& add_part(std::string_view bytes);

    /// 64 hexadecimal digits; to be called once.
    [[nodiscard]] std::string text();

private:
    struct State;
    std::unique_ptr<State> state_;
};

[[nodiscard]] std::string hash_of(std::string_view bytes);
/// Nothing when it can't be read, is no regular file, or does not have that size.
[[nodiscard]] std::optional<std::string> hash_of_file(const std::filesystem::path& file,
                                                      std::size_t bytes);

}  // namespace lockstep
