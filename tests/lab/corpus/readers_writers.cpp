// Readers and writers: standard locks, hand-made ones, and who gets in first.
#include "topics.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace corpus {
namespace {

using namespace std::chrono_literals;
using Kind = lab::Diagnosis::Kind;

/// Two halves that are equal whenever no writer is inside.
class Document {
public:
    void write() {
        ++first_;
        std::this_thread::yield();
        ++second_;
    }

    bool consistent() const {
        const int first = first_;
        std::this_thread::yield();
        return first == second_;
    }

    int version() const { return second_; }

private:
    std::atomic<int> first_{0};
    std::atomic<int> second_{0};
};

/// Two readers and two writers, two visits each.
template <class Lock>
void read_and_write() {
    Lock lock;
    Document document;
    std::atomic<bool> torn{false};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 2; ++i) {
            threads.emplace_back([&] {
                for (int visit = 0; visit < 2; ++visit) {
                    const std::shared_lock reading{lock};
                    if (!document.consistent()) {
                        torn = true;
                    }
                }
            });
            threads.emplace_back([&] {
                for (int visit = 0; visit < 2; ++visit) {
                    const std::lock_guard writing{lock};
                    document.write();
                }
            });
        }
    }
    expect(!torn, "a reader saw a half-written document");
    expect(document.version() == 4, "a version was lost");
}

/// Readers go before writers. `counted` says whether a reader who had to wait is counted, too.
template <bool counted>
class ReadersFirst {
public:
    void lock_shared() {
        std::unique_lock lock{mutex_};
        const bool waited = writing_;
        changed_.wait(lock, [&] { return !writing_; });
        if (counted || !waited) {
            ++readers_;
        }
    }

    void unlock_shared() {
        const std::lock_guard lock{mutex_};
        if (readers_ > 0) {
            --readers_;
        }
        changed_.notify_all();
    }

    void lock() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return !writing_ && readers_ == 0; });
        writing_ = true;
    }

    void unlock() {
        const std::lock_guard lock{mutex_};
        writing_ = false;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int readers_ = 0;
    bool writing_ = false;
};

/// Waiting writers go before new readers.
class WritersFirst {
public:
    void lock_shared() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return !writing_ && waiting_ == 0; });
        ++readers_;
    }

    void unlock_shared() {
        const std::lock_guard lock{mutex_};
        --readers_;
        changed_.notify_all();
    }

    void lock() {
        std::unique_lock lock{mutex_};
        ++waiting_;
        changed_.wait(lock, [&] { return !writing_ && readers_ == 0; });
        --waiting_;
        writing_ = true;
    }

    void unlock() {
        const std::lock_guard lock{mutex_};
        writing_ = false;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int readers_ = 0;
    int waiting_ = 0;
    bool writing_ = false;
};

void shared_mutex_for_both() { read_and_write<std::shared_mutex>(); }
void readers_go_first() { read_and_write<ReadersFirst<true>>(); }
void a_reader_who_is_not_counted() { read_and_write<ReadersFirst<false>>(); }
void writers_go_first() { read_and_write<WritersFirst>(); }

// Upgrading -----------------------------------------------------------------------------------

void look_and_write(std::shared_mutex& mutex, int& value) {
    const std::shared_lock reading{mutex};
    if (value == 0) {
        const std::lock_guard writing{mutex};
        value = 1;
    }
}

void look_leave_and_write(std::shared_mutex& mutex, int& value) {
    {
        const std::shared_lock reading{mutex};
        if (value != 0) {
            return;
        }
    }
    const std::lock_guard writing{mutex};
    if (value == 0) {
        value = 1;
    }
}

void write_while_reading() {
    std::shared_mutex mutex;
    int value = 0;
    std::jthread worker{[&] { look_and_write(mutex, value); }};
}

void write_after_reading() {
    std::shared_mutex mutex;
    int value = 0;
    {
        std::jthread first{[&] { look_leave_and_write(mutex, value); }};
        std::jthread second{[&] { look_leave_and_write(mutex, value); }};
    }
    expect(value == 1, "nobody wrote");
}

// Starvation ----------------------------------------------------------------------------------

/// Two readers relieve each other, so that there is always one inside, until the writer, who
/// comes in the middle, has been in.
template <class Lock>
void relieve_each_other() {
    Lock lock;
    std::atomic<bool> written{false};
    const auto read = [&](std::chrono::milliseconds from) {
        std::this_thread::sleep_for(from);
        while (!written) {
            const std::shared_lock reading{lock};
            std::this_thread::sleep_for(10ms);
        }
    };
    std::jthread first{read, 0ms};
    std::jthread second{read, 5ms};
    std::jthread writer{[&] {
        std::this_thread::sleep_for(7ms);
        const std::lock_guard writing{lock};
        written = true;
    }};
}

void writer_starved_by_readers() { relieve_each_other<ReadersFirst<true>>(); }
void writer_let_in_by_readers() { relieve_each_other<WritersFirst>(); }

constexpr Program table[] = {
    correct("shared_mutex_for_both", "Two readers and two writers with std::shared_mutex.",
            shared_mutex_for_both),
    correct("readers_go_first", "A hand-made lock that lets readers in as long as one is inside.",
            readers_go_first),
    correct("writers_go_first", "A hand-made lock that lets waiting writers go first.",
            writers_go_first),
    wrong("a_reader_who_is_not_counted", "A hand-made lock loses count of a reader who waited.",
          a_reader_who_is_not_counted, 500, "half-written"),
    faulty("write_while_reading", "A reader asks for the writer's lock and keeps its own.",
           write_while_reading, Kind::self_deadlock, 1, "look_and_write"),
    correct("write_after_reading", "The reader leaves, comes back as a writer and looks again.",
            write_after_reading),
    faulty("writer_starved_by_readers", "Readers relieve each other and a writer never gets in.",
           writer_starved_by_readers, Kind::endless, 1, ""),
    correct("writer_let_in_by_readers", "The same readers let a waiting writer go first.",
            writer_let_in_by_readers),
};

}  // namespace

std::span<const Program> readers_writers() { return table; }

}  // namespace corpus
