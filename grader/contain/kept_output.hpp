// What a program printed: all of it where it is short, else its beginning and its end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lockstep {

class KeptOutput {
public:
    void add(std::string_view text);

    [[nodiscard]] std::size_t total_bytes() const noexcept { return total_; }
    /// Where something was left out, a line between beginning and end says how much.
    [[nodiscard]] std::string text() const;

private:
    std::string head_;
    std::string tail_;
    std::size_t total_ = 0;
};

}  // namespace lockstep
