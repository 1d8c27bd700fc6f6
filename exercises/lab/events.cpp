#include <lab/events.hpp>

#include <lab/runtime/tenancy.hpp>
#include <lab/runtime/world.hpp>

#include <exception>
#include <string>

namespace lab {

void event(std::string_view label, std::int64_t value) {
    runtime::Thread* self = runtime::current;
    if (self == nullptr) return;
    const runtime::Visit visit(*self);
    runtime::World& world = runtime::world();
    world.record(*self, EventKind::marked, 0, value, world.label_id(label));
}

Span::Span(std::string_view label, std::int64_t value)
    : value_(value), exceptions_(std::uncaught_exceptions()) {
    runtime::Thread* self = runtime::current;
    if (self == nullptr) return;
    const runtime::Visit visit(*self);
    runtime::World& world = runtime::world();
    label_ = world.label_id(label);
    open_ = true;
    world.record(*self, EventKind::span_begun, 0, value_, label_);
}

Span::~Span() { end(std::uncaught_exceptions() > exceptions_ ? Outcome::failed : Outcome::done); }

void Span::end(Outcome outcome) noexcept {
    if (!open_) return;
    open_ = false;
    runtime::Thread* self = runtime::current;
    if (self == nullptr) return;  // the run it began in is over
    const runtime::Visit visit(*self);
    runtime::world().record(*self, EventKind::span_ended, static_cast<ObjectId>(outcome), value_,
                            label_);
}

void compute(Duration cost) {
    runtime::Thread* self = runtime::current;
    if (self == nullptr) return;
    const runtime::Visit visit(*self);
    runtime::world().compute(*self, cost.count());
}

void out_of_bounds(std::string_view what) {
    runtime::Thread* self = runtime::current;
    if (self == nullptr) return;
    const runtime::Visit visit(*self);
    std::string words{what};
    runtime::world().end(Diagnosis::Kind::out_of_bounds, runtime::trace_name(*self) + " " + words,
                         self, words);
}

Duration now() noexcept {
    return runtime::current == nullptr ? Duration{0} : Duration{runtime::world().now()};
}

}  // namespace lab
