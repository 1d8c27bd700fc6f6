// How an interposed function enters the lab.
#pragma once

#include <lab/interpose/original.hpp>
#include <lab/runtime/tenancy.hpp>
#include <lab/runtime/world.hpp>

#include <utility>

namespace lab::interpose {

/// Calls `inside(world, self)` when the caller is a thread of a run, else `outside()`.
template <class Outside, class Inside>
inline auto enter(Outside outside, Inside inside) -> decltype(outside()) {
    runtime::Thread* self = runtime::current;
    if (self == nullptr) [[likely]]
        return outside();
    const runtime::Visit visit(*self);
    return inside(runtime::world(), *self);
}

}  // namespace lab::interpose
