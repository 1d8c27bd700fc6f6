// Theory of operation. libarchive reads the archive from front to back; an entry whose last part is
// the name of a file that an exercise asks for is kept in memory, everything else is passed over.
// What an archive claims is bounded before it is believed: its own size, the number of its entries,
// the sum of their sizes, the size and the number of what is kept.
#include <collect/tree.hpp>

#include <base/error.hpp>
#include <collect/submission.hpp>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t max_archive_bytes = std::uintmax_t{256} << 20;
constexpr std::int64_t max_unpacked_bytes = std::int64_t{256} << 20;
constexpr std::size_t max_entries = 20'000;
constexpr std::size_t max_kept = 64;

struct CloseArchive {
    void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, CloseArchive>;

/// libarchive gives no name at all for an entry that the locale can't spell.
class Utf8Locale {
public:
    Utf8Locale() : locale_{::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)} {
        if (locale_) before_ = ::uselocale(locale_);
    }
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;
    ~Utf8Locale() {
        if (!locale_) return;
        ::uselocale(before_);
        ::freelocale(locale_);
    }

private:
    locale_t locale_;
    locale_t before_ = nullptr;
};

/// The name with '/' between its parts; nothing for one that leads out of the archive.
std::optional<std::string> plain_path(std::string path) {
    // Old Windows programs write these.
    if (path.find('/') == std::string::npos) std::replace(path.begin(), path.end(), '\\', '/');
    if (path.starts_with('/')) return std::nullopt;
    std::string plain;
    for (std::size_t from = 0; from <= path.size();) {
        const std::size_t to = std::min(path.find('/', from), path.size());
        const std::string part = path.substr(from, to - from);
        if (part == "..") return std::nullopt;
        if (!part.empty() && part != ".") plain += (plain.empty() ? "" : "/") + part;
        from = to + 1;
    }
    if (plain.empty()) return std::nullopt;
    return plain;
}

class ArchiveTree final : public Tree {
public:
    ArchiveTree(fs::path path, std::set<std::string> names)
        : path_{std::move(path)}, names_{std::move(names)} {
        const Utf8Locale utf8;
        const Reader reader = open();
        archive_entry* entry = nullptr;
        int status = ARCHIVE_OK;
        std::int64_t unpacked = 0;
        for (std::size_t entries = 0;
             (status = archive_read_next_header(reader.get(), &entry)) != ARCHIVE_EOF; ++entries) {
            if (status < ARCHIVE_WARN) damaged(reader.get());
            if (entries == max_entries) {
                throw UsageError(
                    fmt::format("{} has more than {} entries: pack only the files of "
                                "the exercises.",
                                path_.string(), max_entries));
            }
            // Passing over an entry means to decompress it.
            unpacked += std::max<std::int64_t>(archive_entry_size(entry), 0);
            if (unpacked < 0 || unpacked > max_unpacked_bytes) {
                throw UsageError(
                    fmt::format("{} unpacks to more than {} MiB: pack only the files "
                                "of the exercises.",
                                path_.string(), max_unpacked_bytes >> 20));
            }
            take(reader.get(), entry);
        }
        if (!any_) {
            throw UsageError(
                fmt::format("{} is empty: there is nothing to grade.", path_.string()));
        }
    }

    [[nodiscard]] bool has(const std::string& path) const override { return kept_.contains(path); }
    [[nodiscard]] Taken read(const std::string& path) const override { return kept_.at(path); }
    [[nodiscard]] std::vector<std::string> folders() const override {
        return {folders_.begin(), folders_.end()};
    }

private:
    [[noreturn]] void no_archive() const {
        throw UsageError(
            fmt::format("{} is neither a folder nor an archive (.zip, .tar.gz or .tar) that can be "
                        "read: hand in "
                        "one of these.",
                        path_.string()));
    }

    [[noreturn]] void damaged(archive* reader) const {
        if (!any_) no_archive();
        const char* why = archive_error_string(reader);
        throw UsageError(fmt::format("{} is damaged ({}): pack it again.", path_.string(),
                                     why ? why : "it ends too early"));
    }

    [[nodiscard]] Reader open() const {
        std::error_code error;
        const std::uintmax_t size = fs::file_size(path_, error);
        if (error) no_archive();
        if (size > max_archive_bytes) {
            throw UsageError(
                fmt::format("{} is larger than {} MiB: pack only the files of the "
                            "exercises.",
                            path_.string(), max_archive_bytes >> 20));
        }
        Reader reader{archive_read_new()};
        if (!reader) throw GraderError("libarchive can't be used: there is no memory left.");
        archive_read_support_filter_gzip(reader.get());
        archive_read_support_format_tar(reader.get());
        archive_read_support_format_zip(reader.get());
        if (archive_read_open_filename(reader.get(), path_.c_str(), 1 << 16) != ARCHIVE_OK) {
            no_archive();
        }
        return reader;
    }

    void take(archive* reader, archive_entry* entry) {
        any_ = true;
        const char* name = archive_entry_pathname(entry);
        const std::optional<std::string> path = plain_path(name ? name : "");
        if (!path) return;
        const std::size_t slash = path->find('/');
        if (slash != std::string::npos) {
            folders_.insert(path->substr(0, slash));
        } else if (archive_entry_filetype(entry) == AE_IFDIR) {
            folders_.insert(*path);
        }
        if (!names_.contains(path->substr(path->rfind('/') + 1)) || kept_.size() == max_kept)
            return;

        // Which of two would be graded would depend on the program that unpacks.
        const bool first = kept_.try_emplace(*path).second;
        kept_[*path] = first ? read_entry(reader, entry)
                             : Taken{"", "is in the archive twice: pack it again."};
    }

    [[nodiscard]] static Taken read_entry(archive* reader, archive_entry* entry) {
        if (archive_entry_filetype(entry) == AE_IFLNK || archive_entry_hardlink(entry)) {
            return {"", "is a link: hand in the file itself."};
        }
        if (archive_entry_filetype(entry) != AE_IFREG) {
            return {"", "is not a file: hand in a file."};
        }
        Taken taken;
        char buffer[1 << 16];
        for (;;) {
            const la_ssize_t got = archive_read_data(reader, buffer, sizeof buffer);
            if (got == 0) return taken;
            if (got < 0) {
                const char* why = archive_error_string(reader);
                return {"", fmt::format("can't be read from the archive ({}): pack it again.",
                                        why ? why : "it is damaged")};
            }
            taken.bytes.append(buffer, static_cast<std::size_t>(got));
            if (taken.bytes.size() > max_file_bytes) {
                return {"", fmt::format("is larger than {} KiB: no exercise needs that much.",
                                        max_file_bytes >> 10)};
            }
        }
    }

    fs::path path_;
    std::set<std::string> names_;
    std::map<std::string, Taken> kept_;
    std::set<std::string> folders_;
    bool any_ = false;
};

}  // namespace

std::unique_ptr<Tree> open_archive(const fs::path& path, const std::set<std::string>& names) {
    return std::make_unique<ArchiveTree>(path, names);
}

}  // namespace lockstep
