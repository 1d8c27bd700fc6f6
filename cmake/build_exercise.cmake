# cmake -DFOLDER=<build folder> -DTARGET=<exercise> -P build_exercise.cmake
#
# Builds an exercise's programs, as the first of its tests. When that fails, it shows what the compiler
# said, and not the commands and counts that a build prints around it.

cmake_minimum_required(VERSION 3.24)

execute_process(
    COMMAND "${CMAKE_COMMAND}" --build "${FOLDER}" --target "${TARGET}"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0)
    return()
endif()

# Ninja's own lines; the command that failed stands on the line after FAILED.
string(REGEX REPLACE "(^|\n)FAILED: [^\n]*\n[^\n]*" "\\1" output "${output}")
string(REGEX REPLACE "(^|\n)(\\[[0-9]+/[0-9]+\\] |ninja: build stopped)[^\n]*" "\\1" output "${output}")
string(REGEX REPLACE "\n\n+" "\n" output "${output}")
string(STRIP "${output}" output)

# Each file is compiled twice, the second time for ThreadSanitizer: say the same only once.
string(LENGTH "${output}" length)
if(length GREATER 2)
    math(EXPR half "(${length} - 1) / 2")
    math(EXPR behind "${half} + 1")
    string(SUBSTRING "${output}" 0 ${half} first)
    string(SUBSTRING "${output}" ${behind} -1 second)
    if(first STREQUAL second)
        set(output "${first}")
    endif()
endif()
message("${output}")
message(FATAL_ERROR
    "This exercise does not compile, so none of its tests can run: begin with the first error above.")
