// Exercise 05's scenarios: how job.cpp and export.cpp are called.
//
// "job". Workload: `times` (nanoseconds), `listens` (0 or 1), `fails` (0; 1: a StepError; 2: the
// number 42 is thrown): one for each step; `pause`, `cleanup` (nanoseconds); `script`: instants,
// counted from the start of the run, each followed by what the body's thread does then: 0 start, 1
// cancel, 2 wait, 3 destroy the job (also done at the end); `cancellers`: for each further thread
// the instant at which it cancels; `starters`: how many further threads start the job at once;
// `waiters`: how many further threads wait as soon as the script's first action is over; `inside`:
// the step that cancels the job when it begins (-1: none; as many as there are steps: the cleanup);
// `samples`: how often a further thread asks for the progress, every millisecond; `beside`: 1: a
// second job of two steps, which take no time, is under way from the beginning, pauses for half a
// second in between, and is cancelled by nobody. Of it there is nothing in the trace. Spans
// "start", "cancel", "wait", "destroy" are the calls. Answer: `ends`, one for each wait: 0
// finished, 1 cancelled, 2 the step's error, 3 std::logic_error, 4 another exception, 5 the number
// that the step threw; `refused`: how many calls of start threw std::logic_error, `refused by the
// script`: how many of the script's; `done`: what steps_done said before the job was destroyed;
// `progress`: the samples; `beside`: how many steps the second job has done in the end.
//
// "export". Workload: `reads` (nanoseconds), one for each row; `sink` (begin, write, commit,
// rollback, close: nanoseconds); `bad read`, `bad write`: a row, or -1; `odd errors`: 1: a bad read
// throws connection_reset; `first number`: the first row's; `cancels`: the instants at which the
// coroutine is cancelled. Events "cancel", "over" (the coroutine has ended) and "came back" (the
// loop has). Answer: `end`: 0 the report, 1 operation_aborted, 2 RowError, 3 another exception, 4
// connection_reset, -1 none; `what`; `report`; `kept`: the rows in the sink; `closed`; `reports`:
// what the progress was told.

#include <lab/asio/instrument.hpp>

#include <export.hpp>
#include <job.hpp>

#include <lab/events.hpp>
#include <support/slow_rows.hpp>
#include <support/slow_steps.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <worker/scenario.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using lockstep::worker::Scenario;
using lockstep::worker::Telling;
using lockstep::worker::Workload;
using std::chrono::nanoseconds;

void sleep_until(std::int64_t instant) {
    std::this_thread::sleep_for(nanoseconds{instant} - lab::now());
}

// --- job ---

lockstep::SlowSteps steps_of(const Workload& workload) {
    std::vector<lockstep::SlowSteps::Entry> entries;
    const auto times = workload.list("times");
    for (std::size_t i = 0; i < times.size(); ++i)
        entries.push_back({.time = nanoseconds{times[i]},
                           .listens = workload.list("listens")[i] != 0,
                           .fails = workload.list("fails")[i] == 1});
    return {std::move(entries), nanoseconds{workload.number("cleanup")}};
}

constexpr int thrown_number = 42;

/// What the threads of the scenario have in common.
struct Stage {
    std::mutex mutex;
    std::vector<std::int64_t> ends;  ///< guarded by `mutex`

    void wait(Job& job) {
        const lab::Span span{"wait"};
        std::int64_t how = 0;
        try {
            how = job.wait() == Job::End::finished ? 0 : 1;
        } catch (const lockstep::Todo&) {
            throw;
        } catch (const lockstep::StepError&) {
            how = 2;
        } catch (const std::logic_error&) {
            how = 3;
        } catch (const int number) {
            how = number == thrown_number ? 5 : 4;
        } catch (...) {
            how = 4;
        }
        const std::lock_guard lock{mutex};
        ends.push_back(how);
    }
};

void cancel(Job& job) {
    const lab::Span span{"cancel"};
    job.cancel();
}

/// Whether it was refused.
bool start(Job& job) {
    const lab::Span span{"start"};
    try {
        job.start();
    } catch (const lockstep::Todo&) {
        throw;
    } catch (const std::logic_error&) {
        return true;
    }
    return false;
}

/// A job that has nothing to do with the other one.
class JobBeside {
public:
    JobBeside() { job_.start(); }
    /// How many steps it has done in the end.
    [[nodiscard]] std::int64_t steps() {
        static_cast<void>(job_.wait());
        return job_.steps_done();
    }

private:
    Job job_{{.steps = 2,
              .pause = std::chrono::milliseconds{500},
              .step = [](unsigned, const std::stop_token&) {},
              .cleanup = [] {}}};
};

