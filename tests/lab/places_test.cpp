// Places: from addresses to functions, files and lines.
#include <lab/catch.hpp>
#include <lab/place.hpp>
#include <lab/symbols/capture.hpp>
#include <lab/symbols/function_name.hpp>
#include <lab/symbols/owner.hpp>
#include <lab/symbols/variable.hpp>

#include <dlfcn.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using lab::Owner;
using lab::Place;

// Calls stay calls, and the last one of a function stays behind by a frame of its own.
#define KEPT [[gnu::noinline]]
#define NO_TAIL_CALL() asm volatile("" ::: "memory")

namespace {

int counter = 0;
std::array<long, 8> row{};

std::vector<Place> stack_here() {
    std::array<void*, 64> addresses{};
    const std::size_t count = lab::capture_stack(addresses.data(), addresses.size(), 0);
    return lab::places_of({addresses.data(), count});
}

/// With -g1, Clang names inlined functions without their namespace.
const Place* find(const std::vector<Place>& places, const std::string& function) {
    const auto found = std::ranges::find_if(places, [&](const Place& place) {
        return place.function == function || function.ends_with("::" + place.function);
    });
    return found == places.end() ? nullptr : &*found;
}

}  // namespace

namespace places_test {

struct Answer {
    std::vector<Place> places;
    unsigned line = 0;
};

KEPT Answer outer(const std::string&, int) {
    Answer answer{stack_here(), __LINE__};
    NO_TAIL_CALL();
    return answer;
}

inline __attribute__((always_inline)) Answer inlined() {
    Answer answer{stack_here(), __LINE__};
    NO_TAIL_CALL();
    return answer;
}

KEPT Answer around_inlined() {
    Answer answer = inlined();
    NO_TAIL_CALL();
    return answer;
}

template <class Value>
struct Box {
    KEPT Answer open() const {
        Answer answer{stack_here(), __LINE__};
        NO_TAIL_CALL();
        return answer;
    }
};

}  // namespace places_test

TEST_CASE("a return address leads to the line of its call", "[places]") {
    const auto answer = places_test::outer("", 0);
    const Place* place = find(answer.places, "places_test::outer");
    REQUIRE(place != nullptr);
    CHECK(place->brief() == "places_test.cpp:" + std::to_string(answer.line));
    CHECK(place->owner == Owner::program);
    CHECK(place->known());
    CHECK(place->file == __FILE__);
}

TEST_CASE("inlined functions are frames of their own, innermost first", "[places]") {
    const auto answer = places_test::around_inlined();
    const Place* inner = find(answer.places, "places_test::inlined");
    const Place* outer = find(answer.places, "places_test::around_inlined");
    REQUIRE(inner != nullptr);
    REQUIRE(outer != nullptr);
    CHECK(inner + 1 == outer);
    CHECK(inner->line == answer.line);
}

TEST_CASE("long template arguments are left out, short ones are not", "[places]") {
    CHECK(find(places_test::Box<int>{}.open().places, "places_test::Box<int>::open") != nullptr);
    CHECK(find(places_test::Box<std::map<std::string, int>>{}.open().places,
               "places_test::Box<…>::open") != nullptr);
}

TEST_CASE("the standard library's frames are the library's", "[places]") {
    std::vector<Place> places;
    std::thread([&] { places = stack_here(); }).join();
    REQUIRE_FALSE(places.empty());
    const auto in_standard_library = [](const Place& place) {
        return place.function.find("_M_run") != std::string::npos;
    };
    const auto found = std::ranges::find_if(places, in_standard_library);
    REQUIRE(found != places.end());
    CHECK(found->owner == Owner::library);
    CHECK(found->known());
}

TEST_CASE("a shared library's function has the name that it is exported by, and no line",
          "[places]") {
    void* const inside = static_cast<char*>(::dlsym(RTLD_DEFAULT, "gnu_get_libc_version")) + 1;
    const std::vector<Place> places = lab::places_of(std::array{inside});
    REQUIRE(places.size() == 1);
    CHECK(places[0].function == "gnu_get_libc_version");
    CHECK(places[0].owner == Owner::library);
    CHECK(places[0].line == 0);
}

