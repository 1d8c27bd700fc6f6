#include <support/site.hpp>

#include <lab/events.hpp>

#include <cstdint>
#include <thread>
#include <utility>

namespace lockstep {

FetchError::FetchError(std::string url, const std::string& sentence)
    : std::runtime_error{sentence}, url_{std::move(url)} {}

UrlList::UrlList(std::vector<std::string> urls) : size_{urls.size()}, all_{std::move(urls)} {
    constexpr std::size_t more_than_threads = 512;
    all_.insert(all_.end(), more_than_threads, std::string{past_the_end});
}

Site::Site(std::vector<Entry> entries) : entries_{std::move(entries)} {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].latency.count() < 0) {
            throw std::invalid_argument{"The latency of " + entries_[i].url +
                                        " is negative: give zero or more."};
        }
        if (!index_.emplace(entries_[i].url, i).second) {
            throw std::invalid_argument{"The site has " + entries_[i].url +
                                        " twice: give each URL once."};
        }
    }
}

Page Site::fetch(std::string_view url) const {
    if (url == UrlList::past_the_end) lab::out_of_bounds("fetched what is behind the last URL");
    fetches_.fetch_add(1, std::memory_order_relaxed);
    const auto found = index_.find(url);
    const std::int64_t index =
        found == index_.end() ? -1 : static_cast<std::int64_t>(found->second);
    const lab::Span span{"fetch", index};
    if (index < 0) {
        throw FetchError{std::string{url}, "There is no page at " + std::string{url} + "."};
    }
    const Entry& entry = entries_[found->second];
    std::this_thread::sleep_for(entry.latency);
    if (entry.fails) {
        throw FetchError{entry.url, "The server did not answer for " + entry.url + "."};
    }
    return Page{entry.url, entry.text};
}

}  // namespace lockstep
