#include "pipeline.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

namespace {

// No lock: one coroutine writes the log, and the workers send it what to write.
struct Entry {
    Entry(std::int64_t number, std::string outcome) : item(number), text(std::move(outcome)) {}
    std::int64_t item;
    std::string text;
};

struct Office {
    Office(std::size_t workers, std::size_t capacity)
        : work(capacity), entries(workers), gone(1), running(workers) {}
    AsyncQueue<Item> work;
    AsyncQueue<Entry> entries;
    AsyncQueue<bool> gone;
    std::size_t running;
    Summary summary;
};

asio::awaitable<void> write_log(Office& office, Log& log) {
    while (auto entry = co_await office.entries.get()) co_await log.write(entry->item, entry->text);
    office.gone.close();
}

asio::awaitable<void> clerk(Office& office, const Handler& handler) {
    while (auto item = co_await office.work.get()) {
        Entry entry(item->number, "done");
        try {
            co_await handler(*item);
            ++office.summary.handled;
        } catch (const std::exception& error) {
            entry.text = error.what();
            office.summary.failures.push_back({item->number, entry.text});
        }
        co_await office.entries.put(std::move(entry));
    }
    if (--office.running == 0) office.entries.close();
}

}  // namespace

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0 || capacity == 0) throw std::invalid_argument("0 makes no sense here");
    Office office(workers, capacity);
    auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, write_log(office, log), asio::detached);
    for (std::size_t i = 0; i < workers; ++i)
        asio::co_spawn(executor, clerk(office, handler), asio::detached);
    for (auto item : items) co_await office.work.put(item);
    office.work.close();
    (void)co_await office.gone.get();  // nothing is ever put: it returns when closed
    co_return office.summary;
}
