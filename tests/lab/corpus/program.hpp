// A corpus of small concurrent programs: correct ones, and ones with a known bug.
//
// The lab is proved on them: it must leave every correct program alone, and name every bug within
// a stated number of schedules. A body is plain C++20, keeps no state between two runs, ends all
// its threads when it is correct, and has no bug but the declared one.
#pragma once

#include <lab/diagnosis.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>

namespace corpus {

/// How a program has to be built for its bug to be seen. A correct program must be clean in the
/// flavour it names and in those that see more.
enum class Flavour : std::uint8_t {
    sync_points,    ///< scheduling points at synchronisation calls
    memory_points,  ///< and at every atomic and shared access
    tsan,           ///< at synchronisation calls, and data races are reported
};

struct Program {
    std::string_view name{};
    std::string_view what{};  ///< one sentence: what it shows
    void (*body)() = nullptr;
    Flavour needs = Flavour::sync_points;          ///< the least that shows it
    std::optional<lab::Diagnosis::Kind> bug{};     ///< nullopt: correct
    std::optional<lab::Diagnosis::Kind> or_bug{};  ///< another name that fits as well
    bool body_checks = false;                      ///< the body finds a wrong result, and says so
    std::size_t within = 0;                        ///< schedules in which the bug must be found
    std::string_view must_mention{};               ///< in the diagnosis, or in a witness' place
    bool virtual_only = false;  ///< takes hours, or an exact time: never run it freely

    [[nodiscard]] constexpr bool correct() const noexcept { return !bug; }
};

/// One file of programs.
struct Topic {
    std::string_view name;
    std::span<const Program> (*rows)();
};
[[nodiscard]] std::span<const Topic> topics();

/// All programs, by topic. Names are unique.
[[nodiscard]] std::span<const Program> programs();

/// What the body's own check throws; `what` is the sentence it was given.
class WrongResult : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Throws WrongResult unless `holds`. To be called by the body's thread when it has joined the
/// others: the exception passes through its locals' destructors.
void expect(bool holds, std::string_view otherwise);

// Rows of the tables --------------------------------------------------------------------------

[[nodiscard]] constexpr Program correct(std::string_view name, std::string_view what,
                                        void (*body)(), Flavour needs = Flavour::sync_points) {
    return {.name = name, .what = what, .body = body, .needs = needs};
}

/// A bug that the lab recognises by itself.
[[nodiscard]] constexpr Program faulty(std::string_view name, std::string_view what, void (*body)(),
                                       lab::Diagnosis::Kind bug, std::size_t within,
                                       std::string_view must_mention,
                                       Flavour needs = Flavour::sync_points) {
    return {.name = name,
            .what = what,
            .body = body,
            .needs = needs,
            .bug = bug,
            .within = within,
            .must_mention = must_mention};
}

/// A bug that shows as a wrong result; `must_mention` is from the sentence given to `expect`.
[[nodiscard]] constexpr Program wrong(std::string_view name, std::string_view what, void (*body)(),
                                      std::size_t within, std::string_view must_mention,
                                      Flavour needs = Flavour::sync_points) {
    return {.name = name,
            .what = what,
            .body = body,
            .needs = needs,
            .bug = lab::Diagnosis::Kind::body_threw,
            .body_checks = true,
            .within = within,
            .must_mention = must_mention};
}

[[nodiscard]] constexpr Program or_as(Program program, lab::Diagnosis::Kind other) {
    program.or_bug = other;
    return program;
}

[[nodiscard]] constexpr Program in_virtual_time(Program program) {
    program.virtual_only = true;
    return program;
}

}  // namespace corpus
