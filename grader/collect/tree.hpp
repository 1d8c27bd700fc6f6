// What somebody handed in, as a tree of names. Nothing in it is trusted.
#pragma once

#include <exercise/manifest.hpp>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace lockstep {

/// A file's bytes, or the sentence that says why they are not taken.
struct Taken {
    std::string bytes;
    std::string refusal;  ///< the end of a sentence that begins with the name: "is a FIFO."
};

class Tree {
public:
    Tree() = default;
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    virtual ~Tree() = default;

    /// Whether there is anything of that name, whatever it is. `path` has '/' between its parts.
    [[nodiscard]] virtual bool has(const std::string& path) const = 0;
    /// A file that `has` found.
    [[nodiscard]] virtual Taken read(const std::string& path) const = 0;
    /// The names of the outermost folders.
    [[nodiscard]] virtual std::vector<std::string> folders() const = 0;
};

/// Nothing below the folder is followed out of it. Throws UsageError when it can't be read, or is
/// empty.
[[nodiscard]] std::unique_ptr<Tree> open_folder(const std::filesystem::path& path);

/// A .zip, .tar or .tar.gz, told by its content. Only files of these names are kept, in memory;
/// nothing is unpacked. Throws UsageError when it is no such archive, damaged, or a bomb.
[[nodiscard]] std::unique_ptr<Tree> open_archive(const std::filesystem::path& path,
                                                 const std::set<std::string>& names);

}  // namespace lockstep
