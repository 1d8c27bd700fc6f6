// Synchronisation objects as the scheduler models them, found by address.
#pragma once

#include <lab/diagnosis.hpp>
#include <lab/runtime/thread_set.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace lab::runtime {

/// The model of one mutex, condition variable, …: who holds it, who waits. A thread that waits for
/// a lock can run exactly when the lock is free, so that the real lock never blocks.
struct Object {
    ObjectKind kind = ObjectKind::none;
    ObjectId id = 0;
    const void* address = nullptr;
    ThreadId owner = no_thread;  ///< exclusive holder; for `once`: who runs the initialiser
    int owner_kernel_id = 0;     ///< the owner's, as a mutex itself notes it
    std::uint32_t depth = 0;     ///< how often the owner holds it
    bool spins = false;          ///< a pthread_spinlock_t
    std::uint32_t reader_count = 0;
    ThreadSet readers;
    ThreadSet waiters;
    // Condition variables: what became of the notifications (deadlock.cpp).
    std::uint32_t heard = 0;    ///< notifications that woke somebody
    std::uint32_t unheard = 0;  ///< notifications that found nobody waiting
    std::uint32_t unheard_step = 0;
    ThreadId unheard_from = no_thread;
    StackId unheard_at = 0;
    std::uint32_t last_notified_step = 0;
    std::uint32_t wasted_step = 0;  ///< of a notification whose receiver went straight back to wait
    ThreadId wasted_on = no_thread;
    std::uint32_t arrived = 0;  ///< for barriers
};

/// The objects of one run. Objects keep their addresses until `clear`.
class ObjectTable {
public:
    ObjectTable();
    void clear();

    /// The object at this address; made, with the next number, at first use. An object of another
    /// kind there was destroyed without a word (std::mutex has no destructor): it is replaced.
    Object& at(const void* address, ObjectKind kind);
    [[nodiscard]] Object* find(const void* address) noexcept;
    /// Forgets the address; the object's number stays taken.
    void forget(const void* address) noexcept;

    /// Kind and number within its kind, by object number.
    [[nodiscard]] const std::vector<std::pair<ObjectKind, unsigned>>& names() const noexcept {
        return names_;
    }
    template <class Use>
    void each(Use use) {
        for (std::size_t i = 0; i < used_; ++i) use(objects_[i]);
    }

private:
    struct Slot {
        const void* address = nullptr;
        Object* object = nullptr;
        std::uint64_t run = 0;  ///< slots of earlier runs count as empty, so clearing is free
    };
    [[nodiscard]] Slot& slot_for(const void* address) noexcept;
    void grow();

    std::vector<Slot> slots_;
    std::deque<Object> objects_;
    std::size_t used_ = 0;
    std::size_t taken_ = 0;
    std::uint64_t run_ = 1;
    std::vector<std::pair<ObjectKind, unsigned>> names_;
    std::array<unsigned, 16> count_by_kind_{};
};

}  // namespace lab::runtime
