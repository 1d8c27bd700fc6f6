#include <doctor/attempts.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <system_error>
#include <time.h>
#include <unistd.h>
#include <verify/parallel.hpp>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

/// The part of a path that exists.
fs::path existing(fs::path path) {
    std::error_code error;
    while (!path.empty() && path.has_relative_path() && !fs::exists(path, error)) {
        path = path.parent_path();
    }
    return path.empty() ? fs::path{"."} : path;
}

}  // namespace

Symptom try_cache(const fs::path& cache) {
    std::error_code error;
    fs::create_directories(cache, error);
    const fs::path file = cache / fmt::format(".doctor.{}", ::getpid());
    const int descriptor =
        error ? -1 : ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const int why = errno;
    if (descriptor < 0) {
        return {"cache", Health::broken,
                fmt::format("The cache, {}, can't be written to ({}).", cache.string(),
                            error ? error.message() : std::strerror(why)),
                "Nothing can be built.", "Name another folder with --cache or LOCKSTEP_CACHE."};
    }
    ::close(descriptor);
    ::unlink(file.c_str());
    return fine("cache", fmt::format("What is built is kept in {}.", cache.string()));
}

Symptom try_disk(const fs::path& cache) {
    constexpr std::uintmax_t mib = std::uintmax_t{1} << 20U;
    for (const fs::path& folder : {cache, fs::temp_directory_path()}) {
        std::error_code error;
        const fs::space_info space = fs::space(existing(folder), error);
        // A build leaves some ten MiB, and the sandbox's scratch space is not on disk.
        if (!error && space.available < 512 * mib) {
            const bool none = space.available < 64 * mib;
            return {
                "disk", none ? Health::broken : Health::degraded,
                fmt::format("Only {} MiB are left at {}.", space.available / mib, folder.string()),
                none ? "Nothing can be built." : "Grading a class may end half-way.",
                "Make room, or name another folder with --cache."};
        }
    }
    return fine("disk", "There is room for what is built.");
}

Symptom try_cores(const Kit& kit) {
    const unsigned cores = usable_cores();
    unsigned wanted = 1;
    for (const Exercise& exercise : kit.exercises()) {
        wanted = std::max(wanted, exercise.cores);
    }
    const std::string says = fmt::format("{} core{} usable.", cores, cores == 1 ? " is" : "s are");
    if (cores >= wanted) {
        return fine("cores", says);
    }
    return {"cores", Health::degraded, says,
            "Checks that measure a real speed-up are skipped, and cost no points.",
            fmt::format("Give this machine, or its container, {} cores.", wanted)};
}

Symptom try_clock() {
    timespec before{};
    timespec after{};
    clock_gettime(CLOCK_MONOTONIC, &before);
    const timespec pause{0, 2'000'000};
    nanosleep(&pause, nullptr);
    clock_gettime(CLOCK_MONOTONIC, &after);
    const auto passed =
        (after.tv_sec - before.tv_sec) * 1'000'000'000L + after.tv_nsec - before.tv_nsec;
    if (passed < pause.tv_nsec) {
        return {"clock", Health::degraded, "The steady clock stands still, or runs slow.",
                "Limits on real time may be off.", "Look at this machine's time keeping."};
    }
    return fine("clock", "The steady clock runs; verdicts use virtual time.");
}

}  // namespace lockstep
