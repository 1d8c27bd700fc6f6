# How an exercise becomes programs and tests.
#
# Two kinds of builds: in a student's, the tests judge what the student wrote, and each run of ctest
# first builds that. In the kit's own, the same tests judge the reference solution.

include(Manifest)

if(EXISTS "${PROJECT_SOURCE_DIR}/tests/CMakeLists.txt")
    set(lockstep_student_default OFF)
else()
    set(lockstep_student_default ON)
endif()
option(LOCKSTEP_STUDENT_TESTS
    "Test what is written in exercises/, instead of the reference solutions."
    ${lockstep_student_default})

# lockstep_add_exercise(<folder> [LIBRARIES <target>…])
#
# The exercise in this folder, which is named after its id. Its manifest says which of its files a
# student edits, and what is checked; tests.cpp holds a Catch2 test case for each check, tagged with the
# check's id. LIBRARIES are for the student's files.
#
#   target <id>           builds all programs of the exercise's tests
#   target <id>_example   builds example.cpp
#   target <id>_worker    builds the file that the manifest calls a program of its own, if it does; the
#                         tests find it beside themselves
#   tests "NN name: …"    with the label NN, one for each check; in the kit's own builds, which have the
#                         label exercises too, also one that holds the example against the handout
function(lockstep_add_exercise folder)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
    set(source "${CMAKE_CURRENT_SOURCE_DIR}/${folder}")
    lockstep_read_manifest(exercise "${source}/exercise.toml")
    set(id "${exercise_id}")
    if(NOT id STREQUAL folder)
        message(FATAL_ERROR "${source}/exercise.toml has the id '${id}': name it as its folder.")
    endif()

    string(REGEX MATCH "^[0-9]+" label "${id}")
    string(REGEX REPLACE "^([0-9]+)-" "\\1 " name "${id}")
    set(labels "${label}")
    if(LOCKSTEP_STUDENT_TESTS)
        set(excluded EXCLUDE_FROM_ALL)
    else()
        set(excluded "")
        list(APPEND labels exercises)
        lockstep_stage_solution_("${id}" "${source}" source)
    endif()

    set(texts "${CMAKE_CURRENT_BINARY_DIR}/${id}/checks.cpp")
    lockstep_write_checks(exercise "${texts}")
    set(written ${exercise_files})
    list(FILTER written INCLUDE REGEX "\\.cpp$")
    list(REMOVE_ITEM written "${exercise_program}")
    list(TRANSFORM written PREPEND "${source}/")

    # The check of races takes a program built for ThreadSanitizer, and is the only one that does.
    set(flavours tests)
    if(TARGET Lockstep::lab_tsan)
        list(APPEND flavours races)
    endif()
    add_custom_target(${id})
    foreach(flavour IN LISTS flavours)
        set(program ${id}_${flavour})
        add_executable(${program} ${excluded} "${source}/tests.cpp" "${texts}" ${written})
        target_include_directories(${program} PRIVATE "${source}")
        if(flavour STREQUAL "races")
            target_link_libraries(${program} PRIVATE Lockstep::support_tsan)
            lockstep_run_without_aslr(${program} TSAN)
        else()
            target_link_libraries(${program} PRIVATE Lockstep::support)
            lockstep_run_without_aslr(${program})
        endif()
        target_link_libraries(${program} PRIVATE Lockstep::trial ${arg_LIBRARIES})
        add_dependencies(${id} ${program})
    endforeach()

    if(exercise_program)
        add_executable(${id}_worker ${excluded} "${source}/${exercise_program}")
        target_include_directories(${id}_worker PRIVATE "${source}")
        target_link_libraries(${id}_worker PRIVATE Lockstep::support ${arg_LIBRARIES})
        add_dependencies(${id} ${id}_worker)
    endif()

    add_executable(${id}_example ${excluded} "${source}/example.cpp")
    target_link_libraries(${id}_example PRIVATE Lockstep::support ${arg_LIBRARIES})
    lockstep_run_without_aslr(${id}_example)

    # Tests ------------------------------------------------------------------------------------
    if(LOCKSTEP_STUDENT_TESTS)
        add_test(NAME "${name}: builds"
            COMMAND "${CMAKE_COMMAND}" -DFOLDER=${PROJECT_BINARY_DIR} -DTARGET=${id}
                -P "${PROJECT_SOURCE_DIR}/cmake/build_exercise.cmake")
        # One build at a time: two would write the same files.
        set_tests_properties("${name}: builds" PROPERTIES
            LABELS "${labels}" FIXTURES_SETUP ${id} RESOURCE_LOCK lockstep_build TIMEOUT 600)
    else()
        add_test(NAME "${name}: the example prints what the handout shows"
            COMMAND "${CMAKE_COMMAND}" -DPROGRAM=$<TARGET_FILE:${id}_example> -DFOLDER=${source}
                -P "${PROJECT_SOURCE_DIR}/cmake/check_example.cmake")
        set_tests_properties("${name}: the example prints what the handout shows" PROPERTIES
            LABELS "${labels}" TIMEOUT 60)
    endif()

    # Catch2 2 thinks that no test is a passed one.
    set(options --reporter trial)
    if(Catch2_VERSION VERSION_LESS 3)
        list(APPEND options --warn NoTests)
    endif()
    foreach(check IN LISTS exercise_checks)
        set(program ${id}_tests)
        if(check STREQUAL "races")
            if(NOT TARGET ${id}_races)
                continue()
            endif()
            set(program ${id}_races)
        endif()
        set(test "${name}: ${exercise_${check}_title_en}")
        add_test(NAME "${test}" COMMAND ${program} "[${check}]" ${options})
        set_tests_properties("${test}" PROPERTIES
            LABELS "${labels}" TIMEOUT 300 SKIP_REGULAR_EXPRESSION "skipped: ")
        if(LOCKSTEP_STUDENT_TESTS)
            set_tests_properties("${test}" PROPERTIES FIXTURES_REQUIRED ${id})
        endif()
    endforeach()
endfunction()

# The exercise with its reference solution in place of the files that a student edits, in a folder of
# the build, so that headers are found in it, too.
function(lockstep_stage_solution_ id source result)
    set(staged "${CMAKE_CURRENT_BINARY_DIR}/${id}/solved")
    file(GLOB files RELATIVE "${source}" CONFIGURE_DEPENDS
        "${source}/*.cpp" "${source}/*.hpp" "${source}/*.md")
    foreach(file IN LISTS files)
        set(solved "${PROJECT_SOURCE_DIR}/solutions/${id}/${file}")
        if(EXISTS "${solved}")
            configure_file("${solved}" "${staged}/${file}" COPYONLY)
        else()
            configure_file("${source}/${file}" "${staged}/${file}" COPYONLY)
        endif()
    endforeach()
    set(${result} "${staged}" PARENT_SCOPE)
endfunction()
