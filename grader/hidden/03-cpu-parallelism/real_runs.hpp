// What the checks of exercise 03 ask of a real run (support/real_run.hpp): the processes that
// run_processes and compare start.
#pragma once

#include "searches.hpp"

namespace lockstep::cpu_parallelism {

/// A plan for scenarios outside the lab: one run of each is enough, because what could differ from
/// one to the next is held together by the page that the processes share.
[[nodiscard]] Plan real_plan(const char* scenario, const Search& search, Judge judge);

/// It did not come back: blocked, crashed, ended the program, or goes on and on.
[[nodiscard]] std::optional<Complaint> did_not_return(const Played& run);

/// The right flight, by workers alone, each number once.
[[nodiscard]] std::optional<Complaint> as_the_serial_one_by_workers(const Search& search,
                                                                    const Played& run);

/// Processes or threads left when it had come back.
[[nodiscard]] std::optional<Complaint> something_left(const Played& run);

}  // namespace lockstep::cpu_parallelism
