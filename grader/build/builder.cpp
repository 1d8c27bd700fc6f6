#include <build/builder.hpp>

#include <base/error.hpp>
#include <build/hash.hpp>
#include <build/includes.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largest_file = std::size_t{256} << 20;
constexpr std::size_t scratch = std::size_t{128} << 20;
/// A file that failed this late failed by its size, and need not do so twice.
constexpr std::chrono::seconds soon{15};

constexpr const char* made_folder = "/made";
constexpr const char* worker_name = "worker";
constexpr const char* program_name = "program";

bool is_source(std::string_view file) {
    static constexpr std::array<std::string_view, 4> endings{".cpp", ".cc", ".cxx", ".c++"};
    return std::any_of(endings.begin(), endings.end(),
                       [file](std::string_view ending) { return file.ends_with(ending); });
}

/// The header that says what the student's file has to define.
std::string contract_of(const Toolkit& toolkit, const std::string& exercise) {
    std::error_code error;
    for (const auto& header : fs::directory_iterator{toolkit.headers() / exercise, error}) {
        return header.path().filename().string();
    }
    return "the exercise's header";
}

void make_folder(const fs::path& folder, fs::perms perms, const Cache& cache) {
    std::error_code error;
    fs::create_directory(folder, error);
    if (!error) fs::permissions(folder, perms, error);
    if (error) cache.fail(error.value());
}

}  // namespace

Builder::Builder(const Toolkit& toolkit, const Toolkit::Scenarios& scenarios,
                 const Containment& containment, const Cache& cache, const Submission& submission,
                 const Limits& limits, const std::string& origin)
    : toolkit_{toolkit},
      scenarios_{scenarios},
      containment_{containment},
      cache_{cache},
      submission_{submission},
      limits_{limits},
      exercise_{submission.exercise->id},
      origin_{origin},
      stage_{cache.new_stage()},
      files_{stage_.folder() / "submission"},
      made_{stage_.folder() / "made"} {
    const bool sandbox = containment_.isolation().sandbox;
    files_inside_ = sandbox ? Workshop::student_folder : files_.string();
    made_inside_ = sandbox ? made_folder : made_.string();

    // Without a sandbox, root's programs run as nobody.
    const bool for_nobody = !sandbox && ::geteuid() == 0;
    constexpr auto readable = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                              fs::perms::others_read | fs::perms::others_exec;
    std::error_code error;
    fs::permissions(stage_.folder(), readable, error);
    make_folder(files_, readable, cache_);
    make_folder(made_, for_nobody ? fs::perms::all : fs::perms::owner_all, cache_);
    for (const SubmittedFile& file : submission_.files) {
        cache_.write(files_ / file.name, file.bytes);
        names_.push_back(file.name);
    }
}

std::string Builder::source_path(const std::string& file) const {
    return files_inside_ + "/" + file;
}

std::string Builder::object_path(const std::string& name) const {
    return made_inside_ + "/" + name;
}

ShorterPaths Builder::shorter_paths() const {
    return {
        {files_inside_ + "/", ""},
        {made_inside_ + "/", ""},
        {(toolkit_.private_headers() / exercise_).string() + "/", ""},
        {(toolkit_.headers() / exercise_).string() + "/", ""},
        {toolkit_.headers().string() + "/", ""},
        {toolkit_.folder.string() + "/", ""},
    };
}

bool Builder::mentions(std::string_view word) const {
    return std::any_of(
        submission_.files.begin(), submission_.files.end(),
        [word](const SubmittedFile& file) { return file.bytes.find(word) != std::string::npos; });
}

std::string_view Builder::prelude() const {
    if (!mentions("asio")) return "standard";
    return mentions("process/v2") ? "process" : "asio";
}

std::vector<std::string> Builder::compile_command(const std::string& source,
                                                  const std::string& object,
                                                  bool with_prelude) const {
    std::vector<std::string> command{toolkit_.compiler.string()};
    command.insert(command.end(), toolkit_.compile.begin(), toolkit_.compile.end());
    const std::string headers = toolkit_.headers().string();
    for (std::string option : {
             fmt::format("-ffile-prefix-map={}={}", files_inside_, Workshop::student_folder),
             // Not -I: a student's file named "thread" would be the standard's.
             std::string{"-iquote"},
             files_inside_,
             std::string{"-iquote"},
             headers + "/" + exercise_,
             std::string{"-Wall"},
             std::string{"-Wextra"},
             std::string{toolkit_.clang ? "-ferror-limit=20" : "-fmax-errors=20"},
             std::string{"-ftemplate-backtrace-limit=6"},
             std::string{toolkit_.clang ? "-fno-color-diagnostics" : "-fdiagnostics-color=never"},
         }) {
        command.push_back(std::move(option));
    }
    if (with_prelude) {
        command.insert(command.end(),
                       {"-Winvalid-pch", "-include", toolkit_.prelude(prelude()).string()});
    } else if (mentions("asio")) {
        command.insert(command.end(), {"-include", headers + "/lab/asio/instrument.hpp"});
    }
    command.insert(command.end(), {"-c", source, "-o", object_path(object)});
    return command;
}

