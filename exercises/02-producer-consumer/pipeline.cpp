#include "pipeline.hpp"

asio::awaitable<Summary> run_pipeline([[maybe_unused]] std::vector<Item> items,
                                      [[maybe_unused]] std::size_t workers,
                                      [[maybe_unused]] std::size_t capacity,
                                      [[maybe_unused]] Handler handler, [[maybe_unused]] Log& log) {
    // Start from one worker that loops over queue.get(). Who tells it that no more will come?
    todo("hand the items to the workers through an AsyncQueue, and sum up what became of them");
    co_return Summary{};
}
