// The grader: reads its command line, does what it says, and tells in its exit code how it went.
#include <base/error.hpp>
#include <commands/commands.hpp>
#include <commands/interruption.hpp>
#include <commands/terminal.hpp>
#include <contain/containment.hpp>
#include <report/foreign.hpp>

#include <csignal>
#include <exception>
#include <fmt/format.h>
#include <string_view>
#include <system_error>
#include <variant>

namespace {

/// One line, whatever names there are in it.
void complain(std::string_view sentence) {
    fmt::print(stderr, "grader: {}\n", lockstep::clean_sentence(sentence));
}

struct Run {
    int operator()(const lockstep::JustSay& text) const {
        lockstep::print(text.text);
        return 0;
    }
    int operator()(const lockstep::Command& command) const { return std::visit(*this, command); }
    int operator()(const lockstep::ListOptions& options) const { return list(options); }
    int operator()(const lockstep::GradeOptions& options) const { return grade(options); }
    int operator()(const lockstep::ClassCommand& options) const { return grade_class(options); }
    int operator()(const lockstep::RegradeCommand& options) const { return regrade(options); }
    int operator()(const lockstep::CollectCommand& options) const { return collect(options); }
    int operator()(const lockstep::ReportOptions& options) const { return report(options); }
    int operator()(const lockstep::VerifyOptions& options) const { return verify(options); }
    int operator()(const lockstep::DoctorOptions& options) const { return doctor(options); }
    int operator()(const lockstep::QuizOptions& options) const { return quiz(options); }
    int operator()(const lockstep::HintOptions& options) const { return hint(options); }
    int operator()(const lockstep::ExportStarterOptions& options) const {
        return export_starter(options);
    }
};

/// So that a pipe whose reader has gone is an error like any other. A handler, for an ignored
/// signal stays ignored in every program that is started from here.
void survive_broken_pipes() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;
    sigaction(SIGPIPE, &action, nullptr);
}

void complain_of_a_surprise(const std::exception& error) {
    complain(
        fmt::format("Something that should not happen did ({}): please report it.", error.what()));
}

}  // namespace

int main(int argc, char** argv) {
    try {
        survive_broken_pipes();
        return std::visit(Run{}, lockstep::read_command_line(argc, argv));
    } catch (const lockstep::UsageError& error) {
        complain(error.what());
        return 2;
    } catch (const lockstep::GraderError& error) {
        complain(error.what());
    } catch (const lockstep::Interrupted& interrupted) {
        complain("Interrupted; what was under way is ended, and nothing is left half-written.");
        return interrupted.exit_code();
    } catch (const std::system_error& error) {
        if (error.code() == std::errc::resource_unavailable_try_again)
            complain(fmt::format("There was no process or thread left for the grader: {}.",
                                 lockstep::remedy_for_starvation));
        else
            complain_of_a_surprise(error);
    } catch (const std::exception& error) {
        complain_of_a_surprise(error);
    }
    return 3;
}
