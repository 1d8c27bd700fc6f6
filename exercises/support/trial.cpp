#include <support/todo.hpp>
#include <support/trial.hpp>

#include <lab/catch.hpp>
#include <lab/observe.hpp>
#include <lab/races/races.hpp>
#include <lab/timeline/timeline.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

namespace trial {
namespace {

/// In the user's language, as far as there are two.
std::string_view say(const Text& text) {
    for (const char* name : {"LOCKSTEP_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0')
            return std::string_view{value}.starts_with("fr") ? text.fr : text.en;
    }
    return text.en;
}

const CheckText& text_of(std::string_view check) {
    const std::span<const CheckText> checks = manifest().checks;
    const auto found = std::ranges::find(checks, check, &CheckText::id);
    if (found == checks.end()) FAIL("exercise.toml has no check " << check << ".");
    return *found;
}

/// A mix like that of lab::explore, which stops at diagnoses that are not every check's affair.
lab::Options options_for(unsigned number) {
    lab::Options options;
    options.seed = number + 1;
    options.cores = manifest().cores;
    if (number == 0)
        options.policy = lab::Policy::round_robin();
    else if (number % 5 == 0)
        options.policy = lab::Policy::pct(2 + number / 5 % 3, 64);
    if (number % 4 == 3) options.spurious_wakeups = 32;
    options.stacks = lab::Stacks::none;
    return options;
}

std::optional<std::string> todo_in(const lab::Trace& trace) {
    for (const lab::Event& event : trace.events()) {
        if (event.kind != lab::EventKind::marked) continue;
        const std::string_view label = trace.label(event);
        if (label.starts_with(lockstep::not_written_yet)) return std::string{label};
    }
    return std::nullopt;
}

/// The frame in a file that the student writes; else an unknown place.
lab::Place in_students_files(std::span<const lab::Place> stack) {
    for (const lab::Place& place : stack) {
        const std::string_view file = std::string_view{place.file};
        const std::string_view name = file.substr(file.find_last_of('/') + 1);
        if (place.known() && std::ranges::count(manifest().files, name) > 0) return place;
    }
    return {};
}

/// Where the student's code calls the simulated world: the place to look at when nothing better is
/// known.
lab::Place first_call(const lab::Trace& trace) {
    for (const lab::Event& event : trace.events()) {
        if (event.kind != lab::EventKind::span_begun) continue;
        lab::Place place = in_students_files(trace.stack(event.stack));
        if (place.known()) return place;
    }
    return {};
}

const lab::Diagnosis* find(const lab::Trace& trace, lab::Diagnosis::Kind kind) {
    const auto found = std::ranges::find(trace.diagnoses(), kind, &lab::Diagnosis::kind);
    return found == trace.diagnoses().end() ? nullptr : &*found;
}

/// The diagnosis that fails the check, if any.
const lab::Diagnosis* objection(const lab::Trace& trace, bool tidy) {
    for (const lab::Diagnosis& diagnosis : trace.diagnoses()) {
        if (tidy || fatal(diagnosis.kind) || diagnosis.kind == lab::Diagnosis::Kind::body_threw ||
            diagnosis.kind == lab::Diagnosis::Kind::too_many_threads)
            return &diagnosis;
    }
    return nullptr;
}

void append(std::string& text, std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(text), "{:<10}{}\n", fmt::format("{}:", name), value);
}

std::string hints_of(const CheckText& check) {
    const char* wanted = std::getenv("LOCKSTEP_HINTS");
    const int hints = std::clamp(wanted == nullptr ? 1 : std::atoi(wanted), 1, 3);
    std::string text;
    for (int i = 0; i < hints; ++i)
        append(text, "hint", say(check.hints[static_cast<std::size_t>(i)]));
    if (hints < 3) text += fmt::format("          (LOCKSTEP_HINTS={} shows another)\n", hints + 1);
    return text;
}

/// The lines below what was expected and what happened.
std::string rest_of_report(const CheckText& check, const lab::Trace& trace,
                           const lab::Place& where) {
    std::string text;
    append(text, "where",
           where.known() ? where.brief()
                         : "no line of " + fmt::format("{}", fmt::join(manifest().files, ", ")) +
                               " is known for it");
    text += '\n' + draw_text(trace, lab::style_for(STDOUT_FILENO)) + '\n';
    append(text, "again", trace.recipe());
    return text + hints_of(check);
}

std::string report(const CheckText& check, const lab::Trace& trace,
                   const lab::Diagnosis& diagnosis) {
    std::string text;
    append(text, "expected", say(check.shows));
    append(text, "happened", diagnosis.summary);
    lab::Place where;
    for (const lab::Witness& witness : diagnosis.witnesses) {
        const lab::Place place = in_students_files(witness.stack);
        text += fmt::format("          {}: {}{}\n", witness.name, witness.state,
                            place.known() ? "  [" + place.brief() + "]" : "");
        if (!where.known()) where = place;
    }
    return text + rest_of_report(check, trace, where.known() ? where : first_call(trace));
}

std::string report(const CheckText& check, const lab::Trace& trace, const lab::Finding& finding) {
    std::string text = finding.explanation + '\n';
    const std::string_view theirs = "\nactual:   ";
    const std::size_t found = text.find(theirs);
    if (found != std::string::npos) text.replace(found, theirs.size(), "\nhappened: ");
    return text + rest_of_report(check, trace, first_call(trace));
}

/// Plays the run again with all its stacks.
lab::Trace told(const std::function<void()>& body, lab::Options options) {
    options.stacks = lab::Stacks::all;
    return lab::observe(body, options);
}

}  // namespace

void expect(std::string_view check, const std::function<void()>& body,
            const std::vector<Claim>& claims, Plan plan) {
    const CheckText& text = text_of(check);
    for (unsigned number = 0; number < plan.schedules; ++number) {
        const lab::Options options = options_for(number);
        lab::Trace trace = lab::observe(body, options);
        if (const auto sentence = todo_in(trace)) FAIL(*sentence);
        if (objection(trace, plan.tidy) != nullptr) {
            trace = told(body, options);
            const lab::Diagnosis* diagnosis = objection(trace, plan.tidy);
            if (diagnosis == nullptr) FAIL("A run went otherwise when it was played again.");
            FAIL(report(text, trace, *diagnosis));
        }
        for (const Claim& claim : claims) {
            if (claim(trace).holds) continue;
            trace = told(body, options);
            FAIL(report(text, trace, claim(trace)));
        }
    }
    SUCCEED("all schedules were as they should be");
}

void fail(std::string_view check, const std::string& report) {
    FAIL(report + hints_of(text_of(check)));
    throw std::logic_error{"FAIL came back."};
}

void expect_no_race(std::string_view check, const std::function<void()>& body,
                    const std::vector<Claim>& claims, unsigned schedules) {
    if (const lab::RaceDetection& detection = lab::race_detection(); !detection.available) {
        std::cout << "skipped: " << detection.reason << '\n';
        SUCCEED(detection.reason);
        return;
    }
    const CheckText& text = text_of(check);
    for (unsigned number = 0; number < schedules; ++number) {
        const lab::Options options = options_for(number);
        const lab::Trace trace = lab::observe(body, options);
        if (const auto sentence = todo_in(trace)) FAIL(*sentence);
        if (const auto* race = find(trace, lab::Diagnosis::Kind::data_race))
            FAIL(report(text, trace, *race));
        if (const auto* other = objection(trace, false)) FAIL(report(text, trace, *other));
        for (const Claim& claim : claims) {
            if (const lab::Finding finding = claim(trace); !finding)
                FAIL(report(text, trace, finding));
        }
    }
    SUCCEED("no race in any schedule");
}

}  // namespace trial
