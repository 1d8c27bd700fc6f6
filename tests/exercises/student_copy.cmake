# cmake -DPART=<part> -DSOURCE=<project> -DFOLDER=<scratch> -DCOMPILER=<c++> -P student_copy.cmake
#
# Plays a student on a copy of the kit in FOLDER/kit, built where its preset builds. The part
# `prepare` makes it; each of the others writes its own downloads.cpp first, so their order does not
# matter.

cmake_minimum_required(VERSION 3.24)

set(kit "${FOLDER}/kit")
set(build "${kit}/build/student")
set(checks 9)

include("${CMAKE_CURRENT_LIST_DIR}/playing.cmake")

# Plain ctest: no build before it.
macro(test_it)
    run("${CMAKE_CTEST_COMMAND}" --test-dir "${build}" -L 01 --output-on-failure)
endmacro()

if(PART STREQUAL "prepare")
    begin_afresh()
    file(COPY "${SOURCE}/exercises" "${SOURCE}/cmake" "${SOURCE}/CMakeLists.txt"
        "${SOURCE}/CMakePresets.json" DESTINATION "${kit}")
    end_afresh()
    run("${CMAKE_COMMAND}" --preset student "-DCMAKE_CXX_COMPILER=${COMPILER}")
    if(NOT result EQUAL 0)
        fail("The copy does not configure.")
    endif()
    run("${CMAKE_COMMAND}" --build "${build}" --target 01-threaded-io)
    if(NOT result EQUAL 0)
        fail("The copy does not build.")
    endif()

elseif(PART STREQUAL "skeleton")
    write_downloads("${SOURCE}/exercises/01-threaded-io/downloads.cpp")
    run("${CMAKE_COMMAND}" --build "${build}" --target 01-threaded-io)
    expect_no_text("warning:")
    test_it()
    expect_count(1 ": builds \\.* +Passed")
    # Where ThreadSanitizer does not work, the check for races is skipped.
    string(REGEX MATCHALL "\\*\\*\\*Skipped" skipped "${printed}")
    list(LENGTH skipped skipped)
    math(EXPR unwritten "${checks} - ${skipped}")
    # That sentence, and no other line.
    expect_count(${unwritten}
        "\\*\\*\\*Failed +[0-9.]+ sec\nnot written yet: downloads\\.cpp:[0-9]+: [^\n]+\n\n")
    expect_count(${unwritten} "not written yet: ")

elseif(PART STREQUAL "solution")
    write_downloads("${SOURCE}/exercises/01-threaded-io/downloads.cpp")
    test_it()
    if(result EQUAL 0)
        fail("The skeleton passed.")
    endif()
    write_downloads("${SOURCE}/solutions/01-threaded-io/downloads.cpp")
    test_it()
    if(NOT result EQUAL 0)
        fail("The solution did not pass.")
    endif()
    expect_text("100% tests passed")

elseif(PART STREQUAL "mistake")
    write_downloads("${SOURCE}/tests/submissions/01-threaded-io/wrong/fixed_slices/downloads.cpp")
    test_it()
    expect_count(1 "\\*\\*\\*Failed")
    expect_count(1 ": a free thread takes the next URL \\.*\\*\\*\\*Failed")
    expect_text("expected: 3 downloads under way as long as URLs are waiting")
    expect_text("happened: after ")
    expect_count(1 "where:    downloads\\.cpp:[0-9]+\n")
    expect_text("thread 3 ▐ fetch ")
    expect_text("hint:     One page takes ten times as long as the others.")
    set(ENV{LOCKSTEP_LANGUAGE} fr)
    set(ENV{LOCKSTEP_HINTS} 3)
    test_it()
    expect_text("hint:     Une page prend dix fois plus de temps que les autres.")
    expect_text("const std::size_t mine = next++;")

elseif(PART STREQUAL "error")
    write_downloads(
        "${SOURCE}/tests/submissions/01-threaded-io/wrong/does_not_compile/downloads.cpp")
    test_it()
    expect_count(1 ": builds \\.*\\*\\*\\*Failed")
    expect_count(1 "\\*\\*\\*Failed")
    expect_count(${checks} "\\*\\*\\*Not Run")
    expect_count(1 "This exercise does not compile")
    expect_text("downloads.cpp:")
    expect_count(1 "error: ")
    expect_no_text("FAILED: ")
    expect_no_text("ninja: ")
    run("${CMAKE_COMMAND}" "${build}")
    if(NOT result EQUAL 0)
        fail("Code that does not compile breaks the configuration.")
    endif()
    run("${CMAKE_COMMAND}" --build "${build}")
    if(NOT result EQUAL 0)
        fail("Code that does not compile breaks the build of everything else.")
    endif()

else()
    message(FATAL_ERROR "There is no part '${PART}'.")
endif()
