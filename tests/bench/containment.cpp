// What it costs to contain a program: to start one that ends at once, bare, under the supervisor
// without a sandbox, and in a sandbox. Of each grading's runs of workers, every one pays it.
#include "bench.hpp"

#include <contain/containment.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <stdexcept>

namespace {

using lockstep::Containment;
using lockstep::End;

constexpr const char* program = "/bin/true";
constexpr int runs = 100;

void run_bare() {
    const pid_t child = ::vfork();
    if (child == 0) {
        ::execl(program, program, nullptr);
        ::_exit(127);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0)
        throw std::runtime_error{"A bare run failed."};
}

void run_in(const Containment& containment) {
    lockstep::Job job;
    job.command = {program};
    const lockstep::Outcome outcome = containment.run(job);
    if (outcome.end != End::exited || outcome.status != 0)
        throw std::runtime_error{"A contained run failed: " + outcome.output};
}

/// Seconds a run.
double price_of(const std::function<void()>& run) {
    std::vector<double> walls;
    for (int i = 0; i < runs; ++i) walls.push_back(bench::cost_of(run).wall);
    return bench::median(std::move(walls));
}

void measure() {
    bench::introduce("containment");
    const Containment sandbox{SUPERVISOR};
    ::setenv("LOCKSTEP_NO_SANDBOX", "1", 1);
    const Containment supervised{SUPERVISOR};
    ::unsetenv("LOCKSTEP_NO_SANDBOX");

    const bench::Table table{fmt::format("{}, the median of {} runs", program, runs),
                             {{"", 36}, {"ms a run", 10}, {"over bare", 10}}};
    const double bare = price_of(run_bare);
    const auto row = [&](const char* what, double price) {
        table.row({what, bench::number(1e3 * price), bench::number(1e3 * (price - bare))});
    };
    row("bare", bare);
    row("supervised, without a sandbox", price_of([&] { run_in(supervised); }));
    if (sandbox.isolation().sandbox)
        row("supervised, in a sandbox", price_of([&] { run_in(sandbox); }));
    else
        fmt::print("  No sandbox here: {}\n", sandbox.isolation().limitation);
}

}  // namespace

int main() { return bench::run(measure); }
