#include <lab/printable.hpp>
#include <lab/summary.hpp>

#include <algorithm>
#include <fmt/format.h>

namespace lab {

std::string summary(const Trace& trace, const TextStyle& style) {
    std::string text = fmt::format(
        "a run of {}: {}, seed {}; {}, {}", printable::count(trace.threads().size(), "thread"),
        trace.policy().describe(), trace.seed(), printable::count(trace.steps(), "step"),
        trace.makespan().count() == 0 ? "no time passed" : printable::human(trace.makespan()));
    if (trace.clean()) {
        text += trace.completed() ? "; no diagnosis" : "; not completed";
    }
    // The timeline names the diagnoses themselves.
    if (!style.unicode) {
        text = printable::ascii(text);
    }
    return printable::wrap(text, std::max(style.width, 40U), 2) + draw_text(trace, style);
}

}  // namespace lab
