#include <lab/observe.hpp>

#include <lab/place.hpp>
#include <lab/races/races.hpp>
#include <lab/runtime/host.hpp>
#include <lab/runtime/recycling.hpp>
#include <lab/runtime/session.hpp>
#include <lab/runtime/world.hpp>

#include <cstdlib>
#include <string_view>

namespace lab {

namespace {

bool user_level(Handover wanted) {
    if (wanted == Handover::automatic)
        if (const char* override = std::getenv("LAB_HANDOVER"); override != nullptr) {
            const std::string_view name = override;
            if (name == "futex")
                wanted = Handover::futex;
            else if (name == "user_level")
                wanted = Handover::user_level;
            else if (name != "automatic" && !name.empty())
                throw Error("LAB_HANDOVER is \"" + std::string(name) +
                            "\": set it to automatic, user_level or futex");
        }
    const bool possible = runtime::can_switch_at_user_level();
    if (wanted == Handover::user_level && !possible)
        throw Error(
            "this machine does not let user space switch threads (it takes an x86-64 processor, "
            "no shadow stack, and Linux 5.9 or leave to call arch_prctl): use Handover::futex or "
            "Handover::automatic");
    return wanted != Handover::futex && possible;
}

void check(const Options& options) {
    const auto require = [](bool holds, const char* sentence) {
        if (!holds) throw Error(sentence);
    };
    require(options.cores >= 1 && options.cores <= 1024, "Options::cores must be 1 to 1024");
    require(options.max_steps >= 1, "Options::max_steps must be at least 1");
    require(options.max_spin >= 1, "Options::max_spin must be at least 1");
    require(options.horizon > Duration::zero(), "Options::horizon must be positive");
    require(options.patience >= std::chrono::milliseconds{10},
            "Options::patience must be at least 10 ms");
    require(options.policy.depth >= 1, "Policy::depth must be at least 1");
}

}  // namespace

namespace runtime {

Trace play(const std::function<void()>& body, const Options& options, TraceParts&& recycled) {
    check(options);
    World& the_world = world();
    races::begin();
    TraceParts parts =
        the_world.run(body, options, user_level(options.handover), std::move(recycled));
    races::end();
    if (std::exception_ptr passing = the_world.take_passing_exception())
        std::rethrow_exception(passing);
    return TraceBuilder::build(std::move(parts));
}

}  // namespace runtime

Trace observe(const std::function<void()>& body, const Options& options) {
    const runtime::Session session(options.patience);
    return runtime::play(body, options, {});
}

void prepare() {
    (void)runtime::world();
    // Where accesses are watched, whose they are is asked in every run.
    if (runtime::sanitised()) {
        void* const here = __builtin_return_address(0);
        (void)places_of({&here, 1});
    }
}

bool observing() noexcept { return runtime::current != nullptr; }

}  // namespace lab
