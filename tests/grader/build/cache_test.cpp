#include <build/cache.hpp>

#include <build/hash.hpp>

#include <exercise/scratch.hpp>

#include <lab/catch.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

using namespace lockstep;
using namespace lockstep::testing;

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t plenty = std::uintmax_t{1} << 30;
const std::string key(64, 'a');

std::size_t entries_in(const fs::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator{folder}) {
        static_cast<void>(entry);
        ++count;
    }
    return count;
}

void age(const fs::path& file, std::chrono::hours hours) {
    fs::last_write_time(file, fs::file_time_type::clock::now() - hours);
}

}  // namespace

TEST_CASE("SHA-256 is SHA-256") {
    CHECK(hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(Hash{}.add_part("ab").add_part("c").text() != Hash{}.add_part("a").add_part("bc").text());
    const Scratch scratch;
    CHECK(hash_of_file(scratch.write("f", "abc"), 3) == hash_of("abc"));
    CHECK(!hash_of_file(scratch / "f", 4));
    CHECK(!hash_of_file(scratch / "none", 0));
}

TEST_CASE("what is stored is found, by whoever opens the cache") {
    const Scratch scratch;
    const fs::path worker = scratch.write("worker", "program");
    {
        const Cache cache{scratch / "cache", plenty};
        CHECK(!cache.find(key));
        const fs::path kept = cache.store(key, worker, "record").worker;
        REQUIRE(cache.find(key));
        CHECK(cache.find(key)->worker == kept);
    }
    const Cache cache{scratch / "cache", plenty};
    const auto entry = cache.find(key);
    REQUIRE(entry);
    CHECK(entry->record == "record");
    CHECK(::access(entry->worker.c_str(), X_OK) == 0);
    CHECK(!cache.find(std::string(64, 'b')));
    CHECK(entries_in(scratch / "cache/stages") == 0);
}

TEST_CASE("a worker's program is kept beside it, and the entry is good only with both") {
    const Scratch scratch;
    const Cache cache{scratch / "cache", plenty};
    const fs::path worker = scratch.write("worker", "worker's bytes");
    const fs::path program = scratch.write("program", "program's bytes");
    const Cache::Entry kept = cache.store(key, worker, "record", program);
    REQUIRE(cache.find(key));
    CHECK(cache.find(key)->worker == kept.worker);
    CHECK(cache.find(key)->program == kept.program);
    CHECK(kept.program != kept.worker);
    CHECK(::access(kept.program.c_str(), X_OK) == 0);

    SECTION("other bytes") { std::ofstream{kept.program} << "program's BYTES"; }
    SECTION("gone") { fs::remove(kept.program); }
    CHECK(!cache.find(key));
    CHECK(cache.store(key, worker, "record").program.empty());
    REQUIRE(cache.find(key));
    CHECK(cache.find(key)->program.empty());
}

TEST_CASE("an entry without a worker is an entry") {
    const Scratch scratch;
    const Cache cache{scratch / "cache", plenty};
    CHECK(cache.store(key, "", "it does not build").worker.empty());
    REQUIRE(cache.find(key));
    CHECK(cache.find(key)->worker.empty());
    CHECK(cache.find(key)->record == "it does not build");
}

TEST_CASE("a damaged entry is as good as none, and healed by the next") {
    const Scratch scratch;
    const Cache cache{scratch / "cache", plenty};
    const fs::path worker = scratch.write("worker", "program");
    const fs::path kept = cache.store(key, worker, "record").worker;
    const fs::path json = scratch / ("cache/entries/" + key + ".json");

    SECTION("other bytes") { std::ofstream{kept} << "progran"; }
    SECTION("cut off") { fs::resize_file(kept, 3); }
    SECTION("gone") { fs::remove(kept); }
    SECTION("a link") {
        fs::remove(kept);
        fs::create_symlink(worker, kept);
    }
    SECTION("the record cut off") { fs::resize_file(json, fs::file_size(json) - 1); }
    SECTION("the record empty") { fs::resize_file(json, 0); }
    SECTION("the record is something else") { std::ofstream{json} << std::string(100, 'x'); }

    CHECK(!cache.find(key));
    cache.store(key, worker, "record");
    CHECK(cache.find(key));
}

TEST_CASE("the oldest entries go when the cache is full, and none that was just used") {
    const Scratch scratch;
    const Cache cache{scratch / "cache", 2500};
    const fs::path worker = scratch.write("worker", std::string(1000, 'x'));
    const auto put = [&](char name, int hours) {
        std::string other(64, name);
        const fs::path kept = cache.store(other, worker, "").worker;
        for (const char* ending : {".json", ".worker"}) {
            age(scratch / ("cache/entries/" + other + ending), std::chrono::hours{hours});
        }
        return other;
    };
    const std::string old = put('1', 3);
    const std::string older = put('2', 5);
    const std::string fresh = put('3', 0);
    CHECK(cache.find(fresh));
    CHECK(!cache.find(older));
    CHECK(cache.find(old));  // and so it is used
    put('4', 0);
    CHECK(cache.find(old));
    CHECK(cache.find(fresh));
}

TEST_CASE("what killed builders left behind goes, and what others build in stays") {
    const Scratch scratch;
    const Cache cache{scratch / "cache", plenty};
    scratch.write("cache/stages/left/submission/a.cpp", "");
    const Cache::Stage in_use = cache.new_stage();
    // As if the clock had jumped, or the machine slept.
    age(in_use.folder(), std::chrono::hours{24 * 365});
    Cache{scratch / "cache", plenty}.store(key, "", "");
    CHECK(!fs::exists(scratch / "cache/stages/left"));
    CHECK(fs::exists(in_use.folder()));
}

TEST_CASE("one at a time has the turn to build a key, in threads and in processes") {
    const Scratch scratch;
    const Cache cache{scratch / "cache", plenty};
    std::atomic<int> inside{0};
    std::atomic<bool> alone{true};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int round = 0; round < 50; ++round) {
                    const Cache::Turn turn = cache.take_turn(key);
                    if (++inside != 1) alone = false;
                    std::this_thread::yield();
                    --inside;
                }
            });
        }
    }
    CHECK(alone);
    CHECK(entries_in(scratch / "cache/entries") == 0);

    const pid_t child = ::fork();
    if (child == 0) {
        const Cache::Turn turn = cache.take_turn(std::string(64, 'c'));
        ::_exit(0);  // without its destructor, as if killed
    }
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    const Cache::Turn turn = cache.take_turn(std::string(64, 'c'));
}

TEST_CASE("a cache that can't be written is told in one sentence") {
    const Scratch scratch;
    scratch.write("file", "");
    CHECK(sentence_of<GraderError>([&] {
              (void)Cache(scratch / "file/cache", plenty);
          }).find("can't be written (Not a directory): make room there") != std::string::npos);

    const Cache cache{scratch / "cache", plenty};
    fs::remove_all(scratch / "cache");
    CHECK(sentence_of<GraderError>([&] {
              (void)cache.store(key, "", "");
          }).find("can't be written (No such file or directory)") != std::string::npos);
}

TEST_CASE("a write that does not fit is told, and leaves no entry") {
    const Scratch scratch;
    const Cache cache{scratch / "cache", plenty};
    // As on a disk that is full: the first bytes go, the others don't.
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit little{100, before.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &little) == 0);
    const std::string sentence =
        sentence_of<GraderError>([&] { (void)cache.store(key, "", std::string(1000, 'x')); });
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, SIG_DFL);
    CHECK(sentence.find("can't be written (File too large)") != std::string::npos);
    CHECK(!cache.find(key));
    CHECK(entries_in(scratch / "cache/stages") == 0);
}
