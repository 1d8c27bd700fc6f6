# cmake -DPART=<part> -DSOURCE=<project> -DGRADER=<program> -DFOLDER=<scratch> -P starter.cmake
#
# Plays a student, and GitHub's runner, on a starter in FOLDER/kit. The part `prepare` exports and
# builds it; each of the others writes its own downloads.cpp first, so their order does not matter.

cmake_minimum_required(VERSION 3.24)

set(kit "${FOLDER}/kit")
set(checks 9)
include("${SOURCE}/tests/exercises/playing.cmake")
set(ENV{KIT_JOBS} 1)
# What GitHub's runner gives to each step.
set(ENV{GITHUB_STEP_SUMMARY} "${FOLDER}/summary.md")
set(ENV{GITHUB_OUTPUT} "${FOLDER}/output")

# As the workflow does. Sets `log`, `summary` and `output`.
macro(autograde)
    file(REMOVE "${FOLDER}/summary.md" "${FOLDER}/output")
    run(.github/autograde/run)
    if(NOT result EQUAL 0)
        fail("The tests did not run.")
    endif()
    if(EXISTS "${FOLDER}/output")
        fail("What was tested wrote to a file of the runner's.")
    endif()
    run(python3 .github/autograde build/autograde)
    if(NOT result EQUAL 0)
        fail("The report was not written.")
    endif()
    set(log "${printed}")
    file(READ "${FOLDER}/summary.md" summary)
    file(READ "${FOLDER}/output" output)
endmacro()

if(PART STREQUAL "prepare")
    begin_afresh()
    file(MAKE_DIRECTORY "${FOLDER}")
    execute_process(COMMAND "${GRADER}" export starter --out "${kit}" --exercise 01
        RESULT_VARIABLE result OUTPUT_VARIABLE printed ERROR_VARIABLE printed)
    if(NOT result EQUAL 0)
        fail("The starter is not written.")
    endif()
    end_afresh()

    run("${CMAKE_COMMAND}" --list-presets)
    expect_count(2 "\n  \"[a-z]+\"")
    expect_count(1 "\n  \"student\"")
    expect_count(1 "\n  \"asan\"")

    # Without the network, where the system lets us be; else what asks for it is sent astray.
    set(offline env http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9)
    execute_process(COMMAND unshare --map-root-user --net true
        RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
    if(result EQUAL 0)
        set(offline unshare --map-root-user --net)
    endif()
    run(${offline} ./kit build student)
    if(NOT result EQUAL 0)
        fail("The starter does not build.")
    endif()
    expect_no_text("warning:")
    # With hidden checks in it, there would be a grader to build.
    if(EXISTS "${kit}/build/student/bin/grader")
        fail("The starter builds a grader.")
    endif()

elseif(PART STREQUAL "skeleton")
    write_downloads("${SOURCE}/exercises/01-threaded-io/downloads.cpp")
    run("${CMAKE_CTEST_COMMAND}" --preset student -L 01)
    # Where ThreadSanitizer does not work, the check for races is skipped.
    string(REGEX MATCHALL "\\*\\*\\*Skipped" skipped "${printed}")
    list(LENGTH skipped skipped)
    math(EXPR unwritten "${checks} - ${skipped}")
    math(EXPR points "2 * ${skipped}")
    expect_count(${unwritten}
        "\\*\\*\\*Failed +[0-9.]+ sec\nnot written yet: downloads\\.cpp:[0-9]+: [^\n]+\n\n")
    expect_no_text("warning:")

    autograde()
    expect_count(${unwritten}
        "\n::notice file=exercises/01-threaded-io/downloads\\.cpp,line=[0-9]+,title=todo%3A ")
    expect_no_text("\n::error")
    expect_count(1 "^::stop-commands::[0-9a-f]+\n")
    set(printed "${summary}")
    expect_count(${unwritten} "\n[|] ✏️ [|]")
    expect_text("${points} of 18 points")
    if(NOT output MATCHES "^runners=exercise01\nexercise01=[A-Za-z0-9+/=]+\n$")
        fail("The outputs are not what the reporter takes.")
    endif()

elseif(PART STREQUAL "solution")
    write_downloads("${SOURCE}/solutions/01-threaded-io/downloads.cpp")
    autograde()
    expect_no_text("\n::error")
    expect_no_text("\n::notice")
    set(printed "${summary}")
    expect_text("18 of 18 points")

elseif(PART STREQUAL "hostile")
    # Full of commands, and it looks for the runner's files.
    file(READ "${SOURCE}/exercises/01-threaded-io/downloads.cpp" text)
    file(WRITE "${FOLDER}/hostile.cpp" "#include <cstdio>\n#include <cstdlib>\n${text}
namespace {
const int forged = [] {
    std::puts(\"::error::forged\\n::stop-commands::pause\\n##[error]forged\");
    std::fputs(\"\\n::warning::forged\\n\\033[2J\\n\", stderr);
    if (const char* file = std::getenv(\"GITHUB_OUTPUT\")) {
        if (std::FILE* output = std::fopen(file, \"a\")) {
            std::fputs(\"exercise01=forged\\n\", output);
            std::fclose(output);
        }
    }
    return 0;
}();
}  // namespace
")
    write_downloads("${FOLDER}/hostile.cpp")
    autograde()
    expect_text("forged")
    expect_text("\n::notice file=exercises/01-threaded-io/downloads.cpp,line=")
    expect_no_text("\n::error")
    expect_no_text("\n::warning::")
    expect_no_text("\n::stop-commands::")
    expect_no_text("##[")
    string(ASCII 27 escape)
    expect_no_text("${escape}")

else()
    message(FATAL_ERROR "There is no part '${PART}'.")
endif()
