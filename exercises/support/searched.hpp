// What came of a search, in a form that goes from one process to another.
#pragma once

#include <support/flights.hpp>

#include <functional>
#include <string>

namespace lockstep {

struct Searched {
    Flight flight;
    std::string threw;  ///< "WorkerError", "std::invalid_argument", another's name; "": nothing
    std::string what;   ///< the exception's sentence
    Range slice;        ///< of a WorkerError

    [[nodiscard]] std::string text() const;
    static Searched from(const std::string& text);
};

/// Calls; every exception but Todo becomes part of what is told.
[[nodiscard]] Searched searched(const std::function<Flight()>& search);

}  // namespace lockstep
