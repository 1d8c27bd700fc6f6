#include <build/workshop.hpp>

#include <base/error.hpp>
#include <build/builder.hpp>
#include <build/cache.hpp>
#include <build/hash.hpp>
#include <build/toolkit.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <mutex>
#include <optional>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

/// Changes whenever the same toolkit would build another worker, or another text be made of what
/// the compiler says.
constexpr const char* build_version = "5";
constexpr std::uintmax_t cache_bytes = std::uintmax_t{2} << 30;

constexpr std::size_t index_of(Flavour flavour) { return flavour == Flavour::tsan ? 1 : 0; }

std::string record_of(const Built& built) {
    // Real times stay out: they are not what was made.
    return nlohmann::json{
        {"diagnostics", built.diagnostics}, {"file", built.file}, {"line", built.line}}
        .dump();
}

Built built_from(const Cache::Entry& entry) {
    const nlohmann::json json = nlohmann::json::parse(entry.record);
    Built built;
    built.worker = entry.worker;
    built.program = entry.program;
    built.diagnostics = json.at("diagnostics").get<std::string>();
    built.file = json.at("file").get<std::string>();
    built.line = json.at("line").get<unsigned>();
    return built;
}

}  // namespace

struct Workshop::State {
    State(const Kit& kit_, fs::path folder, const Limits& limits_)
        : kit{kit_}, cache{std::move(folder), cache_bytes}, limits{limits_} {}

    /// Read when first asked for: a sanitised build of the kit has no toolkit for tsan.
    const Toolkit& toolkit(Flavour flavour) {
        const std::lock_guard lock{mutex};
        std::optional<Toolkit>& toolkit = toolkits[index_of(flavour)];
        if (!toolkit) toolkit = read_toolkit(kit, flavour);
        return *toolkit;
    }

    const Kit& kit;
    Cache cache;
    Limits limits;
    std::mutex mutex;
    std::array<std::optional<Toolkit>, 2> toolkits;
};

Limits Workshop::usual_limits() {
    Limits limits;
    limits.wall = std::chrono::minutes{3};
    limits.cpu = std::chrono::seconds{40};
    limits.memory_bytes = std::size_t{2} << 30;
    limits.output_bytes = std::size_t{1} << 20;
    limits.processes = 32;
    return limits;
}

Workshop::Workshop(const Kit& kit, const Containment& containment, fs::path cache,
                   const Limits& limits)
    : containment_{containment}, state_{std::make_unique<State>(kit, std::move(cache), limits)} {
    static_cast<void>(state_->toolkit(Flavour::plain));
}

Workshop::~Workshop() = default;

Cache::Stage Workshop::scratch() const { return state_->cache.new_stage(); }

Built Workshop::build(const Submission& submission, Flavour flavour) const {
    if (!submission.complete()) {
        Built built;
        built.diagnostics = fmt::format("{}\n", fmt::join(submission.problems, "\n"));
        return built;
    }
    const std::string& exercise = submission.exercise->id;
    const Toolkit& toolkit = state_->toolkit(flavour);
    const auto scenarios = toolkit.exercises.find(exercise);
    if (scenarios == toolkit.exercises.end()) {
        throw GraderError(
            fmt::format("The toolkit {} has no scenarios for {}: write "
                        "grader/hidden/{}/scenarios.cpp, and build the kit.",
                        toolkit.folder.string(), exercise, exercise));
    }

    Hash common;
    common.add_part(build_version).add_part(check_compiler(toolkit)).add_part(toolkit.identity);
    // Without a sandbox, other files can be included.
    common.add_part(containment_.isolation().sandbox ? "sandbox" : "none").add_part(exercise);
    const std::string origin = common.text();
    Hash hash;
    hash.add_part(origin).add_part(submission.exercise->program);
    for (const SubmittedFile& file : submission.files) {
        hash.add_part(file.name).add_part(file.bytes);
    }
    const std::string key = hash.text();

    const Cache& cache = state_->cache;
    const auto find = [&]() -> std::optional<Built> {
        const std::optional<Cache::Entry> entry = cache.find(key);
        if (!entry) return std::nullopt;
        Built built = built_from(*entry);
        built.cached = true;
        return built;
    };
    if (std::optional<Built> found = find()) return *std::move(found);
    const Cache::Turn turn = cache.take_turn(key);
    // Whoever had the turn before may have built it.
    if (std::optional<Built> found = find()) return *std::move(found);

    Builder builder{toolkit,    scenarios->second, containment_, cache,
                    submission, state_->limits,    origin};
    // ThreadSanitizer looks at one process; what others do is for the plain worker to show.
    Built built = builder.build(flavour == Flavour::plain);
    if (!builder.depends_on_the_machine()) {
        const Cache::Entry stored = cache.store(key, built.worker, record_of(built), built.program);
        built.worker = stored.worker;
        built.program = stored.program;
    }
    return built;
}

fs::path default_cache() {
    const auto set = [](const char* name) -> fs::path {
        const char* value = std::getenv(name);
        return value && *value ? fs::path{value} : fs::path{};
    };
    if (fs::path cache = set("LOCKSTEP_CACHE"); !cache.empty()) return fs::absolute(cache);
    if (fs::path cache = set("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "lockstep";
    if (fs::path home = set("HOME"); home.is_absolute() && ::access(home.c_str(), W_OK) == 0) {
        return home / ".cache" / "lockstep";
    }
    // Everybody may write to /tmp, and what lies in a cache is run.
    fs::path cache = fs::temp_directory_path() / fmt::format("lockstep-{}", ::geteuid());
    ::mkdir(cache.c_str(), 0755);
    struct stat status {};
    if (::lstat(cache.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != ::geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        throw GraderError(
            fmt::format("The cache {} belongs to somebody else: name another folder "
                        "with --cache or LOCKSTEP_CACHE.",
                        cache.string()));
    }
    return cache;
}

}  // namespace lockstep
