#include "outside.hpp"

#include <base/read_file.hpp>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>
#include <thread>

namespace hostile {

namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& file) { return lockstep::read_bytes(file).value_or(""); }

/// Where submissions leave a mark, beside the folder, in folders that are everybody's.
std::vector<fs::path> marks() {
    std::vector<fs::path> all{"/tmp/lockstep-mark"};
    for (const fs::path folder : {"/tmp", "/var/tmp", "/dev/shm"})
        for (int number = 0; number < 200; ++number)
            all.push_back(folder / fmt::format("filler{}", number));
    return all;
}

/// Of an earlier test, too: one without a sandbox leaves them.
void remove_marks() {
    for (const fs::path& mark : marks()) {
        std::error_code error;
        fs::remove(mark, error);
        if (error)
            throw std::runtime_error{fmt::format("{} is in the way of this test ({}): remove it.",
                                                 mark.string(), error.message())};
    }
}

/// Where they would like to, and what is there may be the machine's own.
std::vector<fs::path> marks_of_the_machine() {
    std::vector<fs::path> there;
    for (const fs::path mark : {"/usr/bin/mark", "/worker", "/submission/mark", "/made/mark"})
        if (fs::exists(mark)) there.push_back(mark);
    return there;
}

}  // namespace

Outside::Outside() : folder_{"/var/tmp/lockstep-outside"}, before_{marks_of_the_machine()} {
    remove_marks();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    if (!fs::create_directory(folder_))
        throw std::runtime_error{folder_.string() + " is in use: remove it."};
    fs::permissions(folder_, fs::perms::all);
    std::random_device chance;
    secret_ = "secret" + std::to_string(chance()) + std::to_string(chance());
    std::ofstream{folder_ / "secret"} << secret_;
    fs::permissions(folder_ / "secret",
                    fs::perms::owner_all | fs::perms::group_all | fs::perms::others_all);
    ::setenv("LOCKSTEP_TEST_SECRET", secret_.c_str(), 1);
}

Outside::~Outside() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    for (const fs::path& mark : marks()) fs::remove(mark, ignored);
    ::unsetenv("LOCKSTEP_TEST_SECRET");
}

std::vector<std::string> Outside::traces() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator{folder_})
        if (entry.path().filename() != "secret") found.push_back(entry.path().string());
    if (read(folder_ / "secret") != secret_) found.push_back((folder_ / "secret").string());
    for (const fs::path& mark : marks())
        if (fs::exists(mark)) found.push_back(mark.string());
    for (const fs::path& mark : marks_of_the_machine())
        if (std::find(before_.begin(), before_.end(), mark) == before_.end())
            found.push_back(mark.string());
    return found;
}

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

std::vector<std::string> children() {
    // The threads that grade wait for their supervisors; what they leave would be adopted a moment
    // later at most.
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    std::vector<std::string> found;
    const fs::path tasks{"/proc/self/task"};
    for (const auto& task : fs::directory_iterator{tasks}) {
        std::ifstream list{task.path() / "children"};
        for (int process = 0; list >> process;)
            found.push_back(std::to_string(process) + " " +
                            read("/proc/" + std::to_string(process) + "/cmdline"));
    }
    return found;
}

}  // namespace hostile