bool Builder::struck_down(const Outcome& outcome) {
    const auto says = [&outcome](std::string_view words) {
        return outcome.output.find(words) != std::string::npos;
    };
    if (outcome.struck_down()) return true;
    // What the compiler's driver says of its parts.
    return outcome.end == End::exited && outcome.status != 0 &&
           (says("Killed signal terminated program") || says("terminated with signal 9"));
}

Outcome Builder::run(const std::vector<std::string>& command) {
    Outcome outcome = run_once(command);
    if (outcome.starved())  // perhaps: a student can have the compiler say anything
        if (const std::string shortage = containment_.process_shortage(limits_); !shortage.empty())
            throw GraderError{shortage};
    if (!struck_down(outcome)) return outcome;
    outcome = run_once(command);
    if (outcome.lost) throw GraderError(outcome.output);
    if (struck_down(outcome)) machine_ = true;
    return outcome;
}

Outcome Builder::run_once(std::vector<std::string> command) {
    Job job;
    job.command = std::move(command);
    job.working_folder = made_inside_;
    job.mounts = {{files_, files_inside_, false},
                  {made_, made_inside_, true},
                  {toolkit_.folder, toolkit_.folder, false}};
    for (const fs::path& mount : toolkit_.mounts) job.mounts.push_back({mount, mount, false});
    // The compiler's driver looks for the assembler and the linker. Messages in ASCII; and no
    // macro tells the date.
    job.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "SOURCE_DATE_EPOCH=0"};
    job.limits = limits_;
    job.file_bytes = largest_file;
    job.scratch_bytes = scratch;
    Outcome outcome = containment_.run(job);
    if (outcome.end == End::not_started && !outcome.lost) {
        throw GraderError(fmt::format("The compiler {} can't be started ({}): run grader doctor.",
                                      toolkit_.compiler.string(), outcome.output));
    }
    if (outcome.end == End::interrupted) {
        throw GraderError("The build was interrupted: start it again.");
    }
    if ((outcome.end != End::exited || outcome.status != 0) && cache_.disk_full()) {
        cache_.fail(ENOSPC);
    }
    return outcome;
}

bool Builder::succeeded(const Outcome& outcome, const std::string& object) const {
    if (outcome.end != End::exited || outcome.status != 0) return false;
    std::error_code error;
    if (fs::symlink_status(made_ / object, error).type() != fs::file_type::regular) {
        throw GraderError(
            fmt::format("The compiler {} says that it succeeded, and made nothing: try "
                        "it by hand.",
                        toolkit_.compiler.string()));
    }
    return true;
}

std::string Builder::cut_short(const Outcome& outcome, const std::string& what) {
    switch (outcome.end) {
    case End::wall_time:
        machine_ = true;
        return fmt::format("{} took longer than {} s and was stopped.", what,
                           std::chrono::duration_cast<std::chrono::seconds>(limits_.wall).count());
    case End::cpu_time:
        return fmt::format(
            "{} took more than {} s of CPU time and was stopped: look for a template, "
            "a constant or a macro that unfolds without end.",
            what, std::chrono::duration_cast<std::chrono::seconds>(limits_.cpu).count());
    case End::memory:
        return fmt::format(
            "{} took more than {} MiB of memory and was stopped: look for a template, "
            "a macro or an #include that unfolds without end.",
            what, limits_.memory_bytes >> 20);
    case End::output:
        return fmt::format("{} printed more than {} KiB and was stopped: the first message counts.",
                           what, limits_.output_bytes >> 10);
    case End::processes: return fmt::format("{} started too many processes.", what);
    case End::signalled: return fmt::format("{} ended with signal {}.", what, outcome.status);
    default: break;
    }
    const auto says = [&outcome](std::string_view words) {
        return outcome.output.find(words) != std::string::npos;
    };
    if (outcome.status == 0) return "";
    if (says("File size limit exceeded")) {
        return fmt::format(
            "{} made a file of more than {} MiB and was stopped: look for a large "
            "array with initial values.",
            what, largest_file >> 20);
    }
    if (says("internal compiler error")) {
        return fmt::format(
            "{} failed because of a fault in the compiler: write what it names "
            "below in another way.",
            what);
    }
    return "";
}

std::string Builder::key_of(const std::string& source,
                            const std::vector<std::string>& options) const {
    // Without a sandbox, other files can be included.
    if (!containment_.isolation().sandbox) return "";
    Hash hash;
    hash.add_part("object").add_part(origin_).add_part(source).add_part(prelude());
    for (const std::string& option : options) hash.add_part(option);
    for (const SubmittedFile* file : read_with(source, submission_, toolkit_))
        hash.add_part(file->name).add_part(file->bytes);
    return hash.text();
}

