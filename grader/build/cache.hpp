// What was built, kept by the hash of everything that went into it.
//
//   CACHE/entries/KEY.json      a hash of the rest of the file; what is known of the worker
//   CACHE/entries/KEY.worker    the worker, where there is one; or an object to be linked into some
//   CACHE/entries/KEY.program   the exercise's own program, where there is one
//   CACHE/entries/KEY.lock      while somebody builds it
//   CACHE/stages/XXXXXX/        where somebody builds it
//
// Files come to their names by being renamed, the .json last, so that whoever finds one finds all
// of it; and are checked against their hashes when found, so that a damaged one is as good as none.
// Any number of threads and processes may share a cache.
#pragma once

#include <contain/descriptor.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace lockstep {

class Cache {
public:
    /// Makes the folder where there is none. Throws GraderError when it can't be written to.
    Cache(std::filesystem::path folder, std::uintmax_t limit);

    struct Entry {
        std::filesystem::path worker;   ///< "" where there is none
        std::filesystem::path program;  ///< likewise
        std::string record;             ///< what `store` was given
    };

    /// Nothing when it is not there, or damaged. What is found stays for a quarter of an hour.
    [[nodiscard]] std::optional<Entry> find(const std::string& key) const;

    /// Takes copies of worker and program ("": there is none). Then the oldest entries go until the
    /// cache is within its limit. Throws GraderError when the disk is full, or the like.
    Entry store(const std::string& key, const std::filesystem::path& worker,
                const std::string& record, const std::filesystem::path& program = {}) const;

    /// Held by one builder of a key at a time, on this machine.
    class Turn {
    public:
        Turn(Turn&&) noexcept;
        Turn& operator=(Turn&&) = delete;
        ~Turn();

    private:
        friend class Cache;
        Turn(std::filesystem::path file, int descriptor);
        std::filesystem::path file_;
        int descriptor_;
    };
    /// Blocks until nobody else builds this key.
    [[nodiscard]] Turn take_turn(const std::string& key) const;

    /// A new folder, on the same file system as the entries, which goes away with everything in it.
    /// It is locked as long as it is in use: one that is not was left by a builder who was killed.
    /// By time it could not be told: clocks jump, and machines sleep.
    class Stage {
    public:
        Stage(Stage&&) noexcept = default;
        Stage& operator=(Stage&&) = delete;
        ~Stage();

        [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

    private:
        friend class Cache;
        Stage(std::filesystem::path folder, Descriptor lock);
        std::filesystem::path folder_;
        Descriptor lock_;
    };
    [[nodiscard]] Stage new_stage() const;

    /// Throws GraderError, "The cache … can't be written (…): …", with errno's reason.
    [[noreturn]] void fail(int error) const;
    /// Whether so little is left that a compiler may have failed for that reason.
    [[nodiscard]] bool disk_full() const noexcept;

    /// A new file with these bytes. Throws GraderError.
    void write(const std::filesystem::path& file, const std::string& bytes) const;

private:
    [[nodiscard]] std::filesystem::path entry(const std::string& key, const char* ending) const;
    void trim() const;

    std::filesystem::path folder_;
    std::uintmax_t limit_;
};

}  // namespace lockstep
