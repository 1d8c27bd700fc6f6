# cmake -DSOURCE=<project> -DBUILD=<build> -DFOLDER=<scratch> -DCOMPILER=<c++> -P grading.cmake
#
# Measures what grading one submission costs, in one run and on one machine:
#   the plain way   a fresh copy: configure, build the tests with Catch2 and what they need, ctest
#   the bare way    compile and link the student's file, in both flavours at once, and nothing else
#   the grader      with nothing of the submission in its cache, and again
# Each is done ROUNDS times, in turns, and the median is shown.

cmake_minimum_required(VERSION 3.24)
if(NOT DEFINED ROUNDS)
    set(ROUNDS 5)
endif()
set(exercise 01-threaded-io)
set(solution "${SOURCE}/solutions/${exercise}/downloads.cpp")
include("${CMAKE_CURRENT_LIST_DIR}/plain_way.cmake")

function(median variable)
    set(numbers ${ARGN})
    list(SORT numbers COMPARE NATURAL)
    list(LENGTH numbers count)
    math(EXPR middle "${count} / 2")
    list(GET numbers ${middle} value)
    set(${variable} ${value} PARENT_SCOPE)
endfunction()

# bare_command(<flavour> <variable>): a shell command that compiles and links with its toolkit.
function(bare_command flavour variable)
    set(toolkit "${BUILD}/toolkits/${flavour}")
    file(READ "${toolkit}/toolkit.json" json)
    foreach(part IN ITEMS compile link libraries)
        set(${part} "")
        string(JSON count LENGTH "${json}" ${part})
        math(EXPR last "${count} - 1")
        foreach(i RANGE ${last})
            string(JSON option GET "${json}" ${part} ${i})
            string(APPEND ${part} " '${option}'")
        endforeach()
    endforeach()
    # Exercise 01 has no scenarios that are compiled with each submission.
    string(JSON count LENGTH "${json}" exercises ${exercise} objects)
    math(EXPR last "${count} - 1")
    set(scenarios "")
    foreach(i RANGE ${last})
        string(JSON object GET "${json}" exercises ${exercise} objects ${i})
        string(APPEND scenarios " '${object}'")
    endforeach()
    set(made "${FOLDER}/bare-${flavour}")
    string(JOIN " " command
        "'${COMPILER}'" ${compile} "-iquote '${toolkit}/include/${exercise}'" -Wall -Wextra
        "-include '${toolkit}/preludes/standard.hpp' -c '${solution}' -o '${made}.o'" "&&"
        "'${COMPILER}'" ${link} "'${made}.o'" ${scenarios} ${libraries} "-o '${made}'")
    set(${variable} "${command}" PARENT_SCOPE)
endfunction()

bare_command(plain bare_plain)
bare_command(tsan bare_tsan)
file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}")
set(grade "${BUILD}/bin/grader" grade "${SOURCE}/solutions" --exercise ${exercise} --seed 1
    --format json --output "${FOLDER}/result.json")

foreach(round RANGE 1 ${ROUNDS})
    file(REMOVE_RECURSE "${FOLDER}/cache")
    plain_way("${FOLDER}/plain" "${solution}")

    measure(bare COMMAND sh -c "${bare_plain}" COMMAND sh -c "${bare_tsan}")

    measure(cold COMMAND "${CMAKE_COMMAND}" -E env "LOCKSTEP_CACHE=${FOLDER}/cache" ${grade})
    file(READ "${FOLDER}/result.json" json)
    foreach(step IN ITEMS compile_s link_s judge_s)
        string(JSON value GET "${json}" times exercises 0 ${step})
        # CMake writes numbers out in full: to the millisecond is enough.
        string(REGEX REPLACE "([.][0-9][0-9][0-9])[0-9]*" "\\1" value "${value}")
        list(APPEND ${step} "${value}")
    endforeach()
    measure(warm COMMAND "${CMAKE_COMMAND}" -E env "LOCKSTEP_CACHE=${FOLDER}/cache" ${grade})
endforeach()

foreach(what IN ITEMS configure libraries build test bare cold warm compile_s link_s judge_s)
    median(${what} ${${what}})
endforeach()
math(EXPR plain "${configure} + ${build} + ${test}")
math(EXPR from_nothing "${plain} + ${libraries}")

# ratio(<variable> <over> <under>): one decimal.
function(ratio variable over under)
    math(EXPR tenths "(10 * ${over} + ${under} / 2) / ${under}")
    math(EXPR whole "${tenths} / 10")
    math(EXPR rest "${tenths} % 10")
    set(${variable} "${whole}.${rest}" PARENT_SCOPE)
endfunction()
ratio(gain ${plain} ${cold})
ratio(gain_from_nothing ${from_nothing} ${cold})
ratio(over_bare ${cold} ${bare})
math(EXPR making "${cold} - ${warm}")
ratio(making_over_bare ${making} ${bare})

message("Grading the solution of ${exercise}: medians of ${ROUNDS} rounds, milliseconds
  the plain way        ${plain}   configure ${configure}, build ${build}, ctest ${test}
    with the lab       ${from_nothing}   the lab's libraries: ${libraries}
  the bare compile     ${bare}   both flavours at once, compiled and linked
  the grader, cold     ${cold}   sums of both flavours: compile ${compile_s} s, link ${link_s} s, judge ${judge_s} s
  the grader, warm     ${warm}   nothing to compile
  plain / cold         ${gain}   with the lab: ${gain_from_nothing}
  cold / bare          ${over_bare}   without what the warm one takes, which is to run and judge: ${making_over_bare}")