void play_job(const Workload& workload, Telling& telling) {
    const lockstep::SlowSteps steps = steps_of(workload);
    Stage stage;
    Job* self = nullptr;
    const std::int64_t inside = workload.number("inside");
    Work work;
    work.steps = steps.size();
    work.pause = nanoseconds{workload.number("pause")};
    work.step = [&](unsigned number, const std::stop_token& stop) {
        if (static_cast<std::int64_t>(number) == inside) cancel(*self);
        steps.step(number, stop);
        if (workload.list("fails")[number] == 2) throw thrown_number;
    };
    work.cleanup = [&] {
        if (inside == static_cast<std::int64_t>(steps.size())) cancel(*self);
        steps.clean_up();
    };
    std::optional<JobBeside> beside;
    if (workload.number("beside") != 0) beside.emplace();
    auto job = std::make_unique<Job>(std::move(work));
    self = job.get();

    std::atomic<std::int64_t> refused_by_others = 0;
    std::int64_t refused_by_the_script = 0;
    std::vector<std::int64_t> progress;
    std::vector<std::jthread> others;
    const auto destroy = [&] {
        others.clear();
        if (!job) return;
        telling.number("done", job->steps_done());
        const lab::Span span{"destroy"};
        job.reset();
    };
    for (const std::int64_t instant : workload.list("cancellers"))
        others.emplace_back([&job = *job, instant] {
            sleep_until(instant);
            cancel(job);
        });
    for (std::int64_t number = 0; number < workload.number("starters"); ++number)
        others.emplace_back([&refused_by_others, &job = *job] {
            try {
                if (start(job)) ++refused_by_others;
            } catch (const lockstep::Todo&) {
                // The script's own call says so.
            }
        });
    const auto script = workload.list("script");
    for (std::size_t i = 0; i + 1 < script.size(); i += 2) {
        sleep_until(script[i]);
        switch (script[i + 1]) {
        case 0:
            if (start(*job)) ++refused_by_the_script;
            break;
        case 1: cancel(*job); break;
        case 2: stage.wait(*job); break;
        default: destroy(); break;
        }
        if (i > 0) continue;
        for (std::int64_t number = 0; number < workload.number("waiters"); ++number)
            others.emplace_back([&stage, &job = *job] { stage.wait(job); });
        others.emplace_back([&progress, &job = *job, samples = workload.number("samples")] {
            for (std::int64_t sample = 0; sample < samples; ++sample) {
                progress.push_back(job.steps_done());
                std::this_thread::sleep_for(std::chrono::milliseconds{1});
            }
        });
    }
    destroy();
    if (beside) telling.number("beside", beside->steps());
    beside.reset();
    lab::event("came back");
    telling.number("refused", refused_by_the_script + refused_by_others);
    telling.number("refused by the script", refused_by_the_script);
    telling.list("ends", stage.ends);
    telling.list("progress", std::move(progress));
}

// --- export ---

std::vector<nanoseconds> times_of(std::span<const std::int64_t> list) {
    std::vector<nanoseconds> times;
    for (const std::int64_t time : list) times.emplace_back(time);
    return times;
}

/// The work without whatever may follow it in the loop.
struct Outcome {
    std::exception_ptr error;
    Report report;
    bool over = false;
};

void tell(Telling& telling, const Outcome& outcome) {
    std::int64_t end = outcome.over ? 0 : -1;
    telling.text("what", "");
    try {
        if (outcome.error) std::rethrow_exception(outcome.error);
    } catch (const lockstep::Todo&) {
        throw;
    } catch (const RowError&) {
        end = 2;
    } catch (const boost::system::system_error& error) {
        end = error.code() == asio::error::operation_aborted  ? 1
              : error.code() == asio::error::connection_reset ? 4
                                                              : 3;
        telling.text("what", error.what());
    } catch (const std::exception& error) {
        end = 3;
        telling.text("what", error.what());
    } catch (...) {
        end = 3;
        telling.text("what", "something that is no std::exception");
    }
    telling.number("end", end);
    telling.list("report", {static_cast<std::int64_t>(outcome.report.rows),
                            static_cast<std::int64_t>(outcome.report.batches)});
}

/// The same source; but what it throws on its own account is Asio's.
class FarSource final : public Source {
public:
    explicit FarSource(Source& source) : source_{source} {}

    asio::awaitable<std::optional<Row>> next() override {
        try {
            co_return co_await source_.next();
        } catch (const RowError&) {
            throw boost::system::system_error{asio::error::connection_reset};
        }
    }

private:
    Source& source_;
};

void play_export(const Workload& workload, Telling& telling) {
    lockstep::SlowSource source{times_of(workload.list("reads")), workload.number("bad read"),
                                static_cast<int>(workload.number("first number"))};
    lockstep::SinkTimes sink_times;
    std::ranges::copy(times_of(workload.list("sink")), sink_times.begin());
    lockstep::SlowSink sink{sink_times, workload.number("bad write")};
    lockstep::KeptProgress progress;
    FarSource far{source};
    Source& given = workload.number("odd errors") != 0 ? static_cast<Source&>(far) : source;

    Outcome outcome;
    asio::cancellation_signal signal;
    std::vector<std::unique_ptr<asio::steady_timer>> timers;
    {
        asio::io_context loop{1};
        const auto ended = [&](std::exception_ptr error, Report report) {
            lab::event("over");
            outcome = {std::move(error), report, true};
            timers.clear();
        };
        asio::co_spawn(loop, export_all(given, sink, progress),
                       asio::bind_cancellation_slot(signal.slot(), ended));
        for (const std::int64_t instant : workload.list("cancels")) {
            timers.push_back(
                std::make_unique<asio::steady_timer>(loop, nanoseconds{instant} - lab::now()));
            timers.back()->async_wait([&](const boost::system::error_code& error) {
                if (error) return;
                lab::event("cancel");
                signal.emit(asio::cancellation_type::terminal);
            });
        }
        loop.run();
        timers.clear();
    }
    lab::event("came back");
    tell(telling, outcome);
    telling.list("kept", sink.kept());
    telling.number("closed", sink.closed() ? 1 : 0);
    telling.list("reports", progress.reports());
}

const Scenario job_scenario{"job", play_job};
const Scenario export_scenario{"export", play_export};

}  // namespace
