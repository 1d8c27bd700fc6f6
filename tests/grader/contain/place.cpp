#include "place.hpp"

#include <lab/catch.hpp>

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

bool before_long(const std::function<bool()>& condition) {
    for (int i = 0; i < 3'000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

}  // namespace

const Containment* in_a_sandbox() {
    static const Containment containment(SUPERVISOR);
    if (containment.isolation().sandbox) return &containment;
    WARN("Not tested here. " << containment.isolation().limitation);
    return nullptr;
}

const Containment* without_a_sandbox() {
    static const Containment containment = [] {
        const WithoutSandbox meanwhile;
        return Containment(SUPERVISOR);
    }();
    return &containment;
}

const std::vector<Place> places{in_a_sandbox, without_a_sandbox};

Job guest(std::vector<std::string> arguments) {
    Job job;
    job.command = std::move(arguments);
    job.command.insert(job.command.begin(), GUEST);
    job.mounts = {{GUEST, GUEST}};
    return job;
}

std::string token() {
    static std::atomic<int> count{0};
    return "token-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

std::vector<int> processes_with(const std::string& token) {
    std::vector<int> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const int number = std::atoi(entry.path().filename().c_str());
        if (number == 0) continue;
        std::ifstream file(entry.path() / "cmdline");
        std::ostringstream line;  // an iterator would throw where the process has ended meanwhile
        line << file.rdbuf();
        if (line.str().find(token) != std::string::npos) found.push_back(number);
    }
    return found;
}

bool some_appear(const std::string& token) {
    return before_long([&] { return !processes_with(token).empty(); });
}

bool all_vanish(const std::string& token) {
    return before_long([&] { return processes_with(token).empty(); });
}

}  // namespace lockstep
