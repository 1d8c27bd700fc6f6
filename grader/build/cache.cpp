#include <build/cache.hpp>

#include <base/error.hpp>
#include <base/read_file.hpp>
#include <build/hash.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

/// A worker that somebody found may be about to be started.
constexpr std::chrono::minutes in_use{15};
/// An object of a file that includes Asio takes several MiB, a worker tens of them.
constexpr std::uintmax_t least_free_bytes = std::uintmax_t{16} << 20;

constexpr std::size_t hash_digits = 64;

/// The folder, locked for whoever has the descriptor. Else nothing, and errno is why: ENOENT when
/// it is gone, also while it was being locked; with `LOCK_NB` in `how`, EWOULDBLOCK when somebody
/// else has it.
Descriptor lock_folder(const fs::path& folder, int how) {
    Descriptor lock{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)};
    if (!lock) return {};
    while (::flock(lock.get(), LOCK_EX | how) != 0)
        if (errno != EINTR) return {};
    struct stat status {};
    if (::fstat(lock.get(), &status) != 0) return {};
    if (status.st_nlink == 0) {
        errno = ENOENT;
        return {};
    }
    return lock;
}

/// The binaries of an entry.
struct Part {
    const char* name;
    const char* ending;
    fs::path Cache::Entry::*path;
};
constexpr std::array<Part, 2> parts{{{"worker", ".worker", &Cache::Entry::worker},
                                     {"program", ".program", &Cache::Entry::program}}};

constexpr fs::perms worker_permissions = fs::perms::owner_all | fs::perms::group_read |
                                         fs::perms::group_exec | fs::perms::others_read |
                                         fs::perms::others_exec;

/// As old as the moment, so that it is not the next to go.
void touch(const fs::path& file) noexcept {
    ::utimensat(AT_FDCWD, file.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
}

}  // namespace

Cache::Cache(fs::path folder, std::uintmax_t limit) : folder_{std::move(folder)}, limit_{limit} {
    std::error_code error;
    for (const char* name : {"entries", "stages"}) {
        fs::create_directories(folder_ / name, error);
        if (error) fail(error.value());
        if (::access((folder_ / name).c_str(), W_OK | X_OK) != 0) fail(errno);
    }
}

void Cache::fail(int error) const {
    throw GraderError(
        fmt::format("The cache {} can't be written ({}): make room there, or name "
                    "another folder with --cache or LOCKSTEP_CACHE.",
                    folder_.string(), std::generic_category().message(error)));
}

bool Cache::disk_full() const noexcept {
    struct statvfs status {};
    return ::statvfs(folder_.c_str(), &status) == 0 &&
           std::uintmax_t{status.f_bavail} * status.f_frsize < least_free_bytes;
}

