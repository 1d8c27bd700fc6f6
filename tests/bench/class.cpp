// A class: what grading it costs as it grows, when nothing has changed and when a little has,
// against the plain way of doing it.
//
// LOCKSTEP_BENCH_STUDENTS: how large the class is at each look ("50 100 200 400").
// LOCKSTEP_BENCH_PLAIN: how many are graded the plain way, a sample (4).
//
// Submissions are made: of the solution of exercise 01, its mutants, and the corpus, each with a
// comment of its own, for no two students hand in the same bytes.
#include "bench.hpp"

#include <base/read_file.hpp>
#include <base/scratch_folder.hpp>
#include <gradebook/gradebook.hpp>
#include <mutation/mutants.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace {

namespace fs = std::filesystem;

constexpr const char* exercise = "01-threaded-io";
constexpr const char* file = "downloads.cpp";

std::string read(const fs::path& path) {
    std::optional<std::string> bytes = lockstep::read_bytes(path);
    if (!bytes) throw std::runtime_error{path.string() + " can't be read."};
    return *std::move(bytes);
}

/// What students hand in, without what makes it theirs.
std::vector<std::string> kinds_of_submissions() {
    const fs::path kit{KIT};
    const std::string solution = read(kit / "solutions" / exercise / file);
    std::vector<std::string> kinds{solution};
    for (mutation::Mutant& mutant : mutation::mutants_of(solution))
        kinds.push_back(std::move(mutant.source));
    std::set<fs::path> corpus;
    for (const char* part : {"correct", "wrong"})
        for (const auto& entry :
             fs::directory_iterator{kit / "tests/submissions" / exercise / part})
            if (fs::exists(entry.path() / file)) corpus.insert(entry.path() / file);
    for (const fs::path& path : corpus) kinds.push_back(read(path));
    return kinds;
}

class Class {
public:
    void grow_to(std::size_t students) {
        for (; size_ < students; ++size_) hand_in(size_, 0);
    }
    /// One in `every` hands in something else.
    void change(std::size_t every) const {
        for (std::size_t student = 0; student < size_; student += every) hand_in(student, 1);
    }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] fs::path folder() const { return scratch_.path() / "submissions"; }
    [[nodiscard]] fs::path results() const { return scratch_.path() / "results"; }
    [[nodiscard]] fs::path cache() const { return scratch_.path() / "cache"; }
    [[nodiscard]] fs::path plain(std::size_t number) const {
        return scratch_.path() / ("plain" + std::to_string(number));
    }
    [[nodiscard]] fs::path of(std::size_t student) const {
        return folder() / fmt::format("student-{:03}", student);
    }

private:
    void hand_in(std::size_t student, std::size_t version) const {
        fs::create_directories(of(student));
        // Prime to most numbers of kinds, so that neighbours differ.
        constexpr std::size_t step = 37;
        std::ofstream{of(student) / file, std::ios::binary}
            << kinds_[(student * step + version) % kinds_.size()] << "\n// student " << student
            << '.' << version << '\n';
    }

    lockstep::ScratchFolder scratch_;
    std::vector<std::string> kinds_ = kinds_of_submissions();
    std::size_t size_ = 0;
};

struct Ran {
    double wall = 0;         ///< seconds
    double peak_memory = 0;  ///< MiB, of the largest of its processes
    std::string said;
};

/// Runs it to its end. Throws where the exit code is not 0.
Ran run(std::vector<std::string> words, const fs::path& output) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error{"No process could be made."};
    if (child == 0) {
        const int descriptor = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(descriptor, STDOUT_FILENO);
        ::dup2(descriptor, STDERR_FILENO);
        ::execvp(arguments.front(), arguments.data());
        ::_exit(127);
    }
    int status = 0;
    rusage usage{};
    ::wait4(child, &status, 0, &usage);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    Ran ran{wall.count(), static_cast<double>(usage.ru_maxrss) / 1'024, read(output)};
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error{fmt::format("{} failed: {}", words.front(), ran.said)};
    return ran;
}

Ran grade(const Class& students) {
    return run({GRADER, "class", students.folder().string(), "--out", students.results().string(),
                "--seed", "1", "--cache", students.cache().string()},
               students.cache().string() + ".said");
}

