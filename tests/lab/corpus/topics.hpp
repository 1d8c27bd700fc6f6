// The tables that make up the corpus, one for each file of programs.
#pragma once

#include "program.hpp"

namespace corpus {

[[nodiscard]] std::span<const Program> locks();
[[nodiscard]] std::span<const Program> lock_orders();
[[nodiscard]] std::span<const Program> dining();
[[nodiscard]] std::span<const Program> conditions();
[[nodiscard]] std::span<const Program> monitors();
[[nodiscard]] std::span<const Program> queues();
[[nodiscard]] std::span<const Program> pipelines();
[[nodiscard]] std::span<const Program> check_then_act();
[[nodiscard]] std::span<const Program> atomics();
[[nodiscard]] std::span<const Program> lock_free();
[[nodiscard]] std::span<const Program> spinning();
[[nodiscard]] std::span<const Program> publication();
[[nodiscard]] std::span<const Program> races();
[[nodiscard]] std::span<const Program> barriers();
[[nodiscard]] std::span<const Program> semaphores();
[[nodiscard]] std::span<const Program> readers_writers();
[[nodiscard]] std::span<const Program> futures();
[[nodiscard]] std::span<const Program> pools();
[[nodiscard]] std::span<const Program> threads();
[[nodiscard]] std::span<const Program> leaks();
[[nodiscard]] std::span<const Program> last_words();
[[nodiscard]] std::span<const Program> timeouts();
[[nodiscard]] std::span<const Program> stop_tokens();
[[nodiscard]] std::span<const Program> posix_threads();
[[nodiscard]] std::span<const Program> event_loops();
[[nodiscard]] std::span<const Program> loop_timers();
[[nodiscard]] std::span<const Program> channels();
[[nodiscard]] std::span<const Program> loops_and_threads();

}  // namespace corpus
