#include "downloads.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error{errno, std::generic_category(), what};
}

class Descriptor {
public:
    Descriptor(int number, const char* what) : number_{number} {
        if (number < 0) fail(what);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { ::close(number_); }
    [[nodiscard]] int operator*() const noexcept { return number_; }

private:
    int number_;
};

/// Blocks until there is something. 0 if it can't be read.
std::uint64_t withdraw(const Descriptor& from) noexcept {
    std::uint64_t value = 0;
    for (;;) {
        if (::read(*from, &value, sizeof value) == static_cast<ssize_t>(sizeof value)) return value;
        if (errno != EINTR) return 0;
    }
}

bool deposit(const Descriptor& into, std::uint64_t value) noexcept {
    while (::write(*into, &value, sizeof value) < 0) {
        if (errno != EINTR) return false;
    }
    return true;
}

class Office {
public:
    Office(const Site& site, std::span<const std::string> urls, std::size_t clerks)
        : pages(urls.size()), errors(urls.size()), site_{site}, urls_{urls}, clerks_{clerks} {
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        if (::epoll_ctl(*epoll_, EPOLL_CTL_ADD, *completions_, &wanted) != 0) fail("epoll_ctl");
    }

    std::vector<Page> pages;
    std::vector<std::exception_ptr> errors;

    /// The caller's part.
    void run() {
        std::size_t issued = 0;
        std::size_t completed = 0;
        std::size_t idle = clerks_;
        for (;;) {
            if (!failed_) {
                const std::size_t more = std::min(idle, urls_.size() - issued);
                if (more > 0 && !deposit(tickets_, more)) fail("write");
                issued += more;
            }
            if (completed == issued) return;
            idle = await_completions();
            completed += idle;
        }
    }

    /// Each clerk gets a ticket that is none.
    void close() noexcept {
        closed_ = true;
        deposit(tickets_, clerks_);
    }

    /// A clerk's part.
    void serve() noexcept {
        while (withdraw(tickets_) == 1 && !closed_) {
            if (!failed_) fetch(next_++);
            deposit(completions_, 1);
        }
    }

private:
    std::size_t await_completions() {
        epoll_event event{};
        while (::epoll_wait(*epoll_, &event, 1, -1) < 0) {
            if (errno != EINTR) fail("epoll_wait");
        }
        const std::uint64_t count = withdraw(completions_);
        if (count == 0) fail("read");
        return static_cast<std::size_t>(count);
    }

    void fetch(std::size_t number) noexcept {
        try {
            pages[number] = site_.fetch(urls_[number]);
        } catch (...) {
            errors[number] = std::current_exception();
            failed_ = true;
        }
    }

    const Site& site_;
    std::span<const std::string> urls_;
    std::size_t clerks_;
    std::atomic<std::size_t> next_ = 0;
    std::atomic<bool> failed_ = false;
    std::atomic<bool> closed_ = false;
    Descriptor tickets_{::eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE), "eventfd"};
    Descriptor completions_{::eventfd(0, EFD_CLOEXEC), "eventfd"};
    Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC), "epoll_create1"};
};

struct AtClosingTime {
    Office& office;
    ~AtClosingTime() { office.close(); }
};

}  // namespace

std::vector<Page> download_threaded(Site& site, std::span<const std::string> urls,
                                    unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"An office needs a clerk."};
    if (urls.empty()) return {};

    const std::size_t size = std::min<std::size_t>(max_threads, urls.size());
    Office office{site, urls, size};
    {
        std::vector<std::jthread> clerks;
        const AtClosingTime at_closing_time{office};  // runs before the clerks are joined
        while (clerks.size() < size) clerks.emplace_back([&office] { office.serve(); });
        office.run();
    }
    for (const std::exception_ptr& error : office.errors) {
        if (error) std::rethrow_exception(error);
    }
    return std::move(office.pages);
}

Gain measure_gain(Site& site, std::span<const std::string> urls, unsigned max_threads) {
    if (max_threads == 0) throw std::invalid_argument{"An office needs a clerk."};
    using std::chrono::steady_clock;
    const steady_clock::time_point opened = steady_clock::now();
    (void)download_sequential(site, urls);
    const steady_clock::time_point noon = steady_clock::now();
    (void)download_threaded(site, urls, max_threads);
    const steady_clock::time_point closed = steady_clock::now();

    Gain gain{.sequential = noon - opened, .threaded = closed - noon};
    if (closed != noon)
        gain.speed_up = static_cast<double>(gain.sequential.count()) /
                        static_cast<double>(gain.threaded.count());
    return gain;
}
