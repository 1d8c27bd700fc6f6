// corpus_stress NAME SECONDS: looks for a program's bug in the way the lab is measured against.
//
// The program runs freely, without the lab, over and over: each time in a forked child that has
// one second. A wrong result, a crash, an early exit and a hang all count as seen.
#include "program.hpp"

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

/// What a child that ends well says; a program that calls exit says something else.
constexpr int all_well = 70;
constexpr int wrong_result = 71;
constexpr int threw = 72;
constexpr unsigned seconds_to_hang = 1;

[[noreturn]] void run_as_child(const corpus::Program& program) {
    constexpr rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    alarm(seconds_to_hang);
    int code = all_well;
    try {
        program.body();
    } catch (const corpus::WrongResult&) {
        code = wrong_result;
    } catch (const std::exception&) {
        code = threw;
    }
    _exit(code);
}

/// What went wrong in one iteration, if anything.
std::optional<std::string> run_once(const corpus::Program& program) {
    const pid_t child = fork();
    if (child < 0) {
        std::perror("fork");
        std::exit(2);
    }
    if (child == 0) {
        run_as_child(program);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        return signal == SIGALRM ? "hang" : "crash (signal " + std::to_string(signal) + ")";
    }
    switch (WEXITSTATUS(status)) {
    case all_well: return std::nullopt;
    case wrong_result: return "wrong result";
    case threw: return "exception";
    default: return "exit (code " + std::to_string(WEXITSTATUS(status)) + ")";
    }
}

const corpus::Program* find(std::string_view name) {
    for (const corpus::Program& program : corpus::programs()) {
        if (program.name == name) {
            return &program;
        }
    }
    return nullptr;
}

int stress(const corpus::Program& program, int seconds) {
    const auto begin = Clock::now();
    const auto since_begin = [&] {
        return std::chrono::duration<double>(Clock::now() - begin).count();
    };
    unsigned long iterations = 0;
    while (since_begin() < seconds) {
        ++iterations;
        if (const std::optional<std::string> seen = run_once(program)) {
            std::printf("%.*s: %s, first seen in iteration %lu, after %.3f s\n",
                        static_cast<int>(program.name.size()), program.name.data(), seen->c_str(),
                        iterations, since_begin());
            return 1;
        }
    }
    std::printf("%.*s: not seen in %lu iterations, %.3f s\n", static_cast<int>(program.name.size()),
                program.name.data(), iterations, since_begin());
    return 0;
}

int usage() {
    std::fputs("Usage: corpus_stress NAME SECONDS\nThe programs that can be run freely:\n", stderr);
    for (const corpus::Program& program : corpus::programs()) {
        if (!program.virtual_only) {
            std::fprintf(stderr, "  %-42.*s %s\n", static_cast<int>(program.name.size()),
                         program.name.data(), program.correct() ? "correct" : "bug");
        }
    }
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        return usage();
    }
    const corpus::Program* program = find(argv[1]);
    const std::string_view text{argv[2]};
    int seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (program == nullptr || error != std::errc{} || end != text.data() + text.size() ||
        seconds < 1) {
        return usage();
    }
    if (program->virtual_only) {
        std::fprintf(stderr, "%s takes hours, or an exact time: only the lab can run it.\n",
                     argv[1]);
        return 2;
    }
    return stress(*program, seconds);
}
