// The Catch2 reporter "trial": what a student reads of a test. It prints the message of what
// failed, as it is, and nothing around it; Catch2's own reporters would wrap timelines at 80
// columns.

#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include <lab/catch.hpp>

#if LAB_CATCH_GENERATION == 3
#include <catch2/catch_assertion_result.hpp>
#include <catch2/interfaces/catch_interfaces_reporter.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <catch2/reporters/catch_reporter_streaming_base.hpp>
#endif

#include <ostream>
#include <string>

namespace {

void print(std::ostream& out, const Catch::AssertionStats& stats) {
    const Catch::AssertionResult& result = stats.assertionResult;
    if (result.isOk()) return;
    const auto message = static_cast<std::string>(result.getMessage());
    if (result.getResultType() == Catch::ResultWas::ExplicitFailure) {
        out << message;
        if (!message.ends_with('\n')) out << '\n';
        return;
    }
    out << result.getSourceInfo() << ": FAILED\n";
    if (result.hasExpression()) {
        out << "  " << result.getExpressionInMacro() << '\n';
        if (result.hasExpandedExpression())
            out << "that is\n  " << result.getExpandedExpression() << '\n';
    }
    if (!message.empty()) out << message << '\n';
    for (const Catch::MessageInfo& info : stats.infoMessages) {
        if (info.message != message) out << info.message << '\n';
    }
}

#if LAB_CATCH_GENERATION == 3

class TrialReporter final : public Catch::StreamingReporterBase {
public:
    using StreamingReporterBase::StreamingReporterBase;
    static std::string getDescription() { return "what failed, for those who wrote it"; }
    void assertionEnded(const Catch::AssertionStats& stats) override { print(m_stream, stats); }
};

#else

class TrialReporter final : public Catch::StreamingReporterBase<TrialReporter> {
public:
    using StreamingReporterBase::StreamingReporterBase;
    static std::string getDescription() { return "what failed, for those who wrote it"; }
    void assertionStarting(const Catch::AssertionInfo& /*info*/) override {}
    bool assertionEnded(const Catch::AssertionStats& stats) override {
        print(stream, stats);
        return true;
    }
};

#endif

CATCH_REGISTER_REPORTER("trial", TrialReporter)

}  // namespace
