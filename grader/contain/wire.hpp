// What the grader, the supervisor and its keeper say to each other: JSON, in its binary form CBOR,
// because a program's output need not be UTF-8.
//
//   grader ──Order──▶ supervisor ──Order──▶ keeper
//   grader ◀─Outcome─ supervisor ◀─Report── keeper
#pragma once

#include <contain/containment.hpp>
#include <contain/descriptor.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace lockstep {

struct Order {
    Job job;  ///< without `channel`, which is passed on as a descriptor
    bool sandbox = false;
};

/// What the keeper tells of the program it keeps.
struct Report {
    enum class Kind { started, failed, ended };
    Kind kind = Kind::failed;
    std::string failure;     ///< failed: why the program could not be started, a sentence
    bool signalled = false;  ///< ended
    int status = 0;          ///< ended: exit code or signal number
    std::chrono::nanoseconds wall{0};
    std::chrono::nanoseconds cpu{0};    ///< of all its processes
    std::size_t peak_memory_bytes = 0;  ///< of the largest of its processes
    unsigned left_behind = 0;
};

[[nodiscard]] Bytes encode(const Order& order);
[[nodiscard]] Bytes encode(const Outcome& outcome);
[[nodiscard]] Bytes encode(const Report& report);

/// These throw std::exception when the bytes are no such thing.
[[nodiscard]] Order decode_order(const Bytes& bytes);
[[nodiscard]] Outcome decode_outcome(const Bytes& bytes);
[[nodiscard]] Report decode_report(const Bytes& bytes);

}  // namespace lockstep