Outcome Builder::compile(const std::string& source, const std::string& object,
                         const std::vector<std::string>& options, Built& built) {
    objects_.push_back(object_path(object));
    const std::string key = key_of(source, options);
    if (key.empty()) return compile_afresh(source, object, options, built);
    if (const std::optional<Cache::Entry> kept = cache_.find(key)) {
        std::error_code error;
        fs::copy_file(kept->worker, made_ / object, error);
        if (error) cache_.fail(error.value());
        Outcome outcome;
        outcome.end = End::exited;
        outcome.output = kept->record;
        return outcome;
    }
    Outcome outcome = compile_afresh(source, object, options, built);
    if (outcome.end == End::exited && outcome.status == 0 && succeeded(outcome, object))
        (void)cache_.store(key, made_ / object, outcome.output);
    return outcome;
}

Outcome Builder::compile_afresh(const std::string& source, const std::string& object,
                                const std::vector<std::string>& options, Built& built) {
    Outcome outcome;
    // The preludes bring names which a file that does not ask for them may use for its own, so what
    // fails with one has another chance.
    for (const bool with_prelude : {true, false}) {
        std::vector<std::string> command = compile_command(source, object, with_prelude);
        command.insert(command.end(), options.begin(), options.end());
        outcome = run(command);
        built.compile += outcome.wall;
        if (outcome.end != End::exited || outcome.status == 0 || outcome.cpu > soon) break;
    }
    return outcome;
}

bool Builder::compile_file(const std::string& file, Built& built) {
    const std::string object = file + ".o";
    const Outcome outcome = compile(source_path(file), object, {}, built);
    const std::string sentence = cut_short(outcome, fmt::format("Compiling {}", file));
    Diagnostics found = read_compiler_output(outcome.output, shorter_paths(), names_);
    if (!sentence.empty()) built.diagnostics += sentence + "\n";
    built.diagnostics += found.text;
    if (succeeded(outcome, object)) return true;
    built.file = found.file.empty() ? file : found.file;
    built.line = found.line;
    return false;
}

bool Builder::compile_scenarios(const std::string& source, Built& built) {
    const std::string object = fs::path{source}.stem().string() + ".o";
    const Outcome outcome = compile(
        source, object,
        {"-I", toolkit_.private_headers().string(),
         // Where it says <queue.hpp>, the standard's own come first.
         "-idirafter", files_inside_, "-idirafter", (toolkit_.headers() / exercise_).string(),
         // What is said about the student's header is theirs to read; the scenarios' source is not.
         toolkit_.clang ? "-fno-caret-diagnostics" : "-fno-diagnostics-show-caret"},
        built);
    const std::string sentence = cut_short(outcome, "Compiling the tests with your header");
    Diagnostics found = read_compiler_output(outcome.output, shorter_paths(), names_);
    const bool done = succeeded(outcome, object);
    if (!sentence.empty()) {
        built.diagnostics += sentence + "\n";
    } else if (!done) {
        built.diagnostics += fmt::format(
            "The tests can't use what {} declares: compare it with what the handout asks for.\n",
            names_.front());
    }
    built.diagnostics += found.text;
    if (done) return true;
    built.file = found.file.empty() ? names_.front() : found.file;
    built.line = found.line;
    return false;
}

bool Builder::link(const std::vector<std::string>& objects,
                   const std::vector<std::string>& libraries, const char* name, Built& built) {
    std::vector<std::string> command{toolkit_.compiler.string()};
    command.insert(command.end(), toolkit_.link.begin(), toolkit_.link.end());
    command.insert(command.end(), {"-o", object_path(name)});
    // Objects first: of functions that several bring along, such as templates', the first is taken,
    // and the student's are those that ThreadSanitizer watches.
    command.insert(command.end(), objects.begin(), objects.end());
    command.insert(command.end(), libraries.begin(), libraries.end());
    const Outcome outcome = run(command);
    built.link += outcome.wall;
    if (succeeded(outcome, name)) return true;

    const std::string sentence = cut_short(outcome, "Linking");
    const Diagnostics found = read_linker_output(outcome.output, shorter_paths(), names_,
                                                 contract_of(toolkit_, exercise_));
    if (!sentence.empty()) built.diagnostics += sentence + "\n";
    built.diagnostics += found.text;
    return false;
}

bool Builder::build_program(Built& built) {
    const std::string& file = submission_.exercise->program;
    if (!compile_file(file, built)) return false;
    const std::string object = std::exchange(objects_.back(), {});
    objects_.pop_back();
    if (link({object}, toolkit_.program_libraries, program_name, built)) return true;
    if (built.file.empty()) built.file = file;
    return false;
}

Built Builder::build(bool with_program) {
    Built built;
    const std::string& program = submission_.exercise->program;
    for (const std::string& file : names_) {
        if (is_source(file) && file != program && !compile_file(file, built)) return built;
    }
    with_program = with_program && !program.empty();
    if (with_program && !build_program(built)) return built;
    for (const std::string& source : scenarios_.sources)
        if (!compile_scenarios(source, built)) return built;
    objects_.insert(objects_.end(), scenarios_.objects.begin(), scenarios_.objects.end());
    if (!link(objects_, toolkit_.libraries, worker_name, built)) return built;
    built.worker = made_ / worker_name;
    if (with_program) built.program = made_ / program_name;
    return built;
}

}  // namespace lockstep
