// Asio's own hook for watching operations (BOOST_ASIO_CUSTOM_HANDLER_TRACKING, in its documentation
// under "Handler Tracking"). The lab only asks for timers' waits, and adds nothing to any object,
// so that a translation unit that was compiled without it still fits.
#pragma once

#include <lab/asio/hooks.hpp>

#include <cstdint>
#include <string_view>

namespace boost::asio {
class execution_context;
}

namespace lab::asio {

template <class Operation>
inline void operation_created(boost::asio::execution_context&, const Operation& operation,
                              const char* type, void*, std::uintmax_t, const char*) noexcept {
    if (std::string_view(type) == "deadline_timer") wait_begun(&operation);
}

template <class Operation>
inline void operation_completed(const Operation& operation) noexcept {
    wait_over(&operation);
}

}  // namespace lab::asio

// NOLINTBEGIN(cppcoreguidelines-macro-usage): their names and arguments are Asio's.
#define BOOST_ASIO_INHERIT_TRACKED_HANDLER
#define BOOST_ASIO_ALSO_INHERIT_TRACKED_HANDLER
#define BOOST_ASIO_HANDLER_TRACKING_INIT (void)0
#define BOOST_ASIO_HANDLER_LOCATION(location) (void)0
#define BOOST_ASIO_HANDLER_CREATION(arguments) ::lab::asio::operation_created arguments
#define BOOST_ASIO_HANDLER_COMPLETION(arguments) ::lab::asio::operation_completed arguments
#define BOOST_ASIO_HANDLER_INVOCATION_BEGIN(arguments) (void)0
#define BOOST_ASIO_HANDLER_INVOCATION_END (void)0
#define BOOST_ASIO_HANDLER_OPERATION(arguments) (void)0
#define BOOST_ASIO_HANDLER_REACTOR_REGISTRATION(arguments) (void)0
#define BOOST_ASIO_HANDLER_REACTOR_DEREGISTRATION(arguments) (void)0
#define BOOST_ASIO_HANDLER_REACTOR_READ_EVENT 0
#define BOOST_ASIO_HANDLER_REACTOR_WRITE_EVENT 0
#define BOOST_ASIO_HANDLER_REACTOR_ERROR_EVENT 0
#define BOOST_ASIO_HANDLER_REACTOR_EVENTS(arguments) (void)0
#define BOOST_ASIO_HANDLER_REACTOR_OPERATION(arguments) (void)0
// NOLINTEND(cppcoreguidelines-macro-usage)
