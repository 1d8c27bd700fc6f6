#include <support/flights.hpp>

#include <lab/events.hpp>
#include <lab/observe.hpp>
#include <support/journal.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <limits>

namespace lockstep {
namespace {

std::uint64_t next_value(std::uint64_t value) {
    if (value % 2 == 0) return value / 2;
    if (value > (std::numeric_limits<std::uint64_t>::max() - 1) / 3)
        throw std::overflow_error{"A flight left the range of 64 bits: choose smaller numbers."};
    return 3 * value + 1;
}

Flight values_from(std::uint64_t start) {
    Flight values{start};
    if (start == 1) return values;
    while (values.back() >= start) values.push_back(next_value(values.back()));
    return values;
}

/// About a microsecond of work for each value, of which the compiler can leave out nothing: each
/// round waits for the one before.
void work_for(const Flight& values) {
    constexpr int rounds_in_a_microsecond = 400;
    std::uint64_t mixed = values.front();
    for (std::size_t i = 0; i < values.size() * rounds_in_a_microsecond; ++i)
        mixed = mixed * 6364136223846793005U + 1442695040888963407U;
    asm volatile("" : : "r"(mixed));
}

}  // namespace

Flight flight(std::uint64_t start) {
    if (start == 0) throw std::invalid_argument{"A flight starts at 1 or above."};
    const lab::Span span{"flight", static_cast<std::int64_t>(start)};
    Flight values = values_from(start);
    if (lab::observing())
        lab::compute(std::chrono::microseconds{values.size()});
    else if (journal::Entry entry{start, values.size()}; entry.wanted())
        entry.compute();  // a test looks on: it wants to see who flies, and needs no hard work
    else
        work_for(values);
    return values;
}

bool beats(const Flight& flight, const Flight& best) noexcept {
    if (flight.size() != best.size()) return flight.size() > best.size();
    return !flight.empty() && flight.front() < best.front();
}

Flight longest_flight(Range range) {
    Flight best;
    for (std::uint64_t start = range.first; start < range.last; ++start)
        if (Flight next = flight(start); beats(next, best)) best = std::move(next);
    return best;
}

std::string worker_program() {
    if (const char* given = std::getenv("LOCKSTEP_WORKER"); given != nullptr && *given != '\0')
        return given;
    // The exercise's programs differ in what comes behind the last '_': _tests, _races, _worker.
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
    const std::string name = self.filename().string();
    return self.parent_path() / (name.substr(0, name.find_last_of('_')) + "_worker");
}

}  // namespace lockstep
