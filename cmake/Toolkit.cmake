# Toolkits: all that compiling and linking a worker takes, in one folder, so that a sandbox needs to
# show a compiler nothing else of the kit. grader/build/toolkit.hpp reads what is written here.
#
#   BUILD/toolkits/<flavour>/
#     toolkit.json   the compiler, its flags, and what to link, for grader/build
#     contents       a hash of every file: what was built with another toolkit is not used again
#     include/       public headers: <lab/…>, <support/…>, NN-name/<contract>.hpp
#     preludes/      one of these is included ahead of every student's file; precompiled
#     lib/           the lab, the worker's main, the exercises' support, Asio, scenarios
#     private/       scenarios that include a student's header, to be compiled with it, and what
#                    they include
include(Manifest)

# lockstep_add_toolkit(<flavour> LAB <suffix of the lab's targets> [OPTIONS <compile option>…]
#                      [LINK <link option>…])
#
# Makes the target lockstep_toolkit_<flavour>.
function(lockstep_add_toolkit flavour)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "LAB" "OPTIONS;LINK")
    set(folder "${PROJECT_BINARY_DIR}/toolkits/${flavour}")
    set(files)

    # -O1 -g1: a student waits for this, and Asio's code generation dominates; -g1 has the lines that
    # diagnoses name.
    lockstep_find_boost_includes_(includes)
    set(flags -std=c++20 -O1 -g1 -fno-omit-frame-pointer -pthread -pipe
        -DBOOST_ASIO_SEPARATE_COMPILATION
        ${arg_OPTIONS}
        ${includes}
        "-I${folder}/include"
        # By its headers' places the lab knows which code is its own.
        "-ffile-prefix-map=${folder}/include=${PROJECT_SOURCE_DIR}/exercises")

    lockstep_copy_headers_("${folder}/include" headers)
    list(APPEND files ${headers})

    # --- The precompiled preludes -----------------------------------------------------------------
    set(ending gch)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        set(ending pch)
    endif()
    set(preludes)
    foreach(name IN ITEMS standard asio process)
        set(source "${PROJECT_SOURCE_DIR}/grader/build/preludes/${name}.hpp")
        set(prelude "${folder}/preludes/${name}.hpp")
        add_custom_command(OUTPUT "${prelude}"
            COMMAND "${CMAKE_COMMAND}" -E copy "${source}" "${prelude}"
            DEPENDS "${source}" VERBATIM)
        list(APPEND preludes "${prelude}")
    endforeach()
    foreach(prelude IN LISTS preludes)
        set(precompiled "${prelude}.${ending}")
        add_custom_command(OUTPUT "${precompiled}"
            COMMAND "${CMAKE_CXX_COMPILER}" ${flags}
                -MD -MF "${prelude}.d" -MT "${precompiled}"
                -x c++-header "${prelude}" -o "${precompiled}"
            DEPENDS ${preludes} ${headers}
            DEPFILE "${prelude}.d"
            COMMENT "Precompiling headers of the ${flavour} toolkit"
            VERBATIM)
        list(APPEND files "${prelude}" "${precompiled}")
    endforeach()

    # --- What is linked ---------------------------------------------------------------------------
    lockstep_add_toolkit_object_(asio "${PROJECT_SOURCE_DIR}/grader/build/asio.cpp")
    set(asio "${object}")
    foreach(library IN ITEMS worker "lab${arg_LAB}" "support${arg_LAB}")
        set(copy "${folder}/lib/${library}.a")
        set(command "${CMAKE_COMMAND}" -E copy)
        if(CMAKE_OBJCOPY AND library MATCHES "^lab")
            # Nobody is shown a line of the lab, and its debug information is four fifths of a worker,
            # to be linked for every submission and read in every scenario.
            set(command "${CMAKE_OBJCOPY}" --strip-debug)
        endif()
        add_custom_command(OUTPUT "${copy}"
            COMMAND ${command} "$<TARGET_FILE:lockstep_${library}>" "${copy}"
            DEPENDS lockstep_${library} VERBATIM)
        list(APPEND files "${copy}")
    endforeach()
    set(wraps "${folder}/lib/tsan_wraps.ld")
    add_custom_command(OUTPUT "${wraps}"
        COMMAND "${CMAKE_COMMAND}" -E copy "${LOCKSTEP_TSAN_WRAPS}" "${wraps}"
        DEPENDS "${LOCKSTEP_TSAN_WRAPS}" VERBATIM)
    list(APPEND files "${wraps}")
    list(TRANSFORM arg_LINK REPLACE "@WRAPS@" "${wraps}")

    # --- Scenarios --------------------------------------------------------------------------------
    set(exercises)
    file(GLOB manifests CONFIGURE_DEPENDS
        "${PROJECT_SOURCE_DIR}/exercises/[0-9][0-9]-*/exercise.toml")
    foreach(manifest IN LISTS manifests)
        cmake_path(GET manifest PARENT_PATH exercise)
        cmake_path(GET exercise FILENAME id)
        set(hidden "${PROJECT_SOURCE_DIR}/grader/hidden/${id}")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${hidden}")
        file(GLOB scenarios CONFIGURE_DEPENDS "${hidden}/scenarios*.cpp")
        if(NOT scenarios)
            continue()
        endif()
        file(GLOB helpers CONFIGURE_DEPENDS "${hidden}/scenarios*.hpp")
        lockstep_read_manifest(exercise "${manifest}")
        set(sources)
        set(objects)
        foreach(scenario IN LISTS scenarios)
            lockstep_includes_one_of_(needs_student "${scenario}" ${exercise_files})
            if(needs_student)
                list(APPEND sources "${scenario}")
                continue()
            endif()
            cmake_path(GET scenario STEM stem)
            set(name "${id}${stem}")
            string(REPLACE "scenarios" "" name "${name}")
            lockstep_add_toolkit_object_(${name} "${scenario}")
            target_include_directories(lockstep_toolkit_${flavour}_${name} BEFORE PRIVATE
                "${exercise}")
            list(APPEND objects "${object}")
        endforeach()
        if(NOT sources)
            set(helpers)
        endif()
        set(copies)
        foreach(part IN LISTS sources helpers)
            cmake_path(GET part FILENAME name)
            set(copy "${folder}/private/${id}/${name}")
            add_custom_command(OUTPUT "${copy}"
                COMMAND "${CMAKE_COMMAND}" -E copy "${part}" "${copy}"
                DEPENDS "${part}" VERBATIM)
            list(APPEND files "${copy}")
            if(part IN_LIST sources)
                list(APPEND copies "${copy}")
            endif()
        endforeach()
        lockstep_json_list_(objects_json ${objects})
        lockstep_json_list_(sources_json ${copies})
        set(entry "\"objects\": ${objects_json}, \"sources\": ${sources_json}")
        list(APPEND exercises "    \"${id}\": {${entry}}")
    endforeach()
    set(scenario_header "${folder}/private/worker/scenario.hpp")
    add_custom_command(OUTPUT "${scenario_header}"
        COMMAND "${CMAKE_COMMAND}" -E copy "${PROJECT_SOURCE_DIR}/grader/worker/scenario.hpp"
            "${scenario_header}"
        DEPENDS "${PROJECT_SOURCE_DIR}/grader/worker/scenario.hpp" VERBATIM)
    list(APPEND files "${scenario_header}")

    # --- What grader/build reads ------------------------------------------------------------------
    get_target_property(linker_options lockstep_linker INTERFACE_LINK_OPTIONS)
    if(NOT linker_options)
        set(linker_options)
    endif()
    set(mounts)
    cmake_path(GET CMAKE_CXX_COMPILER PARENT_PATH bin)
    cmake_path(GET bin PARENT_PATH prefix)
    if(NOT prefix MATCHES "^/(usr)?$")
        set(mounts "${prefix}")
    endif()
    lockstep_json_list_(mounts_json ${mounts})
    lockstep_json_list_(compile_json ${flags})
    lockstep_json_list_(link_json -pthread ${arg_LINK} ${linker_options})
    set(program_libraries
        "${asio}"
        -Wl,--whole-archive
        "${folder}/lib/lab${arg_LAB}.a"
        -Wl,--no-whole-archive
        "${folder}/lib/support${arg_LAB}.a"
        "$<TARGET_FILE:Lockstep::backtrace>"
        "$<TARGET_FILE:fmt::fmt>"
        # Boost.Process needs it; whoever does without is spared the loading.
        -Wl,--as-needed "$<TARGET_FILE:Boost::filesystem>" -Wl,--no-as-needed
        -ldl)
    lockstep_json_list_(program_libraries_json ${program_libraries})
    # A program of the student's has a main of its own.
    lockstep_json_list_(libraries_json
        -Wl,--whole-archive "${folder}/lib/worker.a" -Wl,--no-whole-archive ${program_libraries})
    list(JOIN exercises ",\n" exercises)
    file(GENERATE OUTPUT "${folder}/toolkit.json" CONTENT "{
  \"version\": 3,
  \"compiler\": \"${CMAKE_CXX_COMPILER}\",
  \"compiler_id\": \"${CMAKE_CXX_COMPILER_ID}\",
  \"compiler_version\": \"${CMAKE_CXX_COMPILER_VERSION}\",
  \"mounts\": ${mounts_json},
  \"compile\": ${compile_json},
  \"link\": ${link_json},
  \"libraries\": ${libraries_json},
  \"program_libraries\": ${program_libraries_json},
  \"exercises\": {
${exercises}
  }
}
")
    set(contents "${folder}/contents")
    list(JOIN files "\n" listed)
    file(GENERATE OUTPUT "${folder}/files" CONTENT "${listed}\n${folder}/toolkit.json\n")
    add_custom_command(OUTPUT "${contents}"
        COMMAND "${CMAKE_COMMAND}" "-DFILES=${folder}/files" "-DFOLDER=${folder}"
            "-DOUTPUT=${contents}" -P "${PROJECT_SOURCE_DIR}/cmake/StampToolkit.cmake"
        DEPENDS ${files} "${folder}/files" "${folder}/toolkit.json"
            "${PROJECT_SOURCE_DIR}/cmake/StampToolkit.cmake"
        VERBATIM)
    add_custom_target(lockstep_toolkit_${flavour} ALL DEPENDS "${contents}")
