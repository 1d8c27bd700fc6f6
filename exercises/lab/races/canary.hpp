// A data race on purpose.
#pragma once

namespace lab::races {

/// Makes two threads write one variable, the second certainly after the first, with nothing that
/// would order them in the eyes of a race detector. False if there was no thread to be had.
bool sing() noexcept;

}  // namespace lab::races
