#include <report/page_words.hpp>

#include <fmt/format.h>
#include <utility>

namespace lockstep {
namespace {

/// What one student does, and what several do.
using Predicate = std::pair<std::string_view, std::string_view>;

Predicate english_predicate(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::pass: return {"passes", "pass"};
    case Verdict::wrong: return {"gets it wrong", "get it wrong"};
    case Verdict::todo: return {"has not written it yet", "have not written it yet"};
    case Verdict::build_error:
        return {"hands in what does not build", "hand in what does not build"};
    case Verdict::crash: return {"crashes", "crash"};
    case Verdict::deadlock: return {"deadlocks", "deadlock"};
    case Verdict::data_race: return {"has a data race", "have a data race"};
    case Verdict::blocked_loop: return {"blocks the loop", "block the loop"};
    case Verdict::busy_wait: return {"waits busily", "wait busily"};
    case Verdict::leak: return {"leaves something behind", "leave something behind"};
    case Verdict::too_slow: return {"is too slow", "are too slow"};
    case Verdict::over_limit: return {"goes over a limit", "go over a limit"};
    case Verdict::timeout: return {"runs out of time", "run out of time"};
    case Verdict::skipped: return {"was not judged", "were not judged"};
    case Verdict::grader_error: break;
    }
    return {"met a failure of the grader", "met a failure of the grader"};
}

Predicate french_predicate(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::pass: return {"réussit", "réussissent"};
    case Verdict::wrong: return {"se trompe", "se trompent"};
    case Verdict::todo: return {"n'a pas encore écrit", "n'ont pas encore écrit"};
    case Verdict::build_error:
        return {"rend un code qui ne compile pas", "rendent un code qui ne compile pas"};
    case Verdict::crash: return {"plante", "plantent"};
    case Verdict::deadlock: return {"a un interblocage", "ont un interblocage"};
    case Verdict::data_race: return {"a un accès en course", "ont un accès en course"};
    case Verdict::blocked_loop: return {"bloque la boucle", "bloquent la boucle"};
    case Verdict::busy_wait: return {"attend activement", "attendent activement"};
    case Verdict::leak: return {"laisse quelque chose derrière", "laissent quelque chose derrière"};
    case Verdict::too_slow: return {"est trop lent", "sont trop lents"};
    case Verdict::over_limit: return {"dépasse une limite", "dépassent une limite"};
    case Verdict::timeout: return {"dépasse le délai", "dépassent le délai"};
    case Verdict::skipped: return {"n'a pas été évalué", "n'ont pas été évalués"};
    case Verdict::grader_error: break;
    }
    return {"a subi une panne du kit", "ont subi une panne du kit"};
}

std::string english_who(std::size_t students, Verdict verdict) {
    const Predicate does = english_predicate(verdict);
    return students == 1 ? fmt::format("1 student {}", does.first)
                         : fmt::format("{} students {}", students, does.second);
}

std::string french_who(std::size_t students, Verdict verdict) {
    const Predicate does = french_predicate(verdict);
    return students < 2 ? fmt::format("{} étudiant {}", students, does.first)
                        : fmt::format("{} étudiants {}", students, does.second);
}

std::string english_class(const ClassSummary& summary) {
    std::string text =
        fmt::format("{} result{}, at most {} points, the median {}.", summary.results,
                    summary.results == 1 ? "" : "s", summary.max_points, summary.median);
    if (summary.empty != 0) {
        text += fmt::format(" {} handed in nothing that can be graded.", summary.empty);
    }
    if (summary.broken != 0) {
        text += fmt::format(" {} could not be judged as a whole: the grader's failure.",
                            summary.broken);
    }
    return text;
}

std::string french_class(const ClassSummary& summary) {
    std::string text =
        fmt::format("{} résultat{}, {} points au plus, médiane {}.", summary.results,
                    summary.results < 2 ? "" : "s", summary.max_points, summary.median);
    if (summary.empty != 0) {
        text += fmt::format(" {} sans rien à évaluer dans ce qui a été rendu.", summary.empty);
    }
    if (summary.broken != 0) {
        text += fmt::format(" {} sans jugement complet : c'est une panne du kit.", summary.broken);
    }
    return text;
}

std::string english_pass(std::size_t passed, std::size_t of) {
    return fmt::format("{} of {} pass", passed, of);
}

std::string french_pass(std::size_t passed, std::size_t of) {
    return fmt::format("{} sur {} réussi{}", passed, of, passed < 2 ? "" : "s");
}

constexpr PageWords english{
    .skip = "Skip to the results",
    .exercises = "Exercises",
    .passed = "What passes",
    .timeline = "Timeline of the run",
    .reference = "Expected: the reference solution, with the same workload, policy and seed",
    .as_text = "The timeline as text",
    .instructor = "For instructors: how to play it again, and details",
    .distribution = "Distribution of scores",
    .share = "share of the maximum",
    .students = "students",
    .diagnoses = "What goes wrong most",
    .no_diagnoses = "Every check passes, for everybody.",
    .everywhere = "in every check",
    .map = "Checks and students",
    .map_help =
        "A row for each student, a column for each check. The table can be scrolled with the "
        "arrow keys.",
    .student = "student",
    .points = "points",
    .legend = "Signs",
    .each_check = "Check by check",
    .example = "For example",
    .not_graded = "not graded",
    .who = english_who,
    .class_summary = english_class,
    .how_many_pass = english_pass,
};

constexpr PageWords french{
    .skip = "Aller aux résultats",
    .exercises = "Exercices",
    .passed = "Ce qui passe",
    .timeline = "Chronologie de l'exécution",
    .reference =
        "Attendu : la solution de référence, avec la même charge, la même politique et la "
        "même graine",
    .as_text = "La chronologie en texte",
    .instructor = "Pour les enseignants : comment rejouer, et détails",
    .distribution = "Répartition des notes",
    .share = "part du maximum",
    .students = "étudiants",
    .diagnoses = "Ce qui échoue le plus",
    .no_diagnoses = "Tous les contrôles passent, pour tout le monde.",
    .everywhere = "dans chaque contrôle",
    .map = "Contrôles et étudiants",
    .map_help =
        "Une ligne par étudiant, une colonne par contrôle. Le tableau défile avec les flèches "
        "du clavier.",
    .student = "étudiant",
    .points = "points",
    .legend = "Signes",
    .each_check = "Contrôle par contrôle",
    .example = "Par exemple",
    .not_graded = "non évalué",
    .who = french_who,
    .class_summary = french_class,
    .how_many_pass = french_pass,
};

}  // namespace

const PageWords& page_words(Language language) noexcept {
    return language == Language::fr ? french : english;
}

std::string_view sign_of(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::pass: return "✓";
    case Verdict::wrong: return "✗";
    case Verdict::todo: return "…";
    case Verdict::build_error: return "B";
    case Verdict::crash: return "C";
    case Verdict::deadlock: return "D";
    case Verdict::data_race: return "R";
    case Verdict::blocked_loop: return "L";
    case Verdict::busy_wait: return "S";
    case Verdict::leak: return "K";
    case Verdict::too_slow: return "T";
    case Verdict::over_limit: return "O";
    case Verdict::timeout: return "X";
    case Verdict::skipped: return "–";
    case Verdict::grader_error: break;
    }
    return "!";
}

}  // namespace lockstep
