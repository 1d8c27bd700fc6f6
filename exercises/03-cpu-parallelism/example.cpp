// Worked example, in two parts.
//
// Four pieces of work on two cores, shared out beforehand: what is gained, and what is lost. Then
// three child processes with Boost.Process: one that answers, one that fails, one that is killed;
// each is read first, and then waited for. Build and run it with
//
//     cmake --build --preset student --target 03-cpu-parallelism_example
//     build/student/exercises/03-cpu-parallelism_example

#include <lab/events.hpp>
#include <lab/observe.hpp>
#include <lab/timeline/timeline.hpp>

#include <boost/asio.hpp>
// Asio first: Process does not include all that it needs of it.
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace process = boost::process::v2;
using namespace std::chrono_literals;

namespace {

/// Takes a core of the lab's machine for so long: work, and not waiting.
void compute(std::int64_t piece, std::chrono::milliseconds cost) {
    const lab::Span span{"piece", piece};
    lab::compute(cost);
}

void share_out_beforehand() {
    const std::jthread first{[] {
        compute(0, 300ms);
        compute(1, 100ms);
    }};
    const std::jthread second{[] {
        compute(2, 100ms);
        compute(3, 100ms);
    }};
}

/// Runs a line of shell as a process of its own.
void ask(asio::io_context& context, const std::string& line) {
    asio::readable_pipe output{context};
    const std::vector<std::string> arguments{"-c", line};
    process::process child{context, "/bin/sh", arguments,
                           process::process_stdio{nullptr, output, {}}};
    std::string answer;
    boost::system::error_code end_of_file;
    asio::read(output, asio::dynamic_buffer(answer), end_of_file);  // first read to the end,
    const int status = child.wait();                                // then wait: no zombie is left
    if (!answer.empty()) answer.pop_back();
    std::cout << line << ": \"" << answer << "\", status " << status << '\n';
}

}  // namespace

int main() {
    // In the lab time is virtual and the machine has as many cores as we say.
    lab::Options machine;
    machine.cores = 2;
    const lab::Trace trace = lab::observe(share_out_beforehand, machine);
    std::cout << "600 ms of work on 2 cores: " << trace.speed_up() << " times as fast\n\n"
              << lab::draw_text(trace, {.width = 76}) << '\n';

    asio::io_context context;
    ask(context, "expr 6 '*' 7");
    ask(context, "echo 4; exit 3");
    ask(context, "kill -9 $$");
}
