// What the benchmarks share: what a piece of work costs, and tables.
//
// The machines that this is run on are noisy. So everything is measured in several short
// repetitions, of which the median counts, and beside the time on the wall there is the CPU time of
// the process, which neighbours change less.
#pragma once

#include <fmt/format.h>

#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

// By these functions it is known what the program was linked with.
extern "C" {
[[gnu::weak]] void __tsan_acquire(void*);
[[gnu::weak]] void __tsan_read4(void*);
[[gnu::weak]] void __asan_init();
}

namespace bench {

/// Seconds.
struct Cost {
    double wall = 0;
    double cpu = 0;  ///< of all threads of the process, in user and kernel mode
};

/// All CPU time of this process so far, in seconds.
inline double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class Work>
[[nodiscard]] Cost cost_of(Work&& work) {
    const double cpu = cpu_seconds();
    const auto begin = std::chrono::steady_clock::now();
    std::forward<Work>(work)();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    return {wall.count(), cpu_seconds() - cpu};
}

/// Precondition: there are values.
[[nodiscard]] inline double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// The median of each.
[[nodiscard]] inline Cost median(const std::vector<Cost>& costs) {
    std::vector<double> wall;
    std::vector<double> cpu;
    for (const Cost& cost : costs) {
        wall.push_back(cost.wall);
        cpu.push_back(cost.cpu);
    }
    return {median(std::move(wall)), median(std::move(cpu))};
}

/// "12,345". Precondition: not negative.
[[nodiscard]] inline std::string grouped(double number) {
    const std::string digits = fmt::format("{:.0f}", number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i != 0 && (digits.size() - i) % 3 == 0) {
            text += ',';
        }
        text += digits[i];
    }
    return text;
}

/// Three digits that count, or more: "0.0123", "4.56", "789", "12,345".
[[nodiscard]] inline std::string number(double value) {
    if (value < 0) {
        return fmt::format("-{}", number(-value));
    }
    if (value == 0 || value >= 1'000) {
        return grouped(value);
    }
    const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4;
    return fmt::format("{:.{}f}", value, decimals);
}

/// Rows under a heading. Each row is printed as soon as it is known, so columns have fixed widths:
/// those of their titles, or the given ones where those are larger. The first is set flush left, as
/// are those with a negative width; the others, being numbers, flush right.
class Table {
public:
    struct Column {
        std::string_view title;
        int width = 0;
    };

    Table(std::string_view heading, std::vector<Column> columns) : columns_(std::move(columns)) {
        fmt::print("\n{}\n\n", heading);
        std::vector<std::string> titles;
        std::size_t line = 0;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            titles.emplace_back(columns_[i].title);
            line += width_of(i) + (i == 0 ? 0 : 2);
        }
        row(titles);
        fmt::print("  {:-<{}}\n", "", line);
    }

    void row(const std::vector<std::string>& cells) const {
        std::string line = " ";
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const bool left = i == 0 || columns_[i].width < 0;
            line += i == 0 ? " " : "  ";
            line += left ? fmt::format("{:<{}}", cells[i], width_of(i))
                         : fmt::format("{:>{}}", cells[i], width_of(i));
        }
        line.erase(line.find_last_not_of(' ') + 1);
        fmt::print("{}\n", line);
        std::fflush(stdout);
    }

private:
    [[nodiscard]] std::size_t width_of(std::size_t column) const {
        return std::max(columns_[column].title.size(),
                        static_cast<std::size_t>(std::abs(columns_[column].width)));
    }

    std::vector<Column> columns_;
};

/// The first line of a benchmark: what was built, and how busy the machine is.
inline void introduce(std::string_view name) {
#if defined(__clang__)
    const std::string compiler = fmt::format("Clang {}", __clang_major__);
#else
    const std::string compiler = fmt::format("GCC {}.{}", __GNUC__, __GNUC_MINOR__);
#endif
#if defined(__OPTIMIZE__) && defined(NDEBUG)
    constexpr std::string_view optimised = "optimised";
#elif defined(__OPTIMIZE__)
    constexpr std::string_view optimised = "a debug build";
#else
    constexpr std::string_view optimised = "not optimised";
#endif
    const std::string_view checked = __tsan_acquire != nullptr ? ", ThreadSanitizer"
                                     : __tsan_read4 != nullptr ? ", memory points"
                                     : __asan_init != nullptr  ? ", AddressSanitizer"
                                                               : "";
    double load[1] = {0};
    const bool known = getloadavg(load, 1) == 1;
    fmt::print("\n{}: {}, {}{}; {} processors, {}\n", name, compiler, optimised, checked,
               std::thread::hardware_concurrency(),
               known ? fmt::format("load {:.1f}", load[0]) : "of unknown load");
}

/// The exit code of a benchmark that measures by `measure`; what that throws is said.
inline int run(void (*measure)()) {
    try {
        measure();
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}\n", failure.what());
        return 1;
    }
    return 0;
}

}  // namespace bench
