#include <commands/output_file.hpp>

#include <base/error.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void unwritable(const fs::path& path, std::string_view why) {
    throw UsageError(
        fmt::format("The report can't be written to '{}' ({}): name another file with "
                    "--output.",
                    path.string(), why));
}

}  // namespace

OutputFile::OutputFile(fs::path path) : path_{std::move(path)} {
    std::error_code error;
    const fs::path asked = path_;
    // So that a link's target is replaced, and not the link.
    if (const fs::path target = fs::canonical(path_, error); !error) {
        path_ = target;
    }
    const fs::file_status status = fs::status(path_, error);
    if (fs::is_directory(status)) {
        unwritable(asked, "it is a folder");
    }
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK);
        if (descriptor_ < 0) {
            unwritable(asked, std::strerror(errno));
        }
        // Only the opening of a FIFO that nobody reads must not block.
        ::fcntl(descriptor_, F_SETFL, 0);
        return;
    }
    if (fs::exists(status) && ::access(path_.c_str(), W_OK) != 0) {
        unwritable(asked, std::strerror(errno));
    }
    temporary_ = path_.parent_path() /
                 fmt::format(".{}.{}.part", path_.filename().string().substr(0, 200), ::getpid());
    descriptor_ =
        ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
        const int why = errno;
        temporary_.clear();
        if (why == EMFILE || why == ENFILE || why == ENOSPC || why == ENOMEM) {
            throw GraderError(fmt::format(
                "The report can't be written to '{}' ({}): this machine lacks what it takes.",
                asked.string(), std::strerror(why)));
        }
        unwritable(asked, std::strerror(why));
    }
}

OutputFile::~OutputFile() { give_up(); }

void OutputFile::commit(std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor_, content.data(), content.size());
        if (written < 0 && errno != EINTR) {
            throw GraderError(
                fmt::format("The report could not be written to '{}' ({}): make room, or "
                            "name another file with --output. Nothing was changed.",
                            path_.string(), std::strerror(errno)));
        }
        content.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    if (temporary_.empty()) {
        give_up();
        return;
    }
    // A name must not outlive a power cut that its content did not.
    if (::fsync(descriptor_) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
        throw GraderError(
            fmt::format("The report could not be written to '{}' ({}): name another file "
                        "with --output. Nothing was changed.",
                        path_.string(), std::strerror(errno)));
    }
    temporary_.clear();
    give_up();
}

void OutputFile::give_up() noexcept {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
        descriptor_ = -1;
    }
    if (!temporary_.empty()) {
        ::unlink(temporary_.c_str());
        temporary_.clear();
    }
}

}  // namespace lockstep