double mebibytes(const fs::path& folder) {
    std::uintmax_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator{folder})
        if (entry.is_regular_file()) bytes += entry.file_size();
    return static_cast<double>(bytes) / (1 << 20);
}

std::size_t attempts(const Class& students) {
    return lockstep::Gradebook{students.results(), lockstep::Gradebook::Opening::existing}
        .all()
        .size();
}

/// Seconds for one submission, on average, with one under way on each core.
double plain_way(const Class& students, std::size_t sample) {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<double> seconds(sample);
    std::vector<std::thread> workers;
    for (std::size_t core = 0; core < cores; ++core)
        workers.emplace_back([&, core] {
            for (std::size_t each = core; each < sample; each += cores) {
                const Ran ran = run({"cmake", fmt::format("-DSOURCE={}", KIT),
                                     fmt::format("-DFOLDER={}", students.plain(core).string()),
                                     fmt::format("-DFILE={}", (students.of(each) / file).string()),
                                     fmt::format("-DCOMPILER={}", COMPILER), "-P",
                                     fmt::format("{}/tests/bench/plain_way.cmake", KIT)},
                                    students.plain(core).string() + ".said");
                seconds[each] = std::stod(ran.said) / 1'000;
            }
        });
    for (std::thread& worker : workers) worker.join();
    double sum = 0;
    for (const double each : seconds) sum += each;
    return sum / static_cast<double>(sample) / static_cast<double>(std::min(cores, sample));
}

std::vector<std::size_t> sizes() {
    const char* wanted = std::getenv("LOCKSTEP_BENCH_STUDENTS");
    std::istringstream list{wanted == nullptr ? "50 100 200 400" : wanted};
    return {std::istream_iterator<std::size_t>{list}, {}};
}

std::size_t sample() {
    const char* wanted = std::getenv("LOCKSTEP_BENCH_PLAIN");
    return wanted == nullptr ? 4 : static_cast<std::size_t>(std::atoi(wanted));
}

void measure() {
    bench::introduce("class");
    Class students;
    double cold = 0;
    {
        const bench::Table table{"A class that grows: only who is new is graded",
                                 {{"students", 8},
                                  {"graded", 8},
                                  {"s", 8},
                                  {"s each", 8},
                                  {"per minute", 10},
                                  {"memory MiB", 10},
                                  {"cache MiB", 10},
                                  {"gradebook MiB", 13}}};
        for (const std::size_t size : sizes()) {
            const std::size_t before = students.size();
            students.grow_to(size);
            const Ran ran = grade(students);
            const auto graded = static_cast<double>(students.size() - before);
            cold = ran.wall / graded;
            table.row({std::to_string(students.size()), bench::number(graded),
                       bench::number(ran.wall), bench::number(cold), bench::number(60 / cold),
                       bench::number(ran.peak_memory), bench::number(mebibytes(students.cache())),
                       bench::number(mebibytes(students.results()))});
        }
    }
    if (attempts(students) != students.size())
        throw std::runtime_error{"Somebody was graded twice, or not at all."};

    constexpr std::size_t one_in = 20;
    const auto all = static_cast<double>(students.size());
    const Ran same = grade(students);
    const Ran again = run({GRADER, "regrade", students.results().string(), "--dry-run", "--cache",
                           students.cache().string()},
                          students.cache().string() + ".said");
    students.change(one_in);
    const Ran little = grade(students);
    const double plain = plain_way(students, sample());

    const bench::Table table{fmt::format("{} students, against the plain way: {} s each, the mean "
                                         "of {}, one on each core",
                                         students.size(), bench::number(plain), sample()),
                             {{"", 44}, {"s", 8}, {"s each", 8}, {"times faster", 12}}};
    const auto row = [&](const std::string& what, double seconds, double count) {
        table.row({what, bench::number(seconds), bench::number(seconds / count),
                   bench::number(plain * count / seconds)});
    };
    row("for the first time (the last step above)", cold, 1);
    row("the same call again: nothing has changed", same.wall, all);
    row("regraded, all judged anew: nothing to compile", again.wall, all);
    row("the same call after one in twenty has changed", little.wall, all);
}

}  // namespace

int main() { return bench::run(measure); }
