// Included ahead of everything else in programs that link Lockstep::lab_asio (by the compiler's
// -include), so that their own sources stay as they are.
//
// Coroutines are seen through the allocation of their frames: Asio's promise type has an operator
// new and an operator delete of its own, and the ones for the default executor are specialised here
// to do what Asio's do, and to tell the lab.
#pragma once

// NOLINTNEXTLINE(bugprone-macro-parentheses): Asio includes what it is
#define BOOST_ASIO_CUSTOM_HANDLER_TRACKING <lab/asio/tracking.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <lab/asio/hooks.hpp>

#include <cstddef>

#if !defined(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)

namespace boost::asio::detail {

// Never inlined: the return address says which coroutine it is.
template <>
[[gnu::noinline]] inline void* awaitable_frame_base<any_io_executor>::operator new(
    std::size_t size) {
    void* frame = thread_info_base::allocate(thread_info_base::awaitable_frame_tag(),
                                             thread_context::top_of_thread_call_stack(), size);
    lab::asio::frame_made(frame, __builtin_return_address(0));
    return frame;
}

// Nor this one: GCC 12 would see std::free called on what the other has returned, and warn.
template <>
[[gnu::noinline]] inline void awaitable_frame_base<any_io_executor>::operator delete(
    void* frame, std::size_t size) {
    lab::asio::frame_gone(frame);
    thread_info_base::deallocate(thread_info_base::awaitable_frame_tag(),
                                 thread_context::top_of_thread_call_stack(), frame, size);
}

}  // namespace boost::asio::detail

#endif
