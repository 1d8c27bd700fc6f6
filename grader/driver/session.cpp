// Catch2 2 wants the one file with its implementation to say so before the header.
#if !__has_include(<catch2/catch_session.hpp>)
#define CATCH_CONFIG_RUNNER
#endif

#include <lab/catch.hpp>

#if LAB_CATCH_GENERATION == 3
#include <catch2/catch_session.hpp>
#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#endif

#include <base/error.hpp>
#include <driver/session.hpp>
#include <judge/examination.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>

namespace lockstep {
namespace {

struct Collected {
    std::function<void(const std::string&)> begun;
    std::vector<CheckFinding> findings;
};
Collected* collected = nullptr;

std::string check_of(const std::string& test_case) {
    return test_case.substr(test_case.find('/') + 1);
}

#if LAB_CATCH_GENERATION == 3
using ListenerBase = Catch::EventListenerBase;
const std::string& name_of(const Catch::TestCaseStats& stats) { return stats.testInfo->name; }
#else
using ListenerBase = Catch::TestEventListenerBase;
const std::string& name_of(const Catch::TestCaseStats& stats) { return stats.testInfo.name; }
#endif

class Collector final : public ListenerBase {
public:
    using ListenerBase::ListenerBase;

    void testCaseStarting(const Catch::TestCaseInfo& test) override {
        ListenerBase::testCaseStarting(test);
        (void)take_finding();
        failure_.clear();
        if (collected != nullptr && collected->begun) collected->begun(check_of(test.name));
    }

    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        if (collected != nullptr)
            collected->findings.push_back({check_of(name_of(stats)), finding(stats)});
        ListenerBase::testCaseEnded(stats);
    }

    // Catch2 2 wants to know whether its messages may be forgotten, and 3 does not.
    auto assertionEnded(const Catch::AssertionStats& stats)
        -> decltype(ListenerBase::assertionEnded(stats)) override {
        if (!stats.assertionResult.isOk() && failure_.empty())
            failure_ = static_cast<std::string>(stats.assertionResult.getMessage());
        return ListenerBase::assertionEnded(stats);
    }

private:
    Finding finding(const Catch::TestCaseStats& stats) {
        if (std::optional<Finding> noted = take_finding()) return std::move(*noted);
        Finding finding;
        if (stats.totals.assertions.failed == 0) {
            finding.verdict = Verdict::pass;
            return finding;
        }
        finding.verdict = Verdict::grader_error;
        finding.expected = "The check comes to a verdict.";
        finding.happened = "The check itself failed, and not your code.";
        finding.hint = "Tell your instructor, who can run `grader doctor`.";
        finding.detail = failure_ + '\n' + stats.stdErr + stats.stdOut;
        return finding;
    }

    std::string failure_;  ///< what the first one of this test case said
};

CATCH_REGISTER_LISTENER(Collector)

}  // namespace

std::vector<CheckFinding> run_checks(const std::string& exercise, Flavour flavour,
                                     const std::function<void(const std::string&)>& begun) {
    Collected all{begun, {}};
    const std::string spec = fmt::format("[{}][{}]", exercise, name_of(flavour));
    const std::array<const char*, 6> arguments{"driver",    spec.c_str(), "--out",
                                               "/dev/null", "--order",    "decl"};
    Catch::Session session;
    if (session.applyCommandLine(static_cast<int>(arguments.size()), arguments.data()) != 0)
        throw GraderError{"Catch2 did not take the driver's arguments: build the grader afresh."};
    collected = &all;
    // The exit code counts failed test cases; what they came to is in the findings.
    (void)session.run();
    collected = nullptr;
    return std::move(all.findings);
}

}  // namespace lockstep
