// Somebody to talk with.
#pragma once

#include <base/text.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

struct Conversation {
    std::function<void(std::string_view)> say;
    /// The next line, without its end; nullopt when there are no more. May be empty: then nobody is
    /// there to be asked.
    std::function<std::optional<std::string>()> hear;
    Language language = Language::en;
    unsigned width = 80;  ///< columns, at least 40
};

}  // namespace lockstep
