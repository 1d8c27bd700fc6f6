# What the kit needs from the distribution. Nothing is downloaded.

# lockstep_need(<package> <version> <what it is for> [arguments of find_package…])
macro(lockstep_need package version what_for)
    find_package(${package} ${version} ${ARGN} QUIET)
    if(NOT ${package}_FOUND)
        message(FATAL_ERROR
            "${package} ${version} or newer was not found (${what_for}): run ./kit setup, or install "
            "what cmake/packages.txt names.")
    endif()
endmacro()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

lockstep_need(fmt 9 "it formats text" CONFIG)

# Not CMake's own FindBoost, which newer versions of CMake have removed.
lockstep_need(Boost 1.81 "Asio, and Process version 2, which needs its filesystem" CONFIG
    COMPONENTS filesystem)

if(LOCKSTEP_GRADER)
    lockstep_need(nlohmann_json 3.10 "the grader writes JSON" CONFIG)
    lockstep_need(CLI11 2.1 "the grader reads its command line with it" CONFIG)
    lockstep_need(tomlplusplus 3 "the grader reads manifests with it" CONFIG)
    lockstep_need(LibArchive 3 "the grader takes submissions as archives" MODULE)
    lockstep_need(OpenSSL 3 "the grader's cache knows files by their SHA-256" MODULE)
    lockstep_need(SQLiteCpp 3 "the gradebook of a class is an SQLite database" CONFIG)
    lockstep_need(yaml-cpp 0.7 "the grader reads Gradescope's exports with it" CONFIG)
    if(NOT TARGET yaml-cpp::yaml-cpp)
        add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)  # before 0.8
    endif()
endif()

# Debian 12 has Catch2 2.13, newer distributions 3: their headers have different names.
find_package(Catch2 CONFIG QUIET)
if(NOT Catch2_FOUND OR Catch2_VERSION VERSION_LESS 2.13 OR NOT TARGET Catch2::Catch2WithMain)
    message(FATAL_ERROR
        "Catch2 2.13 or newer, with its prebuilt main (Catch2::Catch2WithMain), was not found (the "
        "tests need it): run ./kit setup, or install what cmake/packages.txt names.")
endif()
include(Catch)

# libbacktrace finds the places in the source behind return addresses. GCC ships it, for Clang too.
# GCC's include folder would hide Clang's own intrinsics from Clang, so the two headers are copied.
function(lockstep_find_backtrace)
    execute_process(
        COMMAND "${CMAKE_CXX_COMPILER}" -print-file-name=libbacktrace.a
        OUTPUT_VARIABLE library OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    cmake_path(GET library PARENT_PATH folder)
    if(IS_ABSOLUTE "${library}" AND EXISTS "${folder}/include/backtrace.h")
        set(headers "${PROJECT_BINARY_DIR}/libbacktrace/include")
        foreach(header IN ITEMS backtrace.h backtrace-supported.h)
            configure_file("${folder}/include/${header}" "${headers}/${header}" COPYONLY)
        endforeach()
    else()
        find_library(LOCKSTEP_BACKTRACE_LIBRARY backtrace)
        find_path(LOCKSTEP_BACKTRACE_INCLUDE backtrace.h)
        mark_as_advanced(LOCKSTEP_BACKTRACE_LIBRARY LOCKSTEP_BACKTRACE_INCLUDE)
        if(NOT LOCKSTEP_BACKTRACE_LIBRARY OR NOT LOCKSTEP_BACKTRACE_INCLUDE)
            message(FATAL_ERROR
                "libbacktrace was not found (it names places in the source): Debian's and Ubuntu's GCC "
                "ship it; elsewhere install it from https://github.com/ianlancetaylor/libbacktrace.")
        endif()
        set(library "${LOCKSTEP_BACKTRACE_LIBRARY}")
        set(headers "${LOCKSTEP_BACKTRACE_INCLUDE}")
    endif()
    add_library(Lockstep::backtrace UNKNOWN IMPORTED GLOBAL)
    set_target_properties(Lockstep::backtrace PROPERTIES
        IMPORTED_LOCATION "${library}"
        INTERFACE_INCLUDE_DIRECTORIES "${headers}")
endfunction()
lockstep_find_backtrace()