TEST_CASE("an address that is none is an unknown place", "[places]") {
    int local = 0;
    void* const addresses[] = {nullptr, reinterpret_cast<void*>(1), &local,
                               reinterpret_cast<void*>(~std::uintptr_t{0})};
    const auto places = lab::places_of(addresses);
    REQUIRE(places.size() == 4);
    for (const Place& place : places) {
        CHECK_FALSE(place.known());
        CHECK(place.brief() == "an unknown place");
    }
}

TEST_CASE("no addresses are no places", "[places]") { CHECK(lab::places_of({}).empty()); }

TEST_CASE("a place is brief", "[places]") {
    CHECK(Place{"pop", "/a/b/queue.hpp", 12, Owner::program}.brief() == "queue.hpp:12");
    CHECK(Place{"pop", "queue.hpp", 12, Owner::program}.brief() == "queue.hpp:12");
    CHECK(Place{"pop", "", 0, Owner::program}.brief() == "pop");
    CHECK(Place{"pop", "queue.hpp", 0, Owner::program}.brief() == "pop");
    CHECK(Place{}.brief() == "an unknown place");
}

TEST_CASE("places can be asked for by several threads at once", "[places]") {
    std::vector<std::thread> threads;
    std::array<std::vector<Place>, 4> answers;
    for (auto& answer : answers) {
        threads.emplace_back([&answer] { answer = places_test::outer("", 0).places; });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& answer : answers) CHECK(find(answer, "places_test::outer") != nullptr);
}

TEST_CASE("names are read without return types, parameters and qualifiers", "[places]") {
    const std::vector<std::pair<std::string, std::string>> names{
        {"main", "main"},
        {"operator()<int>", "operator()<int>"},
        {"_Z3fooi", "foo"},
        {"_ZNK5Queue3popEv", "Queue::pop"},
        {"_Z3addIiET_S0_S0_", "add<int>"},
        {"_ZN12_GLOBAL__N_13fooEv", "(anonymous namespace)::foo"},
        {"_ZN12_GLOBAL__N_13fooIiEEvT_", "(anonymous namespace)::foo<int>"},
        {"_ZNSt6vectorIiSaIiEE9push_backEOi", "std::vector<…>::push_back"},
        {"_ZNSt6threadD2Ev", "std::thread::~thread"},
        {"_ZNSt6threadD4Ev", "std::thread::~thread"},
        {"_ZNSt6threadaSEOS_", "std::thread::operator="},
        {"_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE6appendEPKc",
         "std::basic_string<…>::append"},
        {"_ZNSt6chrono3_V212steady_clock3nowEv", "std::chrono::steady_clock::now"},
        {"_ZZ4mainENKUlvE_clEv", "main::{lambda}"},
        {"_ZZN5Queue3popEiENKUliE0_clEi", "Queue::pop::{lambda}"},
        {"_ZZNK5Queue4sizeEvENKUlvE_clEv", "Queue::size::{lambda}"},
        {"_ZZ4mainENK3$_0clEv", "main::{lambda}"},
        {"_ZltRK1AS1_", "operator<"},
        {"_ZlsIiERSoS0_T_", "operator<<<int>"},
        {"_ZNK1AcvbEv", "A::operator bool"},
        {"_ZN1AclEi", "A::operator()"},
        {"_ZN1AssEi", "A::operator<=>"},
        {"_Znwm", "operator new"},
        {"_ZThn8_N1A1fEv", "A::f"},
        {"_Z3fooPFviE", "foo"},
        {"_ZN1A4copyB5cxx11Ev", "A::copy"},
        {"_Z3fooi.actor", "foo"},
        {"_Znonsense", "_Znonsense"},
        {"", ""},
    };
    for (const auto& [symbol, name] : names) CHECK(lab::readable_name(symbol) == name);
}

