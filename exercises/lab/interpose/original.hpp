// The functions that the lab stands in front of.
//
// "The original" of an interposed function is the sanitizer's interceptor where there is one, else
// the next definition after the executable's own. GCC's ThreadSanitizer is a shared library and
// would be found by dlsym(RTLD_NEXT); Clang's is part of the executable, and RTLD_NEXT would go
// past it to libc. Both export `__interceptor_NAME`, so that name is tried first.
#pragma once

#include <dlfcn.h>

#include <atomic>

namespace lab::interpose {

template <class Function>
class Original {
public:
    constexpr Original(const char* name, Function* interceptor, const char* version) noexcept
        : name_(name), interceptor_(interceptor), version_(version) {}

    /// Found at the first call, then a load. Callable before main and from any thread: a race
    /// between two first calls stores the same address twice.
    [[nodiscard]] Function* get() noexcept {
        if (Function* found = found_.load(std::memory_order_relaxed)) return found;
        return find();
    }

    template <class... Arguments>
    auto operator()(Arguments... arguments) noexcept(noexcept((*get())(arguments...))) {
        return (*get())(arguments...);
    }

private:
    [[gnu::noinline]] Function* find() noexcept {
        void* found = reinterpret_cast<void*>(interceptor_);
        // glibc before 2.36 answers RTLD_NEXT with the oldest version (its bug 14932), and the
        // oldest condition variables have another layout.
        if (found == nullptr && version_ != nullptr) found = dlvsym(RTLD_NEXT, name_, version_);
        if (found == nullptr) found = dlsym(RTLD_NEXT, name_);
        auto* function = reinterpret_cast<Function*>(found);
        found_.store(function, std::memory_order_relaxed);
        return function;
    }

    const char* name_;
    Function* interceptor_;
    const char* version_;
    std::atomic<Function*> found_{nullptr};
};

}  // namespace lab::interpose

// The types of libc's functions carry attributes (nonnull, pure) that mean nothing to a template.
#pragma GCC diagnostic ignored "-Wignored-attributes"

/// Declares `original_NAME`. A macro, because the interceptor's name is made from NAME; weak,
/// because there is none outside sanitised programs.
#define LAB_ORIGINAL_VERSIONED(NAME, VERSION)                                                 \
    extern "C" [[gnu::weak]] decltype(::NAME) __interceptor_##NAME;                           \
    namespace lab::interpose {                                                                \
    inline constinit Original<decltype(::NAME)> original_##NAME{#NAME, &__interceptor_##NAME, \
                                                                VERSION};                     \
    }
#define LAB_ORIGINAL(NAME) LAB_ORIGINAL_VERSIONED(NAME, nullptr)
