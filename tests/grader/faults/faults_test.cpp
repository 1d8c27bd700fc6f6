// Whatever happens to a grading: no wrong verdict, nothing half-written, nothing left alive, and
// the next one just works.
//
// LOCKSTEP_KILLS: how many processes to kill (20).
#include "graders.hpp"

#include <base/scratch_folder.hpp>

#include <lab/catch.hpp>

#include <grp.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using faults::Ended;
using faults::Grader;

const fs::path solution = fs::path{KIT} / "solutions/01-threaded-io/downloads.cpp";

/// A solution that no cache knows yet, but for its number the same every time.
class Bench {
public:
    Bench() {
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);
        fs::create_directories(submission());
        change(0);
    }
    [[nodiscard]] fs::path submission() const { return scratch_.path() / "submission"; }
    [[nodiscard]] fs::path cache() const { return scratch_.path() / "cache"; }
    [[nodiscard]] const fs::path& scratch() const { return scratch_.path(); }
    void change(int number) const {
        fs::copy_file(solution, submission() / "downloads.cpp",
                      fs::copy_options::overwrite_existing);
        std::ofstream{submission() / "downloads.cpp", std::ios::app} << "// " << number << '\n';
    }
    /// What is there, and what will be, is that user's to change.
    void give_to(uid_t user) const {
        fs::create_directory(cache());
        for (const fs::path& folder : {scratch(), submission(), cache()})
            if (::chown(folder.c_str(), user, user) != 0)
                throw std::runtime_error{"A folder can't be given away."};
    }
    [[nodiscard]] Ended grade() const { return Grader{submission(), cache(), scratch()}.wait(); }

private:
    lockstep::ScratchFolder scratch_;
};

int kills_wanted() {
    const char* wanted = std::getenv("LOCKSTEP_KILLS");
    return wanted == nullptr ? 20 : std::atoi(wanted);
}

TEST_CASE("whoever is killed, no verdict is wrong, nothing is half-written, nobody is left") {
    const Bench bench;
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    const Ended good = bench.grade();
    const auto fresh = Clock::now() - begin;
    CAPTURE(good.complaint);
    REQUIRE(good.exit_code == 0);
    REQUIRE(good.result);

    std::mt19937 chance{std::random_device{}()};
    std::map<std::string, int> killed;
    int failed = 0;
    const int wanted = kills_wanted();
    int kills = 0;
    for (int round = 1; kills < wanted && round <= 3 * wanted; ++round) {
        // Every other one has to be compiled.
        if (round % 2 == 1) bench.change(round);
        const auto extent = round % 2 == 1 ? fresh : fresh / 4;
        Grader grader{bench.submission(), bench.cache(), bench.scratch()};
        std::this_thread::sleep_for(extent *
                                    std::uniform_real_distribution<double>{0.0, 1.0}(chance));
        const std::vector<faults::Member> members = grader.members();
        std::string victim = "nobody";
        if (!members.empty()) {
            const faults::Member& one = members.at(chance() % members.size());
            if (grader.kill(one)) {
                victim = one.name.find("worker") == std::string::npos ? one.name : "worker";
                ++killed[victim];
                ++kills;
            }
        }
        const Ended ended = grader.wait();
        CAPTURE(round, victim, ended.exit_code, ended.complaint);
        if (ended.result) {
            if (ended.exit_code == 3) {
                ++failed;  // a result with a grader_error, which costs no points
                CHECK(ended.result->find("grader_error") != std::string::npos);
            } else {
                CHECK(*ended.result == *good.result);
                // Killed when all had been written.
                CHECK((ended.exit_code == 0 || (ended.killed && victim == "grader")));
            }
        } else {
            ++failed;
            CHECK((ended.killed || ended.exit_code == 3));
        }
        CHECK(faults::all_gone());
    }
    std::printf("%d kills, %d gradings that said so, of:", kills, failed);
    for (const auto& [name, count] : killed) std::printf(" %s %d", name.c_str(), count);
    std::printf("\n");
    CHECK(kills == wanted);

    // When that one keeps what it has built, it sweeps up what the killed ones left.
    bench.change(-1);
    const Ended after = bench.grade();
    CAPTURE(after.complaint);
    CHECK(after.exit_code == 0);
    CHECK(after.result == good.result);
    CHECK(fs::is_empty(bench.cache() / "stages"));
}

TEST_CASE("a cache heals, whatever became of its files") {
    const Bench bench;
    const Ended good = bench.grade();
    REQUIRE(good.exit_code == 0);
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator{bench.cache()})
        if (entry.is_regular_file()) files.push_back(entry.path());
    REQUIRE(files.size() >= 4);
    const auto spoil_all = [&](const auto& spoil) {
        for (const fs::path& file : files)
            if (fs::exists(file)) {
                fs::permissions(file, fs::perms::owner_all, fs::perm_options::add);
                spoil(file);
            }
        const Ended ended = bench.grade();
        CAPTURE(ended.complaint);
        CHECK(ended.exit_code == 0);
        CHECK(ended.result == good.result);
    };
    SECTION("empty") {
        spoil_all([](const fs::path& file) { fs::resize_file(file, 0); });
    }
    SECTION("cut in half") {
        spoil_all([](const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); });
    }
    SECTION("other bytes") {
        spoil_all([](const fs::path& file) {
            std::fstream stream{file, std::ios::in | std::ios::out | std::ios::binary};
            stream.seekp(static_cast<std::streamoff>(fs::file_size(file) / 2));
            stream << "not what was here";
        });
    }
    SECTION("from another time") {
        int count = 0;
        spoil_all([&count](const fs::path& file) {
            const auto years = std::chrono::hours{24 * 365 * 30};
            const auto now = fs::file_time_type::clock::now();
            fs::last_write_time(file, ++count % 2 == 0 ? now + years : now - years);
        });
    }
    SECTION("gone") {
        spoil_all([](const fs::path& file) { fs::remove(file); });
    }
}

