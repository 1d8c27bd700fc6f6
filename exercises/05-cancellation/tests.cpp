// The public tests of exercise 05: a test case for each check of exercise.toml.
//
// Each plays your code in the lab (exercises/lab/README.md), where time is virtual and the threads
// take turns in many different orders. You may add tests of your own.

#include "export.hpp"
#include "job.hpp"

#include <lab/catch.hpp>
#include <lab/events.hpp>
#include <support/slow_rows.hpp>
#include <support/slow_steps.hpp>
#include <support/trial.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace {

using namespace std::chrono_literals;
using lab::Duration;
using lockstep::SlowSteps;

lab::Finding differs(const std::string& expected, const std::string& actual) {
    return {false, fmt::format("expected: {}\nactual:   {}", expected, actual)};
}

lab::Finding right() { return {true, "as it should be"}; }

std::string milliseconds(Duration duration) {
    return fmt::format("{} ms", std::chrono::duration<double, std::milli>{duration}.count());
}

// --- Task 1 ---

/// Three steps of 40 ms, pauses of 100 ms, a cleanup of 30 ms: steps begin at 0, 140 and 280 ms.
struct Bench {
    SlowSteps steps{{{40ms}, {40ms}, {40ms}}, 30ms};
    std::string ended;  ///< what wait gave, or threw

    Work work() {
        return {.steps = steps.size(),
                .pause = 100ms,
                .step = [this](unsigned number,
                               const std::stop_token& stop) { steps.step(number, stop); },
                .cleanup = [this] { steps.clean_up(); }};
    }

    void wait(Job& job) {
        const lab::Span span{"wait"};
        try {
            ended = job.wait() == Job::End::finished ? "End::finished" : "End::cancelled";
        } catch (const lockstep::Todo&) {
            throw;
        } catch (const lockstep::StepError& error) {
            ended = error.what();
        } catch (const std::exception& error) {
            ended = fmt::format("another exception: {}", error.what());
        }
    }

    trial::Claim ends_with(const std::string& expected) {
        return [this, expected](const lab::Trace&) {
            return ended == expected ? right() : differs("wait: " + expected, ended);
        };
    }
};

void cancel_at(Job& job, Duration instant) {
    std::this_thread::sleep_for(instant - lab::now());
    lab::event("cancel");
    job.cancel();
}

/// The first steps begin at these instants, and there are no others.
trial::Claim steps_begin(const std::vector<Duration>& instants) {
    return [instants](const lab::Trace& trace) {
        std::vector<std::string> expected;
        std::vector<std::string> actual;
        for (const Duration instant : instants) expected.push_back(milliseconds(instant));
        for (const lab::SpanRecord& step : trace.spans("step"))
            actual.push_back(milliseconds(step.begin));
        if (expected == actual) return right();
        return differs(fmt::format("steps begin after {}", fmt::join(expected, ", ")),
                       fmt::format("{}", fmt::join(actual, ", ")));
    };
}

/// Who does nothing makes no mistake: it takes a step to show the contrary.
lab::Finding some_step_done(const lab::Trace& trace) {
    if (!trace.spans("step").empty()) return right();
    return differs("steps that are done", "none");
}

trial::Claim happens(std::string_view label, Duration begin) {
    return [label, begin](const lab::Trace& trace) {
        const std::vector<lab::SpanRecord> spans = trace.spans(label);
        if (spans.size() != 1)
            return differs(fmt::format("{} once", label), fmt::format("{} times", spans.size()));
        if (spans[0].begin == begin) return right();
        return differs(fmt::format("{} after {}", label, milliseconds(begin)),
                       milliseconds(spans[0].begin));
    };
}

trial::Claim all_ended_before(const std::string& label) {
    return [label](const lab::Trace& trace) { return lab::all_threads_ended_before(trace, label); };
}

// --- Task 2 ---

/// Rows of 10 ms; begin, write and commit of 20, 30 and 40 ms, rollback and close of 50 and 60 ms.
struct Exchange {
    std::vector<Duration> cancels{};
    int bad_row = -1;
    std::string ended{};  ///< "a report of 5 rows", or what was thrown
    std::vector<std::int64_t> kept{};
    std::vector<std::int64_t> reports{};

