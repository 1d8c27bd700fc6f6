#include "program.hpp"

#include "topics.hpp"

#include <array>
#include <string>
#include <vector>

namespace corpus {
namespace {

constexpr std::array all_topics{
    Topic{"locks", locks},
    Topic{"lock_orders", lock_orders},
    Topic{"dining", dining},
    Topic{"conditions", conditions},
    Topic{"monitors", monitors},
    Topic{"queues", queues},
    Topic{"pipelines", pipelines},
    Topic{"check_then_act", check_then_act},
    Topic{"atomics", atomics},
    Topic{"lock_free", lock_free},
    Topic{"spinning", spinning},
    Topic{"publication", publication},
    Topic{"races", races},
    Topic{"barriers", barriers},
    Topic{"semaphores", semaphores},
    Topic{"readers_writers", readers_writers},
    Topic{"futures", futures},
    Topic{"pools", pools},
    Topic{"threads", threads},
    Topic{"leaks", leaks},
    Topic{"last_words", last_words},
    Topic{"timeouts", timeouts},
    Topic{"stop_tokens", stop_tokens},
    Topic{"posix_threads", posix_threads},
    Topic{"event_loops", event_loops},
    Topic{"loop_timers", loop_timers},
    Topic{"channels", channels},
    Topic{"loops_and_threads", loops_and_threads},
};

std::vector<Program> collect() {
    std::vector<Program> all;
    for (const Topic& topic : all_topics) {
        const std::span<const Program> rows = topic.rows();
        all.insert(all.end(), rows.begin(), rows.end());
    }
    return all;
}

}  // namespace

std::span<const Topic> topics() { return all_topics; }

std::span<const Program> programs() {
    static const std::vector<Program> all = collect();
    return all;
}

void expect(bool holds, std::string_view otherwise) {
    if (!holds) {
        throw WrongResult{std::string{otherwise}};
    }
}

}  // namespace corpus
