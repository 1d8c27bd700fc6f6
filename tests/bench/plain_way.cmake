# What grading costs without the grader: a fresh copy of the exercises with the student's file in it is
# configured, its tests are built with Catch2 and run with ctest.
#
# To be included, or run by itself:
#   cmake -DSOURCE=<project> -DFOLDER=<scratch> -DFILE=<downloads.cpp> -DCOMPILER=<c++> -P plain_way.cmake
# prints the sum of the milliseconds.

cmake_minimum_required(VERSION 3.24)
set(exercise 01-threaded-io)
# From nothing.
set(ENV{CCACHE_DISABLE} 1)

# What fails stops everything, but for what a student's file may fail.
set(may_fail ctest)
macro(run)
    execute_process(${ARGV} RESULTS_VARIABLE results OUTPUT_VARIABLE printed ERROR_VARIABLE printed)
    foreach(result IN LISTS results)
        if(NOT result EQUAL 0 AND NOT "${ARGV}" MATCHES "${may_fail}")
            message(FATAL_ERROR "${printed}\nThis ended with ${result}: ${ARGV}")
        endif()
    endforeach()
endmacro()

function(now variable)
    string(TIMESTAMP micros "%s%f" UTC)
    math(EXPR millis "${micros} / 1000")
    set(${variable} ${millis} PARENT_SCOPE)
endfunction()

# measure(<list> COMMAND …): appends the milliseconds.
macro(measure list)
    now(begin)
    run(${ARGN})
    now(end)
    math(EXPR took "${end} - ${begin}")
    list(APPEND ${list} ${took})
endmacro()

# plain_way(<folder> <file>): appends what each step took to the lists configure, libraries, build and
# test. The lab takes a minute, and would be built once for a class: so its cost is told apart.
macro(plain_way folder file)
    file(REMOVE_RECURSE "${folder}")
    file(COPY "${SOURCE}/exercises" "${SOURCE}/cmake" "${SOURCE}/CMakeLists.txt"
        "${SOURCE}/CMakePresets.json" DESTINATION "${folder}/kit")
    file(COPY "${file}" DESTINATION "${folder}/kit/exercises/${exercise}")
    measure(configure COMMAND "${CMAKE_COMMAND}" --preset student -B "${folder}/build"
        "-DCMAKE_CXX_COMPILER=${COMPILER}" WORKING_DIRECTORY "${folder}/kit")
    measure(libraries COMMAND "${CMAKE_COMMAND}" --build "${folder}/build"
        --target lockstep_lab lockstep_lab_tsan)
    measure(build COMMAND "${CMAKE_COMMAND}" --build "${folder}/build" --target ${exercise})
    measure(test COMMAND "${CMAKE_CTEST_COMMAND}" --test-dir "${folder}/build" -L 01)
endmacro()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
    # Anybody's file, which need not compile.
    set(may_fail "ctest|--target;${exercise}$")
    plain_way("${FOLDER}" "${FILE}")
    math(EXPR sum "${configure} + ${build} + ${test}")
    execute_process(COMMAND "${CMAKE_COMMAND}" -E echo "${sum}")
endif()