TEST_CASE("code belongs to whom its file belongs", "[places]") {
    const std::string lab_file = [] {
        const std::string here = __FILE__;
        return here.substr(0, here.rfind("tests/")) + "exercises/lab/observe.cpp";
    }();
    CHECK(lab::owner_of(lab_file, "lab::observe", true) == Owner::lab);
    CHECK(lab::owner_of(__FILE__, "lab::anything", true) == Owner::program);
    CHECK(lab::owner_of("/home/me/lab/queue.hpp", "Queue::pop", true) == Owner::program);
    CHECK(lab::owner_of("/home/me/boost/queue.hpp", "Queue::pop", true) == Owner::program);
    CHECK(lab::owner_of("/usr/include/c++/12/mutex", "std::mutex::lock", true) == Owner::library);
    CHECK(lab::owner_of("/usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/mutex",
                        "std::mutex::lock", true) == Owner::library);
    CHECK(lab::owner_of("/opt/include/boost/asio/read.hpp", "read", true) == Owner::library);
}

TEST_CASE("without a file, code belongs to whom its name belongs", "[places]") {
    CHECK(lab::owner_of("", "lab::observe", true) == Owner::lab);
    CHECK(lab::owner_of("", "std::thread::join", true) == Owner::library);
    CHECK(lab::owner_of("", "Catch::Session::run", true) == Owner::library);
    CHECK(lab::owner_of("", "Queue::pop", true) == Owner::program);
    CHECK(lab::owner_of("", "main", false) == Owner::program);
    CHECK(lab::owner_of("", "_start", false) == Owner::library);
    CHECK(lab::owner_of("", "pthread_mutex_lock", false) == Owner::library);
    CHECK(lab::owner_of("", "a_function_of_mine_in_c", false) == Owner::program);
    CHECK(lab::owner_of("", "", false) == Owner::library);
}

TEST_CASE("variables have names, other memory has none", "[places]") {
    const int local = 0;
    CHECK(lab::variable_at(&counter) == "(anonymous namespace)::counter");
    CHECK(lab::variable_at(&row[3]) == "(anonymous namespace)::row");
    CHECK(lab::variable_at(&local).empty());
    CHECK(lab::variable_at(nullptr).empty());
}

namespace {

KEPT std::size_t capture_here(void** out, std::size_t max, std::size_t skip) {
    const std::size_t count = lab::capture_stack(out, max, skip);
    NO_TAIL_CALL();
    return count;
}

}  // namespace

TEST_CASE("a capture begins with its caller, and skips as many as it is told to", "[places]") {
    std::array<void*, 32> all{};
    std::array<void*, 32> fewer{};
    const std::size_t count = capture_here(all.data(), all.size(), 0);
    REQUIRE(count > 2);
    CHECK(lab::places_of({all.data(), 1}).front().function ==
          "(anonymous namespace)::capture_here");
    REQUIRE(capture_here(fewer.data(), fewer.size(), 1) == count - 1);
    CHECK(std::equal(fewer.begin() + 1, fewer.begin() + count - 1, all.begin() + 2));
}

TEST_CASE("a capture takes no more than it has room for", "[places]") {
    std::array<void*, 3> few{};
    CHECK(capture_here(few.data(), 2, 0) == 2);
    CHECK(few[2] == nullptr);
    CHECK(capture_here(few.data(), 0, 0) == 0);
    CHECK(capture_here(few.data(), few.size(), 1000) == 0);
}

namespace {

ucontext_t main_context;
ucontext_t fiber_context;
std::array<void*, 32> fiber_stack{};
std::size_t fiber_depth = 0;

KEPT void fiber_main() {
    fiber_depth = lab::capture_stack(fiber_stack.data(), fiber_stack.size(), 0);
    NO_TAIL_CALL();
}

}  // namespace

TEST_CASE("a capture ends at the base of a fiber", "[places]") {
    std::vector<char> stack(std::size_t{256} * 1024);
    REQUIRE(getcontext(&fiber_context) == 0);
    fiber_context.uc_stack.ss_sp = stack.data();
    fiber_context.uc_stack.ss_size = stack.size();
    fiber_context.uc_link = &main_context;
    makecontext(&fiber_context, fiber_main, 0);
    REQUIRE(swapcontext(&main_context, &fiber_context) == 0);
    REQUIRE(fiber_depth >= 1);
    CHECK(fiber_depth <= 2);
    CHECK(lab::places_of({fiber_stack.data(), 1}).front().function ==
          "(anonymous namespace)::fiber_main");
}

