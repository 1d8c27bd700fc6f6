#include <lab/runtime/object.hpp>

#include <cstddef>

namespace lab::runtime {

namespace {

std::size_t hash_of(const void* address) noexcept {
    return static_cast<std::size_t>(
        (reinterpret_cast<std::uintptr_t>(address) >> 3) * 0x9e3779b97f4a7c15ULL >> 40);
}

}  // namespace

ObjectTable::ObjectTable() : slots_(1024) { clear(); }

void ObjectTable::clear() {
    ++run_;
    used_ = 0;
    taken_ = 0;
    names_.clear();
    names_.emplace_back(ObjectKind::none, 0U);
    count_by_kind_ = {};
}

ObjectTable::Slot& ObjectTable::slot_for(const void* address) noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = hash_of(address) & mask;
    while (slots_[i].run == run_ && slots_[i].address != address) i = (i + 1) & mask;
    return slots_[i];
}

void ObjectTable::grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old)
        if (slot.run == run_) slot_for(slot.address) = slot;
}

Object& ObjectTable::at(const void* address, ObjectKind kind) {
    Slot* slot = &slot_for(address);
    if (slot->run == run_ && slot->object != nullptr && slot->object->kind == kind)
        return *slot->object;
    if (slot->run != run_) {
        if (++taken_ * 2 > slots_.size()) {
            grow();
            slot = &slot_for(address);
        }
        slot->run = run_;
        slot->address = address;
    }
    if (used_ == objects_.size()) objects_.emplace_back();
    Object& object = objects_[used_++];
    object = Object{};
    object.kind = kind;
    object.address = address;
    object.id = static_cast<ObjectId>(names_.size());
    names_.emplace_back(kind, ++count_by_kind_[static_cast<std::size_t>(kind)]);
    slot->object = &object;
    return object;
}

Object* ObjectTable::find(const void* address) noexcept {
    const Slot& slot = slot_for(address);
    return slot.run == run_ ? slot.object : nullptr;
}

void ObjectTable::forget(const void* address) noexcept {
    Slot& slot = slot_for(address);
    if (slot.run == run_) slot.object = nullptr;  // the slot stays: others may hash past it
}

}  // namespace lab::runtime