endfunction()

# The rest are parts of lockstep_add_toolkit.

# Whether a source includes one of these files, itself.
function(lockstep_includes_one_of_ result source)
    set(${result} FALSE PARENT_SCOPE)
    file(STRINGS "${source}" directives REGEX "^#include ")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
    foreach(name IN LISTS ARGN)
        if("#include <${name}>" IN_LIST directives)
            set(${result} TRUE PARENT_SCOPE)
        endif()
    endforeach()
endfunction()

# Compiles a source as a student's is, and copies the object into the toolkit: sets `object`.
macro(lockstep_add_toolkit_object_ name source)
    set(target lockstep_toolkit_${flavour}_${name})
    add_library(${target} OBJECT "${source}")
    target_compile_options(${target} PRIVATE ${flags} -Wall -Wextra)
    target_include_directories(${target} PRIVATE
        "${PROJECT_SOURCE_DIR}/exercises"
        "${PROJECT_SOURCE_DIR}/grader")
    set(object "${folder}/lib/${name}.o")
    add_custom_command(OUTPUT "${object}"
        COMMAND "${CMAKE_COMMAND}" -E copy "$<TARGET_OBJECTS:${target}>" "${object}"
        DEPENDS "$<TARGET_OBJECTS:${target}>" VERBATIM)
    list(APPEND files "${object}")
