#include "pipeline.hpp"

#include <stdexcept>

asio::awaitable<Summary> run_pipeline(std::vector<Item> items, std::size_t workers,
                                      std::size_t capacity, Handler handler, Log& log) {
    if (workers == 0 || capacity == 0) throw std::invalid_argument{"nothing to work with"};
    Summary summary;
    for (const Item item : items) {
        std::string outcome = "done";
        try {
            co_await handler(item);
            ++summary.handled;
        } catch (const std::exception& error) {
            outcome = error.what();
            summary.failures.push_back({item.number, outcome});
        }
        co_await log.write(item.number, outcome);
    }
    co_return summary;
}
