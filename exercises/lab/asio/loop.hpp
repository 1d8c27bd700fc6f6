// Whether a thread is running an event loop.
#pragma once

namespace lab::asio {

/// The calling thread is inside io_context::run, thread_pool's worker function, or their kin.
[[nodiscard]] bool inside_loop() noexcept;

/// Threads with this start routine are made by Asio itself, for a thread_pool or the like. To block
/// there is what they are for.
[[nodiscard]] bool is_library_thread(void* (*start_routine)(void*)) noexcept;

}  // namespace lab::asio
