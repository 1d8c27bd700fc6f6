// Which of a submission's files the compiler reads with a source.
#pragma once

#include <build/toolkit.hpp>
#include <collect/submission.hpp>

#include <string>
#include <vector>

namespace lockstep {

/// The submitted files that go into the object of `source` (a path): itself, if it is one, and each
/// whose name stands in a directive of a file that goes in, the toolkit's headers of the exercise
/// included. For a source of the toolkit, each that is a header. In the submission's order.
///
/// It rather takes a file too many. It takes one too few where a name is put together by macros, or
/// a directive goes on in the next line; then the object of the same source with another such file
/// may be used again, which concerns nobody but whoever wrote that source.
[[nodiscard]] std::vector<const SubmittedFile*> read_with(const std::string& source,
                                                          const Submission& submission,
                                                          const Toolkit& toolkit);

}  // namespace lockstep
