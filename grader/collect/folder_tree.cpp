// Theory of operation. Between looking at a file and reading it, whoever owns the folder may swap
// it for something else. So each part of a path is opened relative to the one before, never through
// a symbolic link, with O_PATH, which neither waits for a FIFO's writer nor wakes a device; what it
// is, is asked of that descriptor; and what is read is the same inode, through /proc/self/fd.
#include <collect/tree.hpp>

#include <base/error.hpp>
#include <collect/submission.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

/// A folder of more is no submission.
constexpr std::size_t max_outer_entries = 10'000;

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_{number} {}
    Descriptor(Descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    [[nodiscard]] int number() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_ = -1;
};

std::string reason(int error) { return std::generic_category().message(error); }

/// "" for a regular file.
std::string refusal_of(const struct stat& status) {
    switch (status.st_mode & S_IFMT) {
    case S_IFREG: return "";
    case S_IFLNK: return "is a symbolic link: hand in the file itself.";
    case S_IFIFO: return "is a FIFO: hand in a file.";
    case S_IFDIR: return "is a folder: hand in a file.";
    case S_IFSOCK: return "is a socket: hand in a file.";
    default: return "is a device: hand in a file.";
    }
}

Taken refuse(std::string sentence) { return {"", std::move(sentence)}; }

std::string too_large() {
    return fmt::format("is larger than {} KiB: no exercise needs that much.", max_file_bytes >> 10);
}

Taken read_all(int file) {
    Taken taken;
    char buffer[1 << 16];
    for (;;) {
        const ssize_t got = ::read(file, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refuse(fmt::format("can't be read ({}).", reason(errno)));
        if (got == 0) return taken;
        taken.bytes.append(buffer, static_cast<std::size_t>(got));
        // It may have grown since its size was asked.
        if (taken.bytes.size() > max_file_bytes) return refuse(too_large());
    }
}

class FolderTree final : public Tree {
public:
    FolderTree(Descriptor root, std::vector<std::string> folders)
        : root_{std::move(root)}, folders_{std::move(folders)} {}

    [[nodiscard]] bool has(const std::string& path) const override {
        return walk(path).error != ENOENT;
    }

    [[nodiscard]] Taken read(const std::string& path) const override {
        const Walk found = walk(path);
        if (!found.refusal.empty()) return refuse(found.refusal);
        if (!found.file) return refuse(fmt::format("can't be read ({}).", reason(found.error)));
        struct stat status {};
        if (::fstat(found.file.number(), &status) != 0) {
            return refuse(fmt::format("can't be read ({}).", reason(errno)));
        }
        if (std::string refusal = refusal_of(status); !refusal.empty()) return refuse(refusal);
        if (std::cmp_greater(status.st_size, max_file_bytes)) return refuse(too_large());

        const Descriptor file{::open(fmt::format("/proc/self/fd/{}", found.file.number()).c_str(),
                                     O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
        if (!file) return refuse(fmt::format("can't be read ({}).", reason(errno)));
        return read_all(file.number());
    }

    [[nodiscard]] std::vector<std::string> folders() const override { return folders_; }

private:
    struct Walk {
        Descriptor file;
        int error = 0;
        std::string refusal;
    };

    [[nodiscard]] Walk walk(const std::string& path) const {
        Descriptor at{::dup(root_.number())};
        for (std::size_t from = 0;;) {
            const std::size_t to = path.find('/', from);
            const std::string part = path.substr(from, to - from);
            Descriptor next{::openat(at.number(), part.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)};
            // A name below something that is no folder is not there.
            if (!next) return {Descriptor{}, errno == ENOTDIR ? ENOENT : errno, ""};
            if (to == std::string::npos) return {std::move(next), 0, ""};
            struct stat status {};
            if (::fstat(next.number(), &status) == 0 && S_ISLNK(status.st_mode)) {
                return {Descriptor{}, ELOOP,
                        fmt::format("lies below '{}', which is a symbolic link: hand in the folder "
                                    "itself.",
                                    path.substr(0, to))};
            }
            at = std::move(next);
            from = to + 1;
        }
    }

    Descriptor root_;
    std::vector<std::string> folders_;
};

}  // namespace

std::unique_ptr<Tree> open_folder(const fs::path& path) {
    const auto unreadable = [&path](const std::string& why) {
        throw UsageError(fmt::format(
            "The folder {} can't be read ({}): give yourself the right to.", path.string(), why));
    };
    Descriptor root{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!root) unreadable(reason(errno));

    std::vector<std::string> folders;
    std::size_t entries = 0;
    std::error_code error;
    for (fs::directory_iterator entry{path, error}, end; entry != end; entry.increment(error)) {
        if (error) unreadable(error.message());
        if (++entries > max_outer_entries) {
            throw UsageError(
                fmt::format("The folder {} has more than {} entries: name the one that "
                            "holds the submission.",
                            path.string(), max_outer_entries));
        }
        std::error_code unknown;
        if (entry->symlink_status(unknown).type() == fs::file_type::directory) {
            folders.push_back(entry->path().filename().string());
        }
    }
    if (error) unreadable(error.message());
    if (entries == 0) {
        throw UsageError(
            fmt::format("The folder {} is empty: there is nothing to grade.", path.string()));
    }
    return std::make_unique<FolderTree>(std::move(root), std::move(folders));
}

}  // namespace lockstep
