#include <report/catalogue.hpp>

#include <fmt/format.h>

namespace lockstep {
namespace {

std::string_view english_word(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::wrong: return "wrong";
    case Verdict::todo: return "not written";
    case Verdict::build_error: return "build error";
    case Verdict::crash: return "crash";
    case Verdict::deadlock: return "deadlock";
    case Verdict::data_race: return "data race";
    case Verdict::blocked_loop: return "blocked loop";
    case Verdict::busy_wait: return "busy wait";
    case Verdict::leak: return "leak";
    case Verdict::too_slow: return "too slow";
    case Verdict::over_limit: return "over limit";
    case Verdict::timeout: return "timeout";
    case Verdict::skipped: return "skipped";
    case Verdict::grader_error: break;
    }
    return "grader error";
}

std::string_view french_word(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::pass: return "réussi";
    case Verdict::wrong: return "faux";
    case Verdict::todo: return "à écrire";
    case Verdict::build_error: return "ne compile pas";
    case Verdict::crash: return "plantage";
    case Verdict::deadlock: return "interblocage";
    case Verdict::data_race: return "accès en course";
    case Verdict::blocked_loop: return "boucle bloquée";
    case Verdict::busy_wait: return "attente active";
    case Verdict::leak: return "fuite";
    case Verdict::too_slow: return "trop lent";
    case Verdict::over_limit: return "limite dépassée";
    case Verdict::timeout: return "délai dépassé";
    case Verdict::skipped: return "non évalué";
    case Verdict::grader_error: break;
    }
    return "panne du kit";
}

std::string english_points(int points, int of) {
    return fmt::format("{} of {} point{}", points, of, of == 1 ? "" : "s");
}

std::string french_points(int points, int of) {
    return fmt::format("{} sur {} point{}", points, of, of < 2 ? "" : "s");
}

std::string fraction(int points, int of) { return fmt::format("{}/{}", points, of); }

std::string english_line(std::string_view file, unsigned line) {
    return line == 0 ? std::string{file} : fmt::format("{}:{}", file, line);
}

std::string english_passed(std::size_t count, std::size_t of) {
    if (count == 0) {
        return of == 1 ? "The one check does not pass."
                       : fmt::format("None of {} checks passes.", of);
    }
    return fmt::format("{} of {} checks pass{}.", count, of, count == 1 ? "es" : "");
}

std::string french_passed(std::size_t count, std::size_t of) {
    if (count == 0) {
        return of == 1 ? "Le seul contrôle échoue."
                       : fmt::format("Aucun des {} contrôles ne passe.", of);
    }
    return fmt::format("{} contrôle{} sur {} {}.", count, count == 1 ? "" : "s", of,
                       count == 1 ? "passe" : "passent");
}

std::string english_not_judged(std::size_t count) {
    return count == 1 ? "1 check could not be judged: the grader's failure, which costs no points."
                      : fmt::format(
                            "{} checks could not be judged: the grader's failure, which "
                            "costs no points.",
                            count);
}

std::string french_not_judged(std::size_t count) {
    return count == 1 ? "1 contrôle n'a pas pu être jugé : c'est une panne du kit, qui ne coûte "
                        "aucun point."
                      : fmt::format(
                            "{} contrôles n'ont pas pu être jugés : c'est une panne du kit, qui ne "
                            "coûte aucun point.",
                            count);
}

constexpr Catalogue english{
    .expected = "expected",
    .happened = "happened",
    .where = "where",
    .hint = "hint",
    .detail = "details",
    .recipe = "replay",
    .nothing_written = "Nothing is written yet: each check says what to write, and where.",
    .full_marks = "Every check passes.",
    .skipped = "This check was not judged. It costs no points.",
    .grader_error =
        "The grader failed here, not the submission. It costs no points: have it graded "
        "again, and tell who runs the grader if it stays.",
    .same_as = "the same as above",
    .weak_isolation = "Graded without a sandbox:",
    .points = english_points,
    .fraction = fraction,
    .line = english_line,
    .passed = english_passed,
    .not_judged = english_not_judged,
    .word = english_word,
    .word_columns = 12,
};

constexpr Catalogue french{
    .expected = "attendu",
    .happened = "constaté",
    .where = "où",
    .hint = "indice",
    .detail = "détails",
    .recipe = "rejouer",
    .nothing_written = "Rien n'est encore écrit : chaque contrôle dit quoi écrire, et où.",
    .full_marks = "Tous les contrôles passent.",
    .skipped = "Ce contrôle n'a pas été évalué. Il ne coûte aucun point.",
    .grader_error =
        "C'est le kit qui est tombé en panne ici, pas votre code. Cela ne coûte aucun "
        "point : relancez l'évaluation, et prévenez qui s'en occupe si cela persiste.",
    .same_as = "même cause que ci-dessus",
    .weak_isolation = "Évalué sans bac à sable :",
    .points = french_points,
    .fraction = fraction,
    .line = english_line,
    .passed = french_passed,
    .not_judged = french_not_judged,
    .word = french_word,
    .word_columns = 15,
};

}  // namespace

const Catalogue& catalogue(Language language) noexcept {
    return language == Language::fr ? french : english;
}

}  // namespace lockstep
