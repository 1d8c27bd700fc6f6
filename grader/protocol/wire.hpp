// Values as bytes, and back from bytes that nobody vouches for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace lockstep::wire {

/// The longest text that a message holds; longer ones are cut when written, refused when read.
inline constexpr std::size_t max_text = std::size_t{64} << 10;

/// The bytes break a rule: whoever sent them does not follow the protocol. `what` is a sentence.
class Malformed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Writer {
public:
    void number(std::uint64_t value);        ///< LEB128
    void signed_number(std::int64_t value);  ///< zigzag, LEB128
    void flag(bool value) { number(value ? 1 : 0); }
    void text(std::string_view value);  ///< length, bytes
    template <typename Enum>
    void enumerator(Enum value) {
        number(static_cast<std::uint64_t>(value));
    }

    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::string take() noexcept { return std::move(bytes_); }

private:
    std::string bytes_;
};

/// Reads what a Writer wrote. Every function throws Malformed rather than return what was not
/// there. The bytes must outlive it.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_{bytes} {}

    [[nodiscard]] std::uint64_t number();
    /// At most `most`.
    [[nodiscard]] std::uint64_t number(std::uint64_t most);
    [[nodiscard]] std::int64_t signed_number();
    [[nodiscard]] bool flag() { return number(1) == 1; }
    [[nodiscard]] std::string_view text();
    /// How many elements follow: at most `most`, and at most as many as the bytes that are left can
    /// hold, each of them one byte or more.
    [[nodiscard]] std::size_t length(std::size_t most);
    template <typename Enum>
    [[nodiscard]] Enum enumerator(Enum last) {
        return static_cast<Enum>(number(static_cast<std::uint64_t>(last)));
    }
    /// Throws when there are bytes left.
    void end() const;

private:
    std::string_view rest_;
};

}  // namespace lockstep::wire
