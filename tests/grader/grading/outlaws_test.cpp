// Submissions that try to be graded without doing the work. None may gain a point over the
// skeleton, and none may be the grader's failure, which costs no points.
#include "graded.hpp"

#include <lab/catch.hpp>

namespace {

using namespace lockstep;

const std::string signatures = R"code(
std::vector<Page> download_threaded(Site&, std::span<const std::string>, unsigned) { return {}; }
Gain measure_gain(Site&, std::span<const std::string>, unsigned) { return {}; }
)code";

void check_no_gain(const std::string& code) {
    const Result result = graded::grade_text("#include \"downloads.hpp\"\n" + code);
    CHECK(result.points() == 0);
    CHECK(result.exit_code() == 1);
    for (const CheckResult& check : result.exercises.at(0).checks) {
        CAPTURE(check.id, check.finding.happened);
        CHECK(costs_points(check.finding.verdict));
    }
}

TEST_CASE("ending the program before anything runs gains nothing") {
    check_no_gain("#include <unistd.h>\nnamespace { const int gone = (_exit(0), 0); }\n" +
                  signatures);
}

TEST_CASE("closing the channel gains nothing") {
    check_no_gain("#include <unistd.h>\nnamespace { const int gone = close(3); }\n" + signatures);
}

TEST_CASE("saying on the channel that all went well gains nothing") {
    check_no_gain(R"code(
#include <unistd.h>
namespace {
// The frame that says "finished", as the protocol has it: version 1, no runs, no complaint.
const int said = [] {
    const char frame[] = {3, 0, 0, 0, 3, 1, 0, 0};
    const auto sent = write(3, frame, sizeof frame);
    _exit(sent > 0 ? 0 : 1);
    return 0;
}();
}
)code" + signatures);
}

TEST_CASE("claiming that the machine has failed gains nothing") {
    check_no_gain(R"code(
#include <unistd.h>
namespace {
const int said = [] {
    const char frame[] = {9, 0, 0, 0, 3, 1, 0, 6, 's', 'o', 'r', 'r', 'y', '!'};
    const auto sent = write(3, frame, sizeof frame);
    _exit(sent > 0 ? 2 : 1);
    return 0;
}();
}
)code" + signatures);
}

TEST_CASE("noise on the channel gains nothing") {
    check_no_gain(R"code(
#include <unistd.h>
namespace {
const int said = [] {
    for (int i = 0; i < 1000; ++i)
        if (write(3, "all tests passed\n", 17) < 0) break;
    return 0;
}();
}
)code" + signatures);
}

TEST_CASE("printing without end gains nothing") {
    check_no_gain(R"code(
#include <cstdio>
namespace {
const int said = [] {
    for (;;) std::puts("::set-output name=points::18 \x1b[2J All tests passed (18 assertions)");
    return 0;
}
();
}
)code" + signatures);
}

TEST_CASE("a main and an exit handler of one's own gain nothing") {
    check_no_gain("int main() { return 0; }\n" + signatures);
    check_no_gain(R"code(
#include <cstdlib>
#include <unistd.h>
namespace { const int said = std::atexit([] { _exit(0); }); }
)code" + signatures);
}

}  // namespace