void Cache::write(const fs::path& file, const std::string& bytes) const {
    const int descriptor =
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor < 0) fail(errno);
    int error = 0;
    for (std::size_t done = 0; done < bytes.size() && error == 0;) {
        const ssize_t wrote = ::write(descriptor, bytes.data() + done, bytes.size() - done);
        if (wrote >= 0) {
            done += static_cast<std::size_t>(wrote);
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    // Some file systems tell only here that the disk is full.
    if (::close(descriptor) != 0 && error == 0) error = errno;
    if (error != 0) fail(error);
}

fs::path Cache::entry(const std::string& key, const char* ending) const {
    return folder_ / "entries" / (key + ending);
}

std::optional<Cache::Entry> Cache::find(const std::string& key) const {
    const fs::path file = entry(key, ".json");
    const std::optional<std::string> bytes = read_bytes(file);
    if (!bytes || bytes->size() <= hash_digits) return std::nullopt;
    const std::string rest = bytes->substr(hash_digits);
    if (hash_of(rest) != bytes->substr(0, hash_digits)) return std::nullopt;

    const nlohmann::json json = nlohmann::json::parse(rest);
    Entry found{{}, {}, json.at("record").get<std::string>()};
    for (const Part& part : parts) {
        const auto known = json.find(part.name);
        if (known == json.end()) continue;
        const fs::path binary = entry(key, part.ending);
        // First, so that it does not go between here and its start.
        touch(binary);
        const auto size = known->at("bytes").get<std::size_t>();
        if (hash_of_file(binary, size) != known->at("sha256").get<std::string>()) {
            return std::nullopt;
        }
        found.*part.path = binary;
    }
    touch(file);
    return found;
}

Cache::Entry Cache::store(const std::string& key, const fs::path& worker, const std::string& record,
                          const fs::path& program) const {
    nlohmann::json json{{"record", record}};
    const Entry given{worker, program, record};
    Entry stored{{}, {}, record};
    std::error_code error;
    const Stage stage = new_stage();
    for (const Part& part : parts) {
        const fs::path& binary = given.*part.path;
        if (binary.empty()) continue;
        // A copy is this user's own, whoever the linker ran as. Not by copy_file, whose descriptor
        // is passed on to processes that other threads start meanwhile: as long as one of them
        // lives, the kernel refuses to run the file (ETXTBSY).
        const fs::path copy = stage.folder() / part.name;
        const std::optional<std::string> bytes = read_bytes(binary);
        if (!bytes) fail(EIO);
        write(copy, *bytes);
        fs::permissions(copy, worker_permissions, error);
        const std::uintmax_t size = fs::file_size(copy, error);
        const std::optional<std::string> hash =
            error ? std::nullopt : hash_of_file(copy, static_cast<std::size_t>(size));
        if (!hash) fail(error ? error.value() : EIO);
        json[part.name] = {{"bytes", size}, {"sha256", *hash}};
        stored.*part.path = entry(key, part.ending);
        fs::rename(copy, stored.*part.path, error);
        if (error) fail(error.value());
    }
    const std::string text = json.dump();
    write(stage.folder() / "entry", hash_of(text) + text);
    fs::rename(stage.folder() / "entry", entry(key, ".json"), error);
    if (error) fail(error.value());
    trim();
    return stored;
}

void Cache::trim() const {
    struct Item {
        std::uintmax_t bytes = 0;
        fs::file_time_type used = fs::file_time_type::min();
    };
    std::map<std::string, Item> items;
    std::uintmax_t total = 0;
    std::error_code error;
    for (fs::directory_iterator file{folder_ / "entries", error}, end; file != end;
         file.increment(error)) {
        if (error) return;
        if (file->path().extension() == ".lock") continue;
        std::error_code gone;
        const std::uintmax_t bytes = file->file_size(gone);
        const fs::file_time_type used = file->last_write_time(gone);
        if (gone) continue;
        Item& item = items[file->path().stem().string()];
        item.bytes += bytes;
        item.used = std::max(item.used, used);
        total += bytes;
    }

    const fs::file_time_type now = fs::file_time_type::clock::now();
    std::vector<std::pair<fs::file_time_type, std::string>> oldest_first;
    for (const auto& [key, item] : items) oldest_first.emplace_back(item.used, key);
    std::sort(oldest_first.begin(), oldest_first.end());
    for (const auto& [used, key] : oldest_first) {
        if (total <= limit_ || now - used < in_use) break;
        fs::remove(entry(key, ".json"), error);
        for (const Part& part : parts) fs::remove(entry(key, part.ending), error);
        total -= items[key].bytes;
    }

    for (fs::directory_iterator stage{folder_ / "stages", error}, end; stage != end;
         stage.increment(error)) {
        if (error) return;
        std::error_code gone;
        if (const Descriptor lock = lock_folder(stage->path(), LOCK_NB))
            fs::remove_all(stage->path(), gone);
    }
}

// --- Turns --------------------------------------------------------------------------------------

Cache::Turn::Turn(fs::path file, int descriptor)
    : file_{std::move(file)}, descriptor_{descriptor} {}

Cache::Turn::Turn(Turn&& other) noexcept
    : file_{std::move(other.file_)}, descriptor_{std::exchange(other.descriptor_, -1)} {}

Cache::Turn::~Turn() {
    if (descriptor_ < 0) return;
    ::unlink(file_.c_str());
    ::close(descriptor_);
}

Cache::Turn Cache::take_turn(const std::string& key) const {
    const fs::path file = entry(key, ".lock");
    for (;;) {
        const int descriptor =
            ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (descriptor < 0) fail(errno);
        // Freed by the kernel when its holder ends, however it does.
        while (::flock(descriptor, LOCK_EX) != 0) {
            if (errno == EINTR) continue;
            const int error = errno;
            ::close(descriptor);
            fail(error);
        }
        // Whoever had the turn before took the file away: then others wait for a new one.
        struct stat held {};
        struct stat named {};
        if (::fstat(descriptor, &held) == 0 && ::stat(file.c_str(), &named) == 0 &&
            held.st_ino == named.st_ino && held.st_dev == named.st_dev) {
            return Turn{file, descriptor};
        }
        ::close(descriptor);
    }
}

// --- Stages -------------------------------------------------------------------------------------

Cache::Stage::Stage(fs::path folder, Descriptor lock)
    : folder_{std::move(folder)}, lock_{std::move(lock)} {}

Cache::Stage::~Stage() {
    std::error_code ignored;
    if (lock_) fs::remove_all(folder_, ignored);
}

Cache::Stage Cache::new_stage() const {
    for (;;) {
        std::string name = (folder_ / "stages" / "XXXXXX").string();
        if (!::mkdtemp(name.data())) fail(errno);
        if (Descriptor lock = lock_folder(name, 0)) return {name, std::move(lock)};
        // Who takes it for one that was left behind, before it is locked, removes it.
        if (errno != ENOENT) fail(errno);
    }
}

}  // namespace lockstep
