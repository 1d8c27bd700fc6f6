// The border between the lab's code and the program's.
#pragma once

#include <lab/races/annotations.hpp>
#include <lab/runtime/host.hpp>

namespace lab::runtime {

/// While it lives, the calling thread is in the lab's code: calls of interposed functions go
/// straight to the originals, and ThreadSanitizer overlooks what the lab does with its own memory
/// on behalf of one thread after another.
class Visit {
public:
    explicit Visit(Thread& self) noexcept : self_(self) {
        current = nullptr;
        tsan::ignore_begin();
    }
    ~Visit() {
        tsan::ignore_end();
        current = &self_;
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

private:
    Thread& self_;
};

/// The reverse: the lab calls the program's code, on behalf of `self`.
class Tenancy {
public:
    explicit Tenancy(Thread& self) noexcept {
        tsan::ignore_end();
        current = &self;
    }
    ~Tenancy() {
        current = nullptr;
        tsan::ignore_begin();
    }
    Tenancy(const Tenancy&) = delete;
    Tenancy& operator=(const Tenancy&) = delete;
};

}  // namespace lab::runtime
