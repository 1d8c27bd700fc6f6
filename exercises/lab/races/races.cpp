// How ThreadSanitizer's reports are caught.
//
// Theory of operation. The runtime calls `__tsan::OnReport`, a weak function that applications may
// define (tsan_rtl_report.cpp: "Can be overriden by an application/test to intercept reports"),
// with each report before it prints it; the answer "suppressed" keeps it from being printed and
// from counting for the exit code. The debuggers' interface (tsan_debugging.cpp) reads what is in
// it.
//
// The call comes with the runtime's locks held, and from inside an access of the program: the hook
// must neither allocate nor call anything that is intercepted. So it fills raw reports made before,
// and `take` turns them into values later. The runtime makes one report at a time (report_mtx).
//
// In programs without the runtime nothing calls the hook, and the weak functions are null.
#include <lab/races/races.hpp>

#include <lab/races/annotations.hpp>
#include <lab/symbols/variable.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <string_view>

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
[[gnu::weak]] int __tsan_get_report_data(void* report, const char** description, int* count,
                                         int* stacks, int* accesses, int* locations, int* mutexes,
                                         int* threads, int* unique_threads, void** sleep_trace,
                                         unsigned long trace_size);
[[gnu::weak]] int __tsan_get_report_stack(void* report, unsigned long index, void** trace,
                                          unsigned long trace_size);
[[gnu::weak]] int __tsan_get_report_mop(void* report, unsigned long index, int* thread,
                                        void** address, int* size, int* write, int* atomic,
                                        void** trace, unsigned long trace_size);
[[gnu::weak]] int __tsan_get_report_loc(void* report, unsigned long index, const char** type,
                                        void** address, void** start, unsigned long* size,
                                        int* thread, int* descriptor, int* suppressable,
                                        void** trace, unsigned long trace_size);
