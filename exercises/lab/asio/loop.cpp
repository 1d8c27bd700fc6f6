// Asio's per-thread list of running schedulers is a thread_local that the linker makes one of, so
// what this file asks is what the program's own Asio knows. Its names are Asio's internals: they
// are the same from 1.74 to 1.87.
#include <lab/asio/loop.hpp>

#include <boost/asio/detail/posix_thread.hpp>
#include <boost/asio/detail/thread_context.hpp>

namespace lab::asio {

bool inside_loop() noexcept {
    return boost::asio::detail::thread_context::top_of_thread_call_stack() != nullptr;
}

bool is_library_thread(void* (*start_routine)(void*)) noexcept {
    return start_routine == &boost::asio::detail::boost_asio_detail_posix_thread_function;
}

}  // namespace lab::asio