    void play(std::size_t rows) {
        lockstep::SlowSource source{std::vector<Duration>(rows, 10ms)};
        lockstep::SlowSink sink{{20ms, 30ms, 40ms, 50ms, 60ms}, bad_row};
        lockstep::KeptProgress progress;
        asio::cancellation_signal signal;
        asio::io_context loop{1};
        std::vector<asio::steady_timer> timers;
        std::exception_ptr unwritten;
        const auto over = [&](std::exception_ptr error, Report report) {
            lab::event("over");
            ended = fmt::format("a report of {} rows", report.rows);
            try {
                if (error) std::rethrow_exception(error);
            } catch (const lockstep::Todo&) {
                unwritten = error;
            } catch (const RowError& thrown) {
                ended = thrown.what();
            } catch (const boost::system::system_error& thrown) {
                ended = thrown.code() == asio::error::operation_aborted ? "operation_aborted"
                                                                        : thrown.what();
            } catch (const std::exception& thrown) {
                ended = fmt::format("another exception: {}", thrown.what());
            }
            for (asio::steady_timer& timer : timers) timer.cancel();
        };
        asio::co_spawn(loop, export_all(source, sink, progress),
                       asio::bind_cancellation_slot(signal.slot(), over));
        for (const Duration instant : cancels) {
            timers.emplace_back(loop, instant - lab::now());
            timers.back().async_wait([&](const boost::system::error_code& error) {
                if (error) return;
                lab::event("cancel");
                signal.emit(asio::cancellation_type::terminal);
            });
        }
        loop.run();
        lab::event("came back");
        if (unwritten) std::rethrow_exception(unwritten);
        kept = sink.kept();
        reports = progress.reports();
    }

    trial::Claim ends_with(const std::string& expected) {
        return [this, expected](const lab::Trace&) {
            return ended == expected ? right() : differs(expected, ended);
        };
    }
    trial::Claim keeps(std::vector<std::int64_t> rows) {
        return [this, rows = std::move(rows)](const lab::Trace&) {
            return kept == rows
                       ? right()
                       : differs(fmt::format("rows {} are committed", fmt::join(rows, ", ")),
                                 fmt::format("{}", fmt::join(kept, ", ")));
        };
    }
};

/// So often called, and each time to its end.
trial::Claim whole(std::string_view label, std::size_t times) {
    return [label, times](const lab::Trace& trace) {
        const std::vector<lab::SpanRecord> spans = trace.spans(label);
        for (const lab::SpanRecord& span : spans)
            if (span.outcome != lab::Outcome::done)
                return differs(fmt::format("{} goes on to its end", label), "it was cut short");
        if (spans.size() == times) return right();
        return differs(fmt::format("{}: {} times", label, times), fmt::format("{}", spans.size()));
    };
}

}  // namespace

TEST_CASE("undisturbed, the steps are done in turn, with full pauses", "[steps]") {
    Bench bench;
    unsigned done = 0;
    trial::expect("steps",
                  [&] {
                      Job job{bench.work()};
                      job.start();
                      for (int i = 0; i < 300; ++i) {  // others ask now and then
                          (void)job.steps_done();
                          std::this_thread::sleep_for(1ms);
                      }
                      bench.wait(job);
                      done = job.steps_done();
                  },
                  {steps_begin({0ms, 140ms, 280ms}), bench.ends_with("End::finished"),
                   [&](const lab::Trace&) {
                       return done == 3 ? right()
                                        : differs("steps_done: 3", fmt::format("{}", done));
                   }});

    Bench broken;
    broken.steps = SlowSteps{{{40ms}, {.time = 40ms, .fails = true}, {40ms}}, 30ms};
    trial::expect("steps",
                  [&] {
                      Job job{broken.work()};
                      job.start();
                      broken.wait(job);
                  },
                  {steps_begin({0ms, 140ms}), broken.ends_with("Step 1 has failed.")});
}

TEST_CASE("a cancel ends a pause at once, and a step is the last one", "[prompt]") {
    // In a pause; in a step; at the very instant at which a pause begins.
    for (const auto& [cancelled, over] :
         {std::pair{90ms, 120ms}, std::pair{150ms, 210ms}, std::pair{180ms, 210ms}}) {
        Bench bench;
        const auto body = [&, at = cancelled] {
            Job job{bench.work()};
            job.start();
            cancel_at(job, at);
            bench.wait(job);
            lab::event("came back");
        };
        trial::expect("prompt", body, {[over = over](const lab::Trace& trace) {
                          const Duration at = trace.marks("came back").at(0).at;
                          return at <= over ? right()
                                            : differs("the end after " + milliseconds(over),
                                                      milliseconds(at));
                      }});
    }
}

TEST_CASE("it cleans up once on every path, and leaves no thread", "[cleanup]") {
    for (const Duration cancelled : {Duration{1s}, Duration{90ms}}) {
        Bench bench;
        const auto body = [&] {
            {
                Job job{bench.work()};
                job.start();
                cancel_at(job, cancelled);
                std::this_thread::sleep_for(1s);
            }
            lab::event("gone");
        };
        trial::expect(
            "cleanup", body,
            {happens("cleanup", std::min<Duration>(cancelled, 320ms)), all_ended_before("gone")},
            {.tidy = true});
    }

    Bench destroyed;
    trial::expect("cleanup",
                  [&] {
                      {
                          Job job{destroyed.work()};
                          job.start();
                          std::this_thread::sleep_for(150ms);
                      }
                      lab::event("gone");
                  },
                  {happens("cleanup", 180ms), all_ended_before("gone")}, {.tidy = true});
}