[[gnu::weak]] int __tsan_get_report_thread(void* report, unsigned long index, int* thread,
                                           std::uint64_t* system_thread, int* running,
                                           const char** name, int* parent, void** trace,
                                           unsigned long trace_size);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace lab::races {
namespace {

using RawStack = std::array<void*, 64>;  // ends at the first null

struct RawAccess {
    int thread = -1;
    std::uint64_t system_thread = 0;
    void* address = nullptr;
    int size = 0;
    int write = 0;
    int atomic = 0;
    RawStack stack{};
};

struct RawReport {
    const char* what = "";  // static strings of the runtime
    const char* location = nullptr;
    void* start = nullptr;
    unsigned long size = 0;
    int descriptor = -1;
    int access_count = 0;
    bool is_race = false;
    std::array<RawAccess, 4> accesses;
    RawStack location_stack{};
};

constexpr std::size_t capacity = 32;
std::array<RawReport, capacity> raw_reports;
std::atomic<std::size_t> raw_count{0};
std::atomic<bool> keeping{false};

// Called by the runtime: see above for what it may not do.
void keep(void* report) noexcept {
    const std::size_t index = raw_count.load(std::memory_order_relaxed);
    if (index == capacity) return;
    RawReport& raw = raw_reports[index];

    int count = 0, stacks = 0, accesses = 0, locations = 0, mutexes = 0, threads = 0, unique = 0;
    void* sleep_trace[1];
    __tsan_get_report_data(report, &raw.what, &count, &stacks, &accesses, &locations, &mutexes,
                           &threads, &unique, sleep_trace, 1);

    const int most = static_cast<int>(raw.accesses.size());
    raw.is_race = accesses > 0;
    raw.access_count = std::min(raw.is_race ? accesses : stacks, most);
    for (int i = 0; i < raw.access_count; ++i) {
        RawAccess& access = raw.accesses[static_cast<std::size_t>(i)];
        const auto at = static_cast<unsigned long>(i);
        if (raw.is_race) {
            __tsan_get_report_mop(report, at, &access.thread, &access.address, &access.size,
                                  &access.write, &access.atomic, access.stack.data(),
                                  access.stack.size());
        } else {
            __tsan_get_report_stack(report, at, access.stack.data(), access.stack.size());
        }
    }
    for (int i = 0; i < threads; ++i) {
        int thread = -1, running = 0, parent = -1;
        std::uint64_t system_thread = 0;
        const char* name = nullptr;
        void* trace[1];
        __tsan_get_report_thread(report, static_cast<unsigned long>(i), &thread, &system_thread,
                                 &running, &name, &parent, trace, 1);
        for (RawAccess& access : raw.accesses) {
            if (access.thread == thread) access.system_thread = system_thread;
        }
    }
    if (locations > 0) {
        void* address = nullptr;
        int thread = -1, suppressable = 0;
        __tsan_get_report_loc(report, 0, &raw.location, &address, &raw.start, &raw.size, &thread,
                              &raw.descriptor, &suppressable, raw.location_stack.data(),
                              raw.location_stack.size());
    }
    raw_count.store(index + 1, std::memory_order_release);
}

// The runtime gives an address once for every function that was inlined there.
std::vector<void*> stack_of(const RawStack& raw) {
    std::vector<void*> stack;
    for (void* address : raw) {
        if (address == nullptr) break;
        if (stack.empty() || stack.back() != address) stack.push_back(address);
    }
    return stack;
}

std::string bytes(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

std::string location_of(const RawReport& raw) {
    const std::string_view kind = raw.location != nullptr ? raw.location : "";
    if (kind == "heap") return "a heap block of " + bytes(raw.size);
    if (kind == "stack") return "a stack";
    if (kind == "tls") return "a thread's thread-local storage";
    if (kind == "fd") return "file descriptor " + std::to_string(raw.descriptor);
    if (raw.is_race && raw.access_count > 0) {
        const std::string name = variable_at(raw.accesses[0].address);
        if (!name.empty()) return "global variable '" + name + "'";
    }
    return "";
}

std::string name_of(std::string_view description) {
    if (description == "data-race") return "data race";
    if (description == "data-race-vptr") return "data race on an object's virtual table pointer";
    return std::string(description);
}

Access access_of(const RawAccess& raw, bool is_race, bool first) {
    Access access;
    access.stack = stack_of(raw.stack);
    if (!is_race) return access;
    access.address = raw.address;
    access.size = static_cast<std::size_t>(raw.size);
    access.write = raw.write != 0;
    access.atomic = raw.atomic != 0;
    access.tsan_thread = raw.thread;
    access.system_thread = raw.system_thread;
    access.what = std::string(first ? "" : "previous ") + (access.atomic ? "atomic " : "") +
                  (access.write ? "write" : "read") + " of " + bytes(access.size);
    return access;
}

}  // namespace

void begin() noexcept {
    const tsan::Ignored ignored;
    std::fill_n(raw_reports.begin(), raw_count.load(std::memory_order_acquire), RawReport{});
    raw_count.store(0, std::memory_order_relaxed);
    keeping.store(true, std::memory_order_release);
}

void end() noexcept { keeping.store(false, std::memory_order_release); }

bool any() noexcept { return raw_count.load(std::memory_order_relaxed) != 0; }

std::vector<Report> take() {
    const tsan::Ignored ignored;
    std::vector<Report> reports;
    const std::size_t count = raw_count.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < count; ++i) {
        RawReport& raw = raw_reports[i];
        Report& report = reports.emplace_back();
        report.what = name_of(raw.what);
        report.race = raw.is_race;
        for (int k = 0; k < raw.access_count; ++k) {
            report.accesses.push_back(
                access_of(raw.accesses[static_cast<std::size_t>(k)], raw.is_race, k == 0));
        }
        report.location = location_of(raw);
        report.location_stack = stack_of(raw.location_stack);
        raw = RawReport{};
    }
    raw_count.store(0, std::memory_order_release);
    return reports;
}

}  // namespace lab::races

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
namespace __tsan {

class ReportDesc;

// Declared here because no header of the runtime does.
bool OnReport(const ReportDesc* report, bool suppressed);

bool OnReport(const ReportDesc* report, bool suppressed) {
    if (!lab::races::keeping.load(std::memory_order_acquire)) return suppressed;
    if (!suppressed) lab::races::keep(const_cast<ReportDesc*>(report));
    return true;
}

}  // namespace __tsan