TEST_CASE("a full disk is said to be one, and costs no points") {
    if (::geteuid() != 0) {
        WARN("Only root can make a small disk.");
        return;
    }
    const Bench bench;
    fs::create_directory(bench.cache());
    if (::mount("none", bench.cache().c_str(), "tmpfs", 0, "size=512k") != 0) {
        WARN("No disk can be mounted here.");
        return;
    }
    const Ended ended = bench.grade();
    CHECK(ended.exit_code == 3);
    // As a sentence of its own, or of each check that it concerns.
    const std::string said = ended.complaint + ended.result.value_or("");
    CAPTURE(said);
    CHECK(said.find("No space left on device") != std::string::npos);
    CHECK(said.find("build_error") == std::string::npos);
    ::umount2(bench.cache().c_str(), MNT_DETACH);
    CHECK(bench.grade().exit_code == 0);
}

TEST_CASE("a cache that can't be written is said to be one") {
    if (::geteuid() != 0) {
        WARN("Only root can mount a disk that nobody can write to.");
        return;
    }
    const Bench bench;
    fs::create_directory(bench.cache());
    if (::mount("none", bench.cache().c_str(), "tmpfs", MS_RDONLY, nullptr) != 0) {
        WARN("No disk can be mounted here.");
        return;
    }
    const Ended ended = bench.grade();
    ::umount2(bench.cache().c_str(), MNT_DETACH);
    CAPTURE(ended.complaint);
    CHECK(ended.exit_code == 3);
    CHECK_FALSE(ended.result);
    CHECK(ended.complaint.find("Read-only file system") != std::string::npos);
    CHECK(ended.complaint.find("--cache") != std::string::npos);
}

TEST_CASE("with too few processes a grading fails, and is no zero") {
    const Bench bench;
    const auto grade_as_somebody = [&bench](rlim_t processes) {
        // The limit does not hold for root.
        return Grader{
            bench.submission(), bench.cache(), bench.scratch(),
            [processes] {
                const rlimit both{processes, processes};
                ::setrlimit(RLIMIT_NPROC, &both);
                if (::geteuid() != 0) return;
                constexpr uid_t nobody = 65'534;
                if (::setgroups(0, nullptr) != 0 || ::setgid(nobody) != 0 || ::setuid(nobody) != 0)
                    ::_exit(126);
            }}
            .wait();
    };
    if (::geteuid() == 0) bench.give_to(65'534);
    const Ended good = grade_as_somebody(RLIM_INFINITY);
    if (good.exit_code != 0) {
        WARN("Not to be tried here: " << good.complaint);
        return;
    }
    for (const rlim_t limit : {1U, 2U, 3U, 4U, 8U, 12U, 14U, 16U, 18U, 20U, 22U, 24U, 32U, 48U}) {
        bench.change(static_cast<int>(limit));
        const Ended ended = grade_as_somebody(limit);
        CAPTURE(limit, ended.exit_code, ended.complaint, ended.result.value_or(""));
        CHECK((ended.exit_code == 0 || ended.exit_code == 3));
        if (!ended.result) CHECK_FALSE(ended.complaint.empty());
        if (ended.exit_code == 0) CHECK(ended.result == good.result);
        CHECK(ended.complaint.find("should not happen") == std::string::npos);
    }
    CHECK(grade_as_somebody(RLIM_INFINITY).result == good.result);
}

TEST_CASE("a clock that jumps by years changes nothing") {
    const Bench bench;
    const Ended good = bench.grade();
    REQUIRE(good.exit_code == 0);
    for (int round = 1; round <= 3; ++round) {
        // The second one finds everything in the cache.
        if (round != 2) bench.change(round);
        const Ended ended = Grader{
            bench.submission(), bench.cache(), bench.scratch(), [] {
                ::setenv("LD_PRELOAD", JUMPING_CLOCK, 1);
            }}.wait();
        CAPTURE(round, ended.complaint);
        CHECK(ended.exit_code == 0);
        CHECK(ended.result == good.result);
    }
}

TEST_CASE("with too few descriptors a grading fails, and is no zero") {
    const Bench bench;
    for (const rlim_t limit : {rlim_t{8}, rlim_t{12}, rlim_t{16}, rlim_t{24}, rlim_t{48}}) {
        Grader grader{bench.submission(), bench.cache(), bench.scratch(), [limit] {
                          const rlimit both{limit, limit};
                          ::setrlimit(RLIMIT_NOFILE, &both);
                      }};
        const Ended ended = grader.wait();
        CAPTURE(limit, ended.exit_code, ended.complaint);
        CHECK((ended.exit_code == 0 || ended.exit_code == 3));
        if (!ended.result) CHECK_FALSE(ended.complaint.empty());
    }
    CHECK(bench.grade().exit_code == 0);
}

}  // namespace