TEST_CASE("cancel whenever you like, and it is reported as what it is", "[whenever]") {
    Bench before;
    trial::expect("whenever",
                  [&] {
                      Job job{before.work()};
                      job.cancel();
                      job.start();
                      before.wait(job);
                  },
                  {steps_begin({}), before.ends_with("End::cancelled")});

    Bench after;
    trial::expect("whenever",
                  [&] {
                      Job job{after.work()};
                      job.start();
                      cancel_at(job, 500ms);
                      job.cancel();
                      after.wait(job);
                  },
                  {after.ends_with("End::finished")});

    Bench inside;
    trial::expect("whenever",
                  [&] {
                      Job* self = nullptr;
                      Work work = inside.work();
                      work.step = [&](unsigned number, const std::stop_token& stop) {
                          if (number == 1) self->cancel();
                          inside.steps.step(number, stop);
                      };
                      Job job{std::move(work)};
                      self = &job;
                      job.start();
                      const std::jthread other{[&] { cancel_at(job, 150ms); }};
                      inside.wait(job);
                  },
                  {steps_begin({0ms, 140ms}), inside.ends_with("End::cancelled")});
}

TEST_CASE("no data race between the job and those who ask it", "[races]") {
    Bench bench;
    trial::expect_no_race("races",
                          [&] {
                              Job job{bench.work()};
                              job.start();
                              const std::jthread canceller{[&] { cancel_at(job, 200ms); }};
                              const std::jthread reader{[&] {
                                  for (int i = 0; i < 10; ++i) {
                                      (void)job.steps_done();
                                      std::this_thread::sleep_for(20ms);
                                  }
                              }};
                              bench.wait(job);
                          },
                          {some_step_done});

    // Of two threads that start it at once, one does.
    std::atomic<int> refused = 0;
    const auto start = [&](Job& job) {
        try {
            job.start();
        } catch (const std::logic_error&) {
            ++refused;
        }
    };
    trial::expect_no_race("races",
                          [&] {
                              refused = 0;
                              Job job{bench.work()};
                              {
                                  const std::jthread other{[&] { start(job); }};
                                  start(job);
                              }
                              bench.wait(job);
                          },
                          {[&](const lab::Trace&) {
                              return refused == 1 ? right()
                                                  : differs("one of two starts at once is refused",
                                                            fmt::format("{} were", refused.load()));
                          }});
}

TEST_CASE("undisturbed, all rows are committed batch by batch", "[export]") {
    Exchange exchange;
    trial::expect("export", [&] { exchange.play(5); },
                  {exchange.ends_with("a report of 5 rows"), exchange.keeps({0, 1, 2, 3, 4}),
                   whole("begin", 2), whole("commit", 2), whole("close", 1),
                   [&](const lab::Trace&) {
                       return exchange.reports == std::vector<std::int64_t>{3, 5}
                                  ? right()
                                  : differs("progress: 3, 5",
                                            fmt::format("{}", fmt::join(exchange.reports, ", ")));
                   }},
                  {.schedules = 5});
}

TEST_CASE("it ends tidily on every path, and the tidying up is not cut short", "[rollback]") {
    // Row 4 is written from 250 to 280 ms.
    for (const std::vector<Duration>& cancels :
         {std::vector<Duration>{265ms}, std::vector<Duration>{265ms, 275ms, 330ms}}) {
        Exchange exchange{.cancels = cancels};
        trial::expect("rollback", [&] { exchange.play(8); },
                      {whole("rollback", 1), whole("close", 1), exchange.keeps({0, 1, 2})},
                      {.schedules = 5});
    }
    Exchange broken{.bad_row = 4};
    trial::expect("rollback", [&] { broken.play(8); },
                  {whole("rollback", 1), whole("close", 1), broken.keeps({0, 1, 2})},
                  {.schedules = 5});
}

TEST_CASE("a cancellation comes out at once, and as a cancellation", "[reported]") {
    Exchange exchange{.cancels = {265ms}};
    trial::expect("reported", [&] { exchange.play(8); },
                  {exchange.ends_with("operation_aborted"),
                   [](const lab::Trace& trace) {
                       const Duration at = trace.marks("over").at(0).at;
                       return at <= 375ms ? right()  // with the rollback and the closing
                                          : differs("the end after 375 ms", milliseconds(at));
                   }},
                  {.schedules = 5});

    Exchange broken{.bad_row = 4};
    trial::expect("reported", [&] { broken.play(8); }, {broken.ends_with("Row 4 is damaged.")},
                  {.schedules = 5});
}

TEST_CASE("nothing blocks the loop, and nothing is left in it", "[loop]") {
    Exchange exchange{.cancels = {265ms}};
    trial::expect("loop", [&] { exchange.play(8); }, {[](const lab::Trace& trace) {
                      return lab::latency_is(trace, "over", "came back", 0ms);
                  }},
                  {.schedules = 5, .tidy = true});
}
