#include "export.hpp"

#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>
#include <utility>
#include <variant>

// A completion token of our own: what an operation gives is a value or an error, and never thrown.

namespace results {

template <class T>
class Result {
public:
    Result() = default;
    Result(std::exception_ptr error, T value) {
        if (error)
            state_.template emplace<1>(std::move(error));
        else
            state_.template emplace<0>(std::move(value));
    }

    T value_or_throw() && {
        if (auto* error = std::get_if<1>(&state_)) std::rethrow_exception(*error);
        return std::move(std::get<0>(state_));
    }

private:
    std::variant<T, std::exception_ptr> state_;
};

struct AsResult {};
inline constexpr AsResult as_result{};

// Hands on to `handler`, with all that is associated with it.
template <class Handler, class T>
struct ResultHandler {
    Handler handler;

    void operator()(std::exception_ptr error, T value) {
        std::move(handler)(Result<T>{std::move(error), std::move(value)});
    }
};

}  // namespace results

template <class T>
class boost::asio::async_result<results::AsResult, void(std::exception_ptr, T)> {
public:
    template <class Initiation, class... Arguments>
    static auto initiate(Initiation&& initiation, const results::AsResult&,
                         Arguments&&... arguments) {
        auto wrapped = [initiation = std::forward<Initiation>(initiation)](
                           auto&& handler, auto&&... rest) mutable {
            using Handler = std::decay_t<decltype(handler)>;
            std::move(initiation)(
                results::ResultHandler<Handler, T>{std::forward<decltype(handler)>(handler)},
                std::forward<decltype(rest)>(rest)...);
        };
        return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&,
                                           void(results::Result<T>)>(
            std::move(wrapped), boost::asio::use_awaitable,
            std::forward<Arguments>(arguments)...);
    }
};

template <template <class, class> class Associator, class Handler, class T, class Default>
struct boost::asio::associator<Associator, results::ResultHandler<Handler, T>, Default>
    : Associator<Handler, Default> {
    static auto get(const results::ResultHandler<Handler, T>& wrapper) noexcept {
        return Associator<Handler, Default>::get(wrapper.handler);
    }
    static auto get(const results::ResultHandler<Handler, T>& wrapper,
                    const Default& otherwise) noexcept {
        return Associator<Handler, Default>::get(wrapper.handler, otherwise);
    }
};

namespace {

asio::awaitable<Report> copy(Source& source, Sink& sink, Progress& progress) {
    Report report;
    std::size_t rows = 0;
    bool more = true;
    while (more) {
        const std::optional<Row> row = co_await source.next();
        more = row.has_value();
        if (more) {
            if (rows == 0) co_await sink.begin();
            co_await sink.write(*row);
            ++rows;
        }
        if (rows == rows_per_batch || (!more && rows > 0)) {
            co_await sink.commit();
            report.rows += std::exchange(rows, 0);
            ++report.batches;
            progress.report(report.rows);
        }
    }
    co_return report;
}

asio::awaitable<results::Result<Report>> try_copy(Source& source, Sink& sink, Progress& progress) {
    const auto executor = co_await asio::this_coro::executor;
    auto copying = asio::co_spawn(executor, copy(source, sink, progress), results::as_result);
    results::Result<Report> result = co_await std::move(copying);
    co_return result;
}

}  // namespace

asio::awaitable<Report> export_all(Source& source, Sink& sink, Progress& progress) {
    results::Result<Report> result;
    try {
        result = co_await try_copy(source, sink, progress);
    } catch (...) {  // cancelled before there was an operation that could give a result
        result = results::Result<Report>{std::current_exception(), Report{}};
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (sink.batch_open()) co_await sink.rollback();
    co_await sink.close();
    co_return std::move(result).value_or_throw();
}
