// How a call of exercise 04's ended, and how it is cancelled from outside.
//
// An end is 0 a result (told: its value; for mirrors, whose page it is, or -1), 1 TimedOut (its
// limit), 2 operation_aborted, 3 the operation's own exception (its number), 4 another exception
// (its text is in `what`), 5 (mirrors only) std::invalid_argument, 6 a system_error about a
// connection, 7 an int that was thrown (told: which), 8 ConnectionLost (its number), 9 an error
// with operation_aborted's number in another category, -1 none.
#pragma once

#include <lab/events.hpp>
#include <support/slow_call.hpp>
#include <support/timed_out.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace lockstep::timeout {

namespace asio = boost::asio;
using std::chrono::nanoseconds;

/// Of a class that is more than a system_error.
class ConnectionLost final : public boost::system::system_error {
public:
    explicit ConnectionLost(std::int64_t call)
        : system_error{asio::error::connection_reset}, call_{call} {}
    [[nodiscard]] std::int64_t call() const noexcept { return call_; }

private:
    std::int64_t call_;
};

/// Errors of somebody else's, who numbers them as he likes: one has operation_aborted's number.
class ForeignErrors final : public boost::system::error_category {
public:
    [[nodiscard]] static boost::system::system_error namesake() {
        static const ForeignErrors category;
        return boost::system::system_error{
            boost::system::error_code{asio::error::operation_aborted, category}};
    }
    [[nodiscard]] const char* name() const noexcept override { return "site"; }
    [[nodiscard]] std::string message(int number) const override {
        return "site error " + std::to_string(number);
    }
};

struct End {
    std::int64_t how = -1;
    std::int64_t told = 0;
    std::exception_ptr error;
    std::string what;
};

inline End end_by(const std::exception_ptr& error) {
    End end;
    end.error = error;
    try {
        std::rethrow_exception(error);
    } catch (const TimedOut& thrown) {
        end.how = 1;
        end.told = nanoseconds{thrown.limit()}.count();
    } catch (const CallError& thrown) {
        end.how = 3;
        end.told = thrown.call();
    } catch (const ConnectionLost& thrown) {
        end.how = 8;
        end.told = thrown.call();
    } catch (const boost::system::system_error& thrown) {
        const boost::system::error_code code = thrown.code();
        const bool foreign = std::string_view{code.category().name()} == "site";
        end.how = code == asio::error::operation_aborted    ? 2
                  : code == asio::error::connection_reset   ? 6
                  : code == asio::error::connection_refused ? 6
                  : foreign                                 ? 9
                                                            : 4;
        end.what = thrown.what();
    } catch (const std::exception& thrown) {
        end.how = 4;
        end.what = thrown.what();
    } catch (const int thrown) {
        end.how = 7;
        end.told = thrown;
    } catch (...) {
        end.how = 4;
        end.what = "something that is no std::exception";
    }
    return end;
}

/// Emits when it is time, and never after the call is over.
class Canceller {
public:
    /// Negative instants: never.
    Canceller(asio::io_context& loop, std::int64_t instant, std::int64_t again = -1)
        : timer_{loop}, second_timer_{loop} {
        emit_at(timer_, instant);
        emit_at(second_timer_, again);
    }
    [[nodiscard]] asio::cancellation_slot slot() { return signal_.slot(); }
    void stop() {
        timer_.cancel();
        second_timer_.cancel();
    }

private:
    void emit_at(asio::steady_timer& timer, std::int64_t instant) {
        if (instant < 0) return;
        timer.expires_after(nanoseconds{instant} - lab::now());
        timer.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            lab::event("cancel");
            signal_.emit(asio::cancellation_type::terminal);
        });
    }

    asio::steady_timer timer_;
    asio::steady_timer second_timer_;
    asio::cancellation_signal signal_;
};

}  // namespace lockstep::timeout
