#include <lab/asio/hooks.hpp>

#include <lab/runtime/tenancy.hpp>
#include <lab/runtime/world.hpp>

namespace lab::asio {

namespace {

template <class Tell>
void tell_world(Tell tell) noexcept {
    runtime::Thread* self = runtime::current;
    if (self == nullptr) return;
    const runtime::Visit visit(*self);
    tell(runtime::world());
}

}  // namespace

void frame_made(const void* frame, void* caller) noexcept {
    tell_world([&](runtime::World& world) { world.coroutine_made(frame, caller); });
}

void frame_gone(const void* frame) noexcept {
    tell_world([&](runtime::World& world) { world.coroutine_gone(frame); });
}

void wait_begun(const void* operation) noexcept {
    tell_world([&](runtime::World& world) { world.timer_wait_begun(operation); });
}

void wait_over(const void* operation) noexcept {
    tell_world([&](runtime::World& world) { world.timer_wait_over(operation); });
}

}  // namespace lab::asio
