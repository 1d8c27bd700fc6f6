// Two threads race, on purpose: where ThreadSanitizer works, it says so and ends this program with
// the exit code that it is told. 0: it saw nothing.
#include <lab/races/canary.hpp>

extern "C" const char* __tsan_default_options() {  // NOLINT(bugprone-reserved-identifier)
    return "exitcode=66:halt_on_error=1";
}

int main() { return lab::races::sing() ? 0 : 3; }
