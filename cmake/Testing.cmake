# How the kit's own tests and benchmarks are declared.

# lockstep_add_test(NAME <name> SOURCES <file>… [LIBRARIES <target>…] [LABEL <label>]
#                   [TIMEOUT <seconds>] [POINTS] [TSAN])
#
# A program of Catch2 test cases that links the lab and Catch2's main. Each TEST_CASE is a test of
# its own for ctest, "<name>/<title>". One more, "<name>/starts", fails where the program cannot
# even list its tests, in which case Catch2 2's module registers none and says nothing.
#
# TIMEOUT is for one test case in a plain build; sanitised ones get five times as long.
# POINTS: link Lockstep::lab_points, where every memory access is a scheduling point. Only in builds
# without a sanitizer; in others there is no such program.
# TSAN: link Lockstep::lab_tsan, where ThreadSanitizer looks for races. Only in builds without a
# sanitizer, too: in the preset tsan every program does.
function(lockstep_add_test)
    cmake_parse_arguments(PARSE_ARGV 0 arg "POINTS;TSAN" "NAME;LABEL;TIMEOUT" "SOURCES;LIBRARIES")
    if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "lockstep_add_test needs NAME and SOURCES, and knows no "
            "'${arg_UNPARSED_ARGUMENTS}'.")
    endif()
    if(NOT arg_LABEL)
        set(arg_LABEL lab)
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()
    set(sanitised ${arg_TSAN})
    if(NOT LOCKSTEP_SANITIZER STREQUAL "none")
        if(arg_POINTS OR arg_TSAN)
            return()
        endif()
        set(sanitised TRUE)
    endif()
    if(sanitised)
        math(EXPR arg_TIMEOUT "5 * ${arg_TIMEOUT}")
    endif()

    set(lab Lockstep::lab)
    set(launcher)
    if(arg_POINTS)
        set(lab Lockstep::lab_points)
    elseif(arg_TSAN)
        set(lab Lockstep::lab_tsan)
        set(launcher TSAN)
    endif()

    add_executable(${arg_NAME} ${arg_SOURCES})
    target_link_libraries(${arg_NAME} PRIVATE
        ${lab}
        ${arg_LIBRARIES}
        Catch2::Catch2WithMain)
    lockstep_run_without_aslr(${arg_NAME} ${launcher})

    add_test(NAME "${arg_NAME}/starts" COMMAND ${arg_NAME} --help)
    set_tests_properties("${arg_NAME}/starts" PROPERTIES
        LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
    catch_discover_tests(${arg_NAME}
        TEST_PREFIX "${arg_NAME}/"
        PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
endfunction()

# lockstep_add_benchmark(NAME <name> SOURCES <file>… [LIBRARIES <target>…])
#
# A program, with a main of its own, that measures the lab and prints what it measured. The target
# `bench` (and ./kit bench) builds and runs them all, one after the other.
function(lockstep_add_benchmark)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;LIBRARIES")
    if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "lockstep_add_benchmark needs NAME and SOURCES, and knows no "
            "'${arg_UNPARSED_ARGUMENTS}'.")
    endif()
    add_executable(${arg_NAME} ${arg_SOURCES})
    target_link_libraries(${arg_NAME} PRIVATE Lockstep::lab ${arg_LIBRARIES})

    if(NOT TARGET bench)
        add_custom_target(bench)
    endif()
    add_custom_target(run_${arg_NAME} COMMAND ${arg_NAME} USES_TERMINAL VERBATIM)
    add_dependencies(bench run_${arg_NAME})
endfunction()
