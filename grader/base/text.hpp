// Text for people, in the languages that the kit speaks.
#pragma once

#include <string>

namespace lockstep {

enum class Language { en, fr };

struct Text {
    std::string en;
    std::string fr;

    [[nodiscard]] const std::string& in(Language language) const noexcept {
        return language == Language::fr && !fr.empty() ? fr : en;
    }
};

}  // namespace lockstep
