// without_aslr PROGRAM [ARGUMENT…]: runs a program with address randomisation switched off, which
// sanitizers need on some machines (cmake/Sanitizers.cmake says which). What `setarch -R` does, for
// machines without it.
//
// Where switching it off is forbidden, as in many containers, the program is run all the same: it
// mostly works there too, and the lab's canary says so when races cannot be found.

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <sys/personality.h>
#include <unistd.h>

int main(int argument_count, char** arguments) {
    if (argument_count < 2) {
        std::fputs("usage: without_aslr PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    constexpr unsigned long query_only = 0xffffffff;  // personality(2)
    const int current = personality(query_only);
    if (current != -1) {
        (void)personality(static_cast<unsigned long>(current) | ADDR_NO_RANDOMIZE);
    }
    execvp(arguments[1], arguments + 1);
    std::fprintf(stderr, "without_aslr: %s cannot be run: %s.\n", arguments[1],
                 std::strerror(errno));
    return 127;  // the shell's status for this
}
