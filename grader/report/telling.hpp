// What a check has to say, as plain text: what every format shows of it that has one field for all.
#pragma once

#include <report/style.hpp>
#include <score/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace lockstep {

/// Several clean lines, without a newline at the end: expected, happened, where, the picture, the
/// hint; for an instructor how to play it again, and details. "" for a check that passed.
[[nodiscard]] std::string telling(const CheckResult& check, const TextStyle& style);

/// One clean sentence: what happened, or that it was not judged. "" for a check that passed.
[[nodiscard]] std::string in_one_sentence(const CheckResult& check, Language language);

/// What concerns the exercise as a whole, one clean line each: its notes.
[[nodiscard]] std::string notes_of(const ExerciseResult& exercise);

/// That there was no sandbox, as one clean sentence; "" where there was one.
[[nodiscard]] std::string isolation_of(const Result& result, Language language);

/// How it went, in two sentences, each of which may be empty.
struct Outcome {
    std::string sentence;    ///< "8 of 9 checks pass."
    std::string not_judged;  ///< "1 check could not be judged: …"
};

[[nodiscard]] Outcome outcome_of(const Result& result, Language language);

/// "16 of 18 points", and in a second sentence what could not be judged.
[[nodiscard]] std::string summary_of(const Result& result, Language language);

/// At most so many bytes (at least 4): cut between lines where there are several, else between
/// characters, and ended by "…".
[[nodiscard]] std::string shortened(std::string text, std::size_t most_bytes);

/// Two checks failed for the same cause: what does not build fails each of them with the same
/// words, which are told once.
[[nodiscard]] bool same_cause(const Finding& a, const Finding& b) noexcept;

/// The verdict, in the language of the reader: "blocked loop".
[[nodiscard]] std::string_view word_of(const CheckResult& check, Language language);

/// Calls `write(bytes)`, where `bytes` is what each check's telling may take, with less and less,
/// until what comes out is shorter than `limit`.
template <typename Write>
std::string within(std::size_t limit, Write&& write) {
    std::string text;
    for (std::size_t bytes = limit; bytes > 4; bytes /= 2) {
        text = write(bytes);
        if (text.size() < limit) {
            break;
        }
    }
    return text;
}

}  // namespace lockstep