// Crashes happen in child processes, which tell the addresses that they captured.

namespace {

KEPT void write_to(int* address) {
    *address = 1;
    NO_TAIL_CALL();
}

KEPT void call(void (*function)()) {
    function();
    NO_TAIL_CALL();
}

KEPT int overflow(int depth) {
    volatile char frame[4096] = {};
    frame[0] = static_cast<char>(depth);
    const int deeper = depth < 0 ? 0 : overflow(depth + 1);
    NO_TAIL_CALL();
    return deeper + frame[0];
}

volatile std::uintptr_t zero = 0;
int to_parent = -1;

void tell(int, siginfo_t*, void* context) {
    lab::recover_capture();
    std::array<void*, 16> addresses{};
    const std::size_t count =
        lab::capture_stack(addresses.data(), addresses.size(), *static_cast<ucontext_t*>(context));
    (void)!write(to_parent, addresses.data(), count * sizeof addresses[0]);
    _exit(0);
}

/// The C library's own: ThreadSanitizer's would block all signals in the handler.
void handle(int signal) {
    void* const libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
    auto* const install = reinterpret_cast<decltype(&sigaction)>(
        libc != nullptr ? dlsym(libc, "sigaction") : nullptr);
    struct sigaction action {};
    action.sa_sigaction = tell;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    (install != nullptr ? install : &sigaction)(signal, &action, nullptr);
}

std::string told_by_child(void (*crash)()) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        to_parent = ends[1];
        static std::array<char, std::size_t{256} * 1024> alternative;
        stack_t stack{};
        stack.ss_sp = alternative.data();
        stack.ss_size = alternative.size();
        sigaltstack(&stack, nullptr);
        handle(SIGSEGV);
        handle(SIGBUS);
        crash();
        _exit(1);
    }
    close(ends[1]);
    // Of a pipe that holds no more, all is read at once. Addresses are the same in both processes.
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    std::array<void*, 16> addresses{};
    const ssize_t size = read(ends[0], addresses.data(), sizeof addresses);
    close(ends[0]);
    std::string told;
    const auto count = static_cast<std::size_t>(std::max<ssize_t>(size, 0)) / sizeof addresses[0];
    for (const Place& place : lab::places_of({addresses.data(), count})) {
        told += place.function + '\n';
    }
    return told;
}

const std::string here = "(anonymous namespace)::";

}  // namespace

TEST_CASE("an interrupted stack begins where it was interrupted", "[places]") {
    const std::string told = told_by_child([] { write_to(reinterpret_cast<int*>(zero)); });
    CHECK(told.starts_with(here + "write_to\n"));
    CHECK_THAT(told, lab::contains("told_by_child\n"));
}

TEST_CASE("after a jump to nowhere the stack begins with the call", "[places]") {
    const std::string told = told_by_child([] { call(reinterpret_cast<void (*)()>(zero)); });
    CHECK(told.starts_with(here + "call\n"));
    CHECK_THAT(told, lab::contains("told_by_child\n"));
}

TEST_CASE("an overflowed stack is captured from another stack", "[places]") {
    const std::string told = told_by_child([] { overflow(0); });
    CHECK_THAT(told, lab::contains(here + "overflow\n" + here + "overflow\n"));
}

#if defined(__x86_64__)

namespace {

/// Breaks the frame pointer that its own unwinding needs, and crashes.
KEPT void smash() {
    volatile std::size_t size = 64;
    auto* const room = static_cast<volatile char*>(__builtin_alloca(size));
    room[0] = 1;
    asm volatile(
        "movq $16, %%rbp\n"
        "movq $0, 0\n" ::
            : "memory");
}

}  // namespace

TEST_CASE("a capture of a destroyed stack ends with what it has", "[places]") {
    const std::string told = told_by_child([] { smash(); });
    CHECK(told == here + "smash\n");
}

#endif
