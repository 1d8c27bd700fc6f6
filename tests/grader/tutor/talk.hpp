// A conversation with somebody whose lines are known beforehand.
#pragma once

#include <tutor/conversation.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::made {

class Talk {
public:
    explicit Talk(std::vector<std::string> lines) : lines_{std::move(lines)} {}

    Conversation conversation() {
        return {.say = [this](std::string_view text) { said += text; },
                .hear = [this]() -> std::optional<std::string> {
                    if (heard == lines_.size()) return std::nullopt;
                    return lines_[heard++];
                }};
    }

    std::string said;
    std::size_t heard = 0;

private:
    std::vector<std::string> lines_;
};

}  // namespace lockstep::made