endmacro()

# Copies the public headers, and takes away what is no longer one. The headers that a student writes
# are not among them: a toolkit must not stand in for what was not handed in.
function(lockstep_copy_headers_ folder headers)
    set(copies)
    file(GLOB sources CONFIGURE_DEPENDS
        RELATIVE "${PROJECT_SOURCE_DIR}/exercises"
        "${PROJECT_SOURCE_DIR}/exercises/lab/*.hpp"
        "${PROJECT_SOURCE_DIR}/exercises/lab/asio/*.hpp"
        "${PROJECT_SOURCE_DIR}/exercises/support/*.hpp"
        "${PROJECT_SOURCE_DIR}/exercises/[0-9][0-9]-*/*.hpp")
    foreach(source IN LISTS sources)
        cmake_path(GET source PARENT_PATH exercise)
        set(manifest "${PROJECT_SOURCE_DIR}/exercises/${exercise}/exercise.toml")
        if(EXISTS "${manifest}")
            lockstep_read_manifest(of "${manifest}")
            cmake_path(GET source FILENAME name)
            if(name IN_LIST of_files)
                continue()
            endif()
        endif()
        add_custom_command(OUTPUT "${folder}/${source}"
            COMMAND "${CMAKE_COMMAND}" -E copy "${PROJECT_SOURCE_DIR}/exercises/${source}"
                "${folder}/${source}"
            DEPENDS "${PROJECT_SOURCE_DIR}/exercises/${source}" VERBATIM)
        list(APPEND copies "${folder}/${source}")
    endforeach()
    file(GLOB_RECURSE present "${folder}/*")
    foreach(file IN LISTS present)
        if(NOT file IN_LIST copies)
            file(REMOVE "${file}")
        endif()
    endforeach()
    set(${headers} "${copies}" PARENT_SCOPE)
endfunction()

# Where Boost lies, unless the compiler looks there anyway (naming /usr/include would change the
# order in which it does).
function(lockstep_find_boost_includes_ options)
    get_target_property(folders Boost::headers INTERFACE_INCLUDE_DIRECTORIES)
    set(result)
    foreach(folder IN LISTS folders)
        if(IS_DIRECTORY "${folder}" AND NOT folder IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
            list(APPEND result -isystem "${folder}")
        endif()
    endforeach()
    set(${options} "${result}" PARENT_SCOPE)
endfunction()

function(lockstep_json_list_ json)
    set(strings)
    foreach(string IN LISTS ARGN)
        string(REPLACE "\\" "\\\\" string "${string}")
        string(REPLACE "\"" "\\\"" string "${string}")
        list(APPEND strings "\"${string}\"")
    endforeach()
    list(JOIN strings ", " strings)
    set(${json} "[${strings}]" PARENT_SCOPE)
endfunction()
