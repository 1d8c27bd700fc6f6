// Searches one slice: worker FIRST LAST. Writes the number of values, and the values, as bytes,
// and ends at once: there is nothing to tidy up.
#include "parallel.hpp"

#include <cstdlib>
#include <string>

#include <unistd.h>

int main(int count, char** arguments) {
    if (count != 3) return EXIT_FAILURE;
    Flight result = longest_flight({std::stoull(arguments[1]), std::stoull(arguments[2])});
    result.insert(result.begin(), result.size());
    const char* bytes = reinterpret_cast<const char*>(result.data());
    std::size_t left = result.size() * sizeof(std::uint64_t);
    while (left > 0) {
        const ssize_t written = ::write(STDOUT_FILENO, bytes, left);
        if (written < 0) return EXIT_FAILURE;
        bytes += written;
        left -= static_cast<std::size_t>(written);
    }
    ::_exit(EXIT_SUCCESS);
}
