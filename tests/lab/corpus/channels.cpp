// Coroutines that talk through channels. No channel is closed, and no receive is cancelled: what
// Boost's channels do then differs from version to version.
#include "topics.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <vector>

namespace corpus {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;
using boost::system::error_code;
using Channel = asio::experimental::channel<void(error_code, int)>;
using ConcurrentChannel = asio::experimental::concurrent_channel<void(error_code, int)>;

constexpr int the_end = -1;

template <class AnyChannel>
asio::awaitable<void> send_all(AnyChannel& channel, int count) {
    for (int item = 1; item <= count; ++item) {
        co_await channel.async_send(error_code{}, item, asio::use_awaitable);
    }
    co_await channel.async_send(error_code{}, the_end, asio::use_awaitable);
}

template <class AnyChannel, class Sum>
asio::awaitable<void> receive_all(AnyChannel& channel, Sum& sum) {
    for (;;) {
        const int item = co_await channel.async_receive(asio::use_awaitable);
        if (item == the_end) {
            co_return;
        }
        sum += item;
    }
}

void run_to_the_end(asio::io_context& loop) { loop.run(); }

// A producer and a consumer -------------------------------------------------------------------

void send_and_receive() {
    asio::io_context loop{1};
    Channel channel{loop, 2};
    int sum = 0;
    asio::co_spawn(loop, send_all(channel, 6), asio::detached);
    asio::co_spawn(loop, receive_all(channel, sum), asio::detached);
    run_to_the_end(loop);
    expect(sum == 21, "an item was lost or came twice");
}

void send_without_a_buffer() {
    asio::io_context loop{1};
    Channel channel{loop, 0};
    int sum = 0;
    asio::co_spawn(loop, send_all(channel, 4), asio::detached);
    asio::co_spawn(loop, receive_all(channel, sum), asio::detached);
    run_to_the_end(loop);
    expect(sum == 10, "an item was lost or came twice");
}

void full_and_nobody_receives() {
    asio::io_context loop{1};
    Channel channel{loop, 2};
    asio::co_spawn(loop, send_all(channel, 6), asio::detached);
    run_to_the_end(loop);
}

void empty_and_nobody_sends() {
    asio::io_context loop{1};
    Channel channel{loop, 2};
    int sum = 0;
    asio::co_spawn(loop, receive_all(channel, sum), asio::detached);
    run_to_the_end(loop);
}

void one_end_for_two_consumers() {
    asio::io_context loop{1};
    Channel channel{loop, 2};
    int sum = 0;
    asio::co_spawn(loop, receive_all(channel, sum), asio::detached);
    asio::co_spawn(loop, receive_all(channel, sum), asio::detached);
    asio::co_spawn(loop, send_all(channel, 6), asio::detached);
    run_to_the_end(loop);
}

// Questions and answers -----------------------------------------------------------------------

asio::awaitable<void> listen_then_speak(Channel& heard, Channel& said) {
    co_await heard.async_receive(asio::use_awaitable);
    co_await said.async_send(error_code{}, 1, asio::use_awaitable);
}

asio::awaitable<void> speak_then_listen(Channel& heard, Channel& said) {
    co_await said.async_send(error_code{}, 1, asio::use_awaitable);
    co_await heard.async_receive(asio::use_awaitable);
}

void both_listen_first() {
    asio::io_context loop{1};
    Channel there{loop, 1};
    Channel back{loop, 1};
    asio::co_spawn(loop, listen_then_speak(there, back), asio::detached);
    asio::co_spawn(loop, listen_then_speak(back, there), asio::detached);
    run_to_the_end(loop);
}

void one_speaks_first() {
    asio::io_context loop{1};
    Channel there{loop, 1};
    Channel back{loop, 1};
    asio::co_spawn(loop, listen_then_speak(there, back), asio::detached);
    asio::co_spawn(loop, speak_then_listen(back, there), asio::detached);
    run_to_the_end(loop);
}

/// Without a buffer, a send waits for its receiver.
void both_speak_first_without_a_buffer() {
    asio::io_context loop{1};
    Channel there{loop, 0};
    Channel back{loop, 0};
    asio::co_spawn(loop, speak_then_listen(there, back), asio::detached);
    asio::co_spawn(loop, speak_then_listen(back, there), asio::detached);
    run_to_the_end(loop);
}

// A channel of one item as a lock -------------------------------------------------------------

asio::awaitable<void> append_pair(Channel& lock, std::vector<int>& log, int entry) {
    const int token = co_await lock.async_receive(asio::use_awaitable);
    log.push_back(entry);
    asio::steady_timer timer{co_await asio::this_coro::executor, 1ms};
    co_await timer.async_wait(asio::use_awaitable);
    log.push_back(entry);
    co_await lock.async_send(error_code{}, token, asio::use_awaitable);
}

asio::awaitable<void> append_holding_the_token(Channel& lock, std::vector<int>& log) {
    const int token = co_await lock.async_receive(asio::use_awaitable);
    co_await append_pair(lock, log, 1);
    co_await lock.async_send(error_code{}, token, asio::use_awaitable);
}

void channel_as_a_lock() {
    asio::io_context loop{1};
    Channel lock{loop, 1};
    lock.try_send(error_code{}, 0);
    std::vector<int> log;
    asio::co_spawn(loop, append_pair(lock, log, 1), asio::detached);
    asio::co_spawn(loop, append_pair(lock, log, 2), asio::detached);
    run_to_the_end(loop);
    expect(log == std::vector{1, 1, 2, 2}, "pairs were mixed");
}

void channel_as_a_lock_taken_twice() {
    asio::io_context loop{1};
    Channel lock{loop, 1};
    lock.try_send(error_code{}, 0);
    std::vector<int> log;
    asio::co_spawn(loop, append_holding_the_token(lock, log), asio::detached);
    run_to_the_end(loop);
}

// Left behind ---------------------------------------------------------------------------------

asio::awaitable<void> send_all_and_stop(Channel& channel, asio::io_context& loop) {
    for (int item = 1; item <= 3; ++item) {
        co_await channel.async_send(error_code{}, item, asio::use_awaitable);
    }
    asio::steady_timer timer{loop, 1ms};
    co_await timer.async_wait(asio::use_awaitable);
    loop.stop();
}

void stopped_with_a_waiting_receiver() {
    asio::io_context loop{1};
    Channel channel{loop, 2};
    int sum = 0;
    asio::co_spawn(loop, receive_all(channel, sum), asio::detached);
    asio::co_spawn(loop, send_all_and_stop(channel, loop), asio::detached);
    run_to_the_end(loop);
}

// Between threads -----------------------------------------------------------------------------

void channel_on_a_thread_pool() {
    std::atomic<int> sum{0};
    {
        asio::thread_pool pool{2};
        ConcurrentChannel channel{pool, 2};
        asio::co_spawn(pool, send_all(channel, 5), asio::detached);
        asio::co_spawn(pool, send_all(channel, 5), asio::detached);
        asio::co_spawn(pool, receive_all(channel, sum), asio::detached);
        asio::co_spawn(pool, receive_all(channel, sum), asio::detached);
        pool.join();
    }
    expect(sum == 30, "an item was lost or came twice");
}

constexpr Program table[] = {
    correct("send_and_receive", "A producer and a consumer, with a channel for two items.",
            send_and_receive),
    correct("send_without_a_buffer", "A channel without a buffer hands items from hand to hand.",
            send_without_a_buffer),
    faulty("full_and_nobody_receives", "A producer waits for room that nobody makes.",
           full_and_nobody_receives, Kind::never_woken, 1, "run_to_the_end"),
    faulty("empty_and_nobody_sends", "A consumer waits for items that nobody sends.",
           empty_and_nobody_sends, Kind::never_woken, 1, "run_to_the_end"),
    faulty("one_end_for_two_consumers", "Two consumers and one item that means the end.",
           one_end_for_two_consumers, Kind::never_woken, 1, "run_to_the_end"),
    faulty("both_listen_first", "Two coroutines wait for each other's first word.",
           both_listen_first, Kind::never_woken, 1, "run_to_the_end"),
    correct("one_speaks_first", "One of them begins.", one_speaks_first),
    faulty("both_speak_first_without_a_buffer", "Two coroutines speak, and nobody listens.",
           both_speak_first_without_a_buffer, Kind::never_woken, 1, "run_to_the_end"),
    correct("channel_as_a_lock", "A channel of one item is a lock that coroutines may hold.",
            channel_as_a_lock),
    faulty("channel_as_a_lock_taken_twice", "A coroutine takes the token, and wants it again.",
           channel_as_a_lock_taken_twice, Kind::never_woken, 1, "run_to_the_end"),
    faulty("stopped_with_a_waiting_receiver", "The loop is stopped while a consumer waits.",
           stopped_with_a_waiting_receiver, Kind::leaked_coroutine, 1, ""),
    correct("channel_on_a_thread_pool", "Producers and consumers on two threads.",
            channel_on_a_thread_pool),
};

}  // namespace

std::span<const Program> channels() { return table; }

}  // namespace corpus
