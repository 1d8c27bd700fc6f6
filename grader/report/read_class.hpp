// The results of a class from a folder of result files, or those of one student from a file.
#pragma once

#include <report/class_results.hpp>
#include <report/style.hpp>

#include <filesystem>

namespace lockstep {

/// Of a file: one attempt, whose student is the result's `submission`. Of a folder: an attempt for
/// each NAME.json in it (not below it), in the order of their names, whose student is NAME; a file
/// that holds no result becomes an attempt whose `grader_error` says so, for one bad file must not
/// keep a class from its marks.
///
/// Throws UsageError for a file that holds no result, for a folder without any, and where
/// instructors' reports are `wanted` of documents that were written for students.
[[nodiscard]] ClassResults read_class(const std::filesystem::path& path, Audience wanted);

}  // namespace lockstep
