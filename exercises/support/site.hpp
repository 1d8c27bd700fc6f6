// The slow web site of the exercises: it stands in for the network.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lockstep {

struct Page {
    std::string url;
    std::string text;

    friend bool operator==(const Page&, const Page&) = default;
};

/// Thrown by `Site::fetch`. `what()` is a sentence that names the URL.
class FetchError : public std::runtime_error {
public:
    FetchError(std::string url, const std::string& sentence);

    [[nodiscard]] const std::string& url() const noexcept { return url_; }

private:
    std::string url_;
};

/// URLs to fetch, with something behind the last one. Whoever goes beyond the end (by looking at a
/// shared index, and then changing it, say) finds `past_the_end` there and not undefined behaviour;
/// a site that is asked for that ends the run (`lab::out_of_bounds`).
class UrlList {
public:
    static constexpr std::string_view past_the_end = "past the end";

    explicit UrlList(std::vector<std::string> urls);

    /// Valid as long as the list is.
    [[nodiscard]] std::span<const std::string> urls() const noexcept {
        return std::span{all_}.first(size_);
    }

private:
    std::size_t size_;
    std::vector<std::string> all_;
};

/// All threads may fetch from a site at the same time.
class Site {
public:
    struct Entry {
        std::string url;
        std::chrono::nanoseconds latency{0};  ///< how long `fetch` blocks; not negative
        std::string text;
        bool fails = false;  ///< `fetch` throws once the latency is over
    };

    /// Throws std::invalid_argument when two entries have the same URL, or a latency is negative.
    explicit Site(std::vector<Entry> entries);
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    /// Blocks the calling thread, without using the processor, for the latency of this URL. Then
    /// returns the page, or throws FetchError. A URL that the site does not have fails at once.
    ///
    /// In the lab each call leaves a span "fetch", whose value is the URL's index in the list that
    /// the site was made from, or -1; it ends as failed when `fetch` throws.
    [[nodiscard]] Page fetch(std::string_view url) const;

    /// How often `fetch` was called until now.
    [[nodiscard]] std::size_t fetches() const noexcept {
        return fetches_.load(std::memory_order_relaxed);
    }

private:
    std::vector<Entry> entries_;
    std::unordered_map<std::string_view, std::size_t> index_;  ///< refers to `entries_`
    /// Relaxed: it must not order what the threads do, and hide their races.
    mutable std::atomic<std::size_t> fetches_{0};
};

}  // namespace lockstep
