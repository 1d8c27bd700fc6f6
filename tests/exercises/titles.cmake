# cmake -DSOURCE=<project> -DEXERCISE=<id> -P titles.cmake
#
# Each check of the manifest has a test case of its title, tagged with its id.

cmake_minimum_required(VERSION 3.24)

include("${SOURCE}/cmake/Manifest.cmake")
lockstep_read_manifest(exercise "${SOURCE}/exercises/${EXERCISE}/exercise.toml")
file(READ "${SOURCE}/exercises/${EXERCISE}/tests.cpp" tests)
foreach(check IN LISTS exercise_checks)
    set(expected "TEST_CASE(\"${exercise_${check}_title_en}\", \"[${check}]\")")
    string(FIND "${tests}" "${expected}" position)
    if(position EQUAL -1)
        message(SEND_ERROR "tests.cpp has no ${expected}: add it, or correct the manifest.")
    endif()
endforeach()
