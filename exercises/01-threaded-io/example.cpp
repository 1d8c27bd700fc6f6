// Worked example: three weather stations are asked at the same time, and one of them is out of
// order.
//
// It shows a thread's four steps: start it, let it write into a place of its own, catch what it
// throws, join it. Build and run it with
//
//     cmake --build --preset student --target 01-threaded-io_example
//     build/student/exercises/01-threaded-io_example

#include <lab/observe.hpp>
#include <lab/timeline/timeline.hpp>
#include <support/site.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <iostream>
#include <thread>

using namespace std::chrono_literals;

namespace {

/// What one thread leaves behind: a page, or the reason why there is none.
struct Answer {
    lockstep::Page page;
    std::exception_ptr error;
};

void ask(const lockstep::Site& site, const char* url, Answer& answer) {
    try {
        answer.page = site.fetch(url);
    } catch (...) {
        answer.error = std::current_exception();  // or it would end the program
    }
}

void ask_all() {
    const lockstep::Site site{{
        {.url = "brest", .latency = 400ms, .text = "rain"},
        {.url = "lyon", .latency = 300ms, .text = "sun"},
        {.url = "nice", .latency = 600ms, .text = "", .fails = true},
    }};
    std::array<Answer, 3> answers;
    const auto start = std::chrono::steady_clock::now();
    {
        // All three are started before the first is waited for.
        const std::jthread first{[&] { ask(site, "brest", answers[0]); }};
        const std::jthread second{[&] { ask(site, "lyon", answers[1]); }};
        const std::jthread third{[&] { ask(site, "nice", answers[2]); }};
    }  // here the destructors join: nothing is shared any more
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;

    for (const Answer& answer : answers) {
        try {
            if (answer.error) std::rethrow_exception(answer.error);
            std::cout << answer.page.url << ": " << answer.page.text << '\n';
        } catch (const lockstep::FetchError& error) {
            std::cout << error.url() << ": " << error.what() << '\n';
        }
    }
    std::cout << "asked in " << passed.count() << " s\n\n";
}

}  // namespace

int main() {
    // In the lab time is virtual, so the figures are exact and the run can be drawn.
    const lab::Trace trace = lab::observe(ask_all);
    std::cout << lab::draw_text(trace, {.width = 76});
}
