// What is written down while a run goes on, and how it becomes a trace.
#include <lab/runtime/world.hpp>

#include <lab/symbols/capture.hpp>

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <typeinfo>

namespace lab::runtime {

void World::record(Thread& self, EventKind kind, ObjectId object, std::int64_t value,
                   std::uint32_t label) {
    parts_.events.push_back({steps_, Duration{now_}, self.id, kind, object, value, label,
                             record_stacks_ ? capture() : 0});
}

StackId World::capture() {
    if (!record_stacks_) return 0;
    StackRecord stack;
    stack.depth = capture_stack(stack.frames.data(), stack.frames.size(), 1);
    std::uint64_t hash = stack.depth;
    for (std::size_t i = 0; i < stack.depth; ++i)
        hash = (hash ^ reinterpret_cast<std::uintptr_t>(stack.frames[i])) * 0x100000001b3ULL;
    const auto [found, is_new] =
        stack_ids_.try_emplace(hash, static_cast<StackId>(parts_.stacks.size()));
    if (is_new)
        parts_.stacks.emplace_back(stack.frames.begin(),
                                   stack.frames.begin() + static_cast<std::ptrdiff_t>(stack.depth));
    return found->second;
}

std::uint32_t World::label_id(std::string_view label) {
    if (label.empty()) return 0;
    for (std::size_t i = 1; i < parts_.labels.size(); ++i)
        if (parts_.labels[i] == label) return static_cast<std::uint32_t>(i);
    parts_.labels.emplace_back(label);
    return static_cast<std::uint32_t>(parts_.labels.size() - 1);
}

std::string trace_name(const Thread& thread) {
    const std::string number = thread.id == 0 ? "main" : "thread " + std::to_string(thread.id);
    return thread.name[0] == '\0' ? number : std::string(thread.name) + " (" + number + ")";
}

std::string describe_exception(const std::exception& exception) {
    int failed = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(typeid(exception).name(), nullptr, nullptr, &failed), &std::free);
    return std::string(failed == 0 ? name.get() : typeid(exception).name()) + ": " +
           exception.what();
}

std::string World::object_name(const Object& object) const {
    const auto [kind, number] = objects_.names()[object.id];
    return std::string(name_of(kind)) + " #" + std::to_string(number);
}

void World::finish_threads() {
    parts_.threads.resize(thread_count_);
    for (std::size_t i = 0; i < thread_count_; ++i) {
        const Thread& thread = threads_[i];
        ThreadInfo& info = parts_.threads[i];
        if (thread.name[0] != '\0')
            info.name = thread.name;
        else
            info.name = i == 0 ? "main" : "thread " + std::to_string(i);
        info.creator = thread.creator;
        info.created_at = thread.created_at;
        info.ended = thread.ended;
        info.joined = thread.joined;
        info.detached = thread.detached;
        info.cpu = Duration{thread.cpu};
    }
}

}  // namespace lab::runtime
