#include <export/new_folder.hpp>

#include <base/error.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace lockstep {

namespace fs = std::filesystem;

NewFolder::NewFolder(fs::path path) : asked_{std::move(path)} {
    std::error_code error;
    path_ = fs::weakly_canonical(asked_, error);
    if (error) {
        unwritable(error.value());
    }
    if (!path_.has_filename()) {
        path_ = path_.parent_path();  // "starter/", which is not there yet
    }
    refuse_what_is_there();
    const fs::path temporary =
        path_.parent_path() /
        fmt::format(".{}.{}.part", path_.filename().string().substr(0, 200), ::getpid());
    if (::mkdir(temporary.c_str(), 0777) != 0) {
        unwritable(errno);
    }
    temporary_ = temporary;
}

NewFolder::~NewFolder() {
    if (!temporary_.empty()) {
        std::error_code ignored;
        fs::remove_all(temporary_, ignored);
    }
}

void NewFolder::add(const fs::path& file, std::string_view content, bool executable) {
    const fs::path place = temporary_ / file;
    std::error_code error;
    fs::create_directories(place.parent_path(), error);
    if (error) {
        unwritable(error.value());
    }
    const int descriptor =
        ::open(place.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, executable ? 0777 : 0666);
    if (descriptor < 0) {
        unwritable(errno);
    }
    int why = 0;
    while (!content.empty() && why == 0) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written >= 0) {
            content.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            why = errno;
        }
    }
    if (::close(descriptor) != 0 && why == 0) {
        why = errno;
    }
    if (why != 0) {
        unwritable(why);
    }
}

void NewFolder::commit() {
    // Takes the place of nothing or of an empty folder, and of nothing else.
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
        const int why = errno;
        refuse_what_is_there();
        unwritable(why);
    }
    temporary_.clear();
}

void NewFolder::refuse_what_is_there() const {
    std::error_code error;
    const fs::file_status status = fs::status(path_, error);
    if (!fs::exists(status)) {
        return;
    }
    if (!fs::is_directory(status)) {
        throw UsageError(
            fmt::format("'{}' is there already, and is no folder: name a new one with --out.",
                        asked_.string()));
    }
    if (!fs::is_empty(path_, error) && !error) {
        throw UsageError(fmt::format(
            "'{}' is not empty, and nothing in it is overwritten: name a new folder with --out.",
            asked_.string()));
    }
    // Its place is taken by another folder, and the caller would stand in one that is gone.
    if (fs::equivalent(path_, fs::current_path(error), error)) {
        throw UsageError(fmt::format(
            "'{}' is the folder that you are in: name a new one with --out.", asked_.string()));
    }
}

void NewFolder::unwritable(int why) const {
    throw GraderError(
        fmt::format("'{}' can't be written ({}): make room, or name another folder with --out. "
                    "Nothing was left there.",
                    asked_.string(), std::strerror(why)));
}

}  // namespace lockstep
