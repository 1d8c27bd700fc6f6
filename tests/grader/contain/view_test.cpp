// What a contained program can see and reach.
#include "place.hpp"

#include <base/scratch_folder.hpp>

#include <lab/catch.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

using namespace lockstep;
namespace fs = std::filesystem;

namespace {

/// A folder of the test's own, which everyone may enter.
struct Folder : ScratchFolder {
    Folder() { fs::permissions(path(), fs::perms(0755)); }
};

void write_text(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

std::string read_text(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a program's environment is the job's, and nothing else") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    ::setenv("LOCKSTEP_TEST_SECRET", "hidden-seed", 1);
    CHECK(containment->run(guest({"environment"})).output.empty());

    Job job = guest({"environment"});
    job.environment = {"COLOUR=blue", "EMPTY="};
    CHECK(containment->run(job).output == "COLOUR=blue\nEMPTY=\n");
    ::unsetenv("LOCKSTEP_TEST_SECRET");
}

TEST_CASE("no environment of another process can be read in the sandbox") {
    const Containment* containment = in_a_sandbox();
    REQUIRE_PLACE(containment);
    ::setenv("LOCKSTEP_TEST_SECRET", "hidden-seed", 1);
    Job job = guest({"environments"});
    job.environment = {"OWN=yes"};
    const std::string output = containment->run(job).output;
    CHECK(output.find("OWN=yes") != std::string::npos);
    CHECK(output.find("hidden-seed") == std::string::npos);
    ::unsetenv("LOCKSTEP_TEST_SECRET");
}

TEST_CASE("a program has its three descriptors and its channel, and no others") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    // Such as a grader may have, and not close on exec.
    const int leak = ::open("/dev/null", O_RDONLY);
    const int high_leak = ::fcntl(leak, F_DUPFD, 900);
    CHECK(containment->run(guest({"descriptors"})).output == "0 1 2 ");

    Job job = guest({"descriptors"});
    job.channel = leak;
    CHECK(containment->run(job).output == "0 1 2 3 ");
    ::close(leak);
    ::close(high_leak);
}

TEST_CASE("command lines of outer processes are not seen in the sandbox") {
    const Containment* containment = in_a_sandbox();
    REQUIRE_PLACE(containment);
    const std::string mine = token();
    Containment::Running outer = containment->start(guest({"sleep", mine}));
    REQUIRE(some_appear(mine));

    const std::string output = containment->run(guest({"command_lines"})).output;
    CHECK(output.find("command_lines") != std::string::npos);
    CHECK(output.find(mine) == std::string::npos);
    CHECK(output.find("view_test") == std::string::npos);
    outer.stop();
    static_cast<void>(outer.wait());
}

TEST_CASE("there is no network in the sandbox") {
    const Containment* containment = in_a_sandbox();
    REQUIRE_PLACE(containment);
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener, 8) == 0);
    socklen_t size = sizeof address;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    const std::string port = std::to_string(ntohs(address.sin_port));

    // So that the test would notice a sandbox that shares the network.
    CHECK(without_a_sandbox()->run(guest({"connect", "127.0.0.1", port})).output == "connected\n");
    CHECK(containment->run(guest({"connect", "127.0.0.1", port})).output != "connected\n");
    CHECK(containment->run(guest({"connect", "192.0.2.1", "80"})).output ==
          "Network is unreachable\n");
    ::close(listener);
}

TEST_CASE("the system is read-only in the sandbox, and most of it is not there") {
    const Containment* containment = in_a_sandbox();
    REQUIRE_PLACE(containment);
    for (const std::string path : {"/usr/new", "/new", "/etc/new", "/dev/new", "/proc/new",
                                   "/run/new", "/run/lockstep/supervisor"}) {
        INFO(path);
        CHECK(containment->run(guest({"write", path, "text"})).status == 1);
    }
    CHECK(containment->run(guest({"read", "/etc/passwd"})).output.empty());
    CHECK(containment->run(guest({"read", "/etc/hostname"})).output.empty());

    std::istringstream names(containment->run(guest({"list", "/"})).output);
    for (std::string name; names >> name;) {
        INFO(name);
        CHECK(name != "root");
        CHECK(name != "home");
        CHECK(name != "var");
        CHECK(name != "sys");
    }
    // Nor is there anything of one run in the next.
    CHECK(containment->run(guest({"write", "/tmp/left", "text"})).status == 0);
    CHECK(containment->run(guest({"read", "/tmp/left"})).output.empty());
}

TEST_CASE("mounted folders can be read, and written only where the job says so") {
    const Containment* containment = in_a_sandbox();
    REQUIRE_PLACE(containment);
    const Folder given;
    const Folder made;
    write_text(given.path() / "given.txt", "given");

    Job job = guest({"read", "/some/where/in/given.txt"});
    const std::vector<Mount> mounts{{given.path(), "/some/where/in"},
                                    {made.path(), "/some/out", true}};
    job.mounts.insert(job.mounts.end(), mounts.begin(), mounts.end());
    CHECK(containment->run(job).output == "given");

    job.command = guest({"write", "/some/where/in/new.txt", "new"}).command;
    CHECK(containment->run(job).output == "Read-only file system");

    job.command = guest({"write", "new.txt", "new"}).command;
    job.working_folder = "/some/out";
    CHECK(containment->run(job).status == 0);
    CHECK(read_text(made.path() / "new.txt") == "new");

    job.command = guest({"folder"}).command;
    CHECK(containment->run(job).output == "/some/out");
}

TEST_CASE("a folder under one that only root may enter can be mounted") {
    const Containment* containment = in_a_sandbox();
    REQUIRE_PLACE(containment);
    const Folder closed;
    const fs::path inner = closed.path() / "inner";
    fs::create_directory(inner);
    write_text(inner / "text", "text");
    fs::permissions(closed.path(), fs::perms(0700));

    Job job = guest({"read", "/inner/text"});
    job.mounts.push_back({inner, "/inner"});
    CHECK(containment->run(job).output == "text");
}

TEST_CASE("as root, a folder that is not for everyone is not mounted, and the reason is said") {
    const Containment* containment = in_a_sandbox();
    REQUIRE_PLACE(containment);
    if (::geteuid() != 0) {
        WARN("Not tested here: it takes root.");
        return;
    }
    const Folder closed;
    fs::permissions(closed.path(), fs::perms(0700));
    Job job = guest({"exit", "0"});
    job.mounts.push_back({closed.path(), "/closed"});
    const Outcome outcome = containment->run(job);
    CHECK(outcome.end == End::not_started);
    CHECK(outcome.output.find("chmod") != std::string::npos);
}

TEST_CASE("a program in the sandbox is nobody, has no capabilities, and stays so") {
    const Containment* containment = in_a_sandbox();
    REQUIRE_PLACE(containment);
    CHECK(containment->run(guest({"user"})).output == "65534 65534 no root");
    CHECK(containment->run(guest({"capabilities"})).output ==
          "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n");
}

TEST_CASE("without address randomisation a program looks the same every time") {
    const Containment* containment = GENERATE(from_range(places))();
    REQUIRE_PLACE(containment);
    Job job = guest({"address"});
    job.fixed_addresses = true;
    const std::string first = containment->run(job).output;
    CHECK(containment->run(job).output == first);

    job.fixed_addresses = false;
    bool differs = false;
    for (int i = 0; i < 10; ++i) differs = differs || containment->run(job).output != first;
    CHECK(differs);
}
