# Sanitizers: what programs and the lab are compiled with, and how such programs are started.

set(LOCKSTEP_SANITIZER none CACHE STRING "none, address, thread or fuzz")
set_property(CACHE LOCKSTEP_SANITIZER PROPERTY STRINGS none address thread fuzz)
if(NOT LOCKSTEP_SANITIZER MATCHES "^(none|address|thread|fuzz)$")
    message(FATAL_ERROR
        "LOCKSTEP_SANITIZER is '${LOCKSTEP_SANITIZER}': set it to none, address, thread or fuzz.")
endif()
if(LOCKSTEP_SANITIZER STREQUAL "fuzz" AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "libFuzzer comes with Clang only: use the preset fuzz, or ./kit fuzz.")
endif()

# Makes memory accesses and atomics call __tsan_* functions: ThreadSanitizer's, or those of the lab.
add_library(lockstep_memory_instrumentation INTERFACE)
target_compile_options(lockstep_memory_instrumentation INTERFACE
    -fsanitize=thread
    # GCC warns that TSan does not know the fences in Asio; they guard nothing that TSan misses.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)

# ThreadSanitizer itself, for programs: in the preset tsan all of them, in a plain build those that
# link Lockstep::lab_tsan.
add_library(lockstep_thread_sanitizer INTERFACE)
target_link_libraries(lockstep_thread_sanitizer INTERFACE lockstep_memory_instrumentation)
target_link_options(lockstep_thread_sanitizer INTERFACE -fsanitize=thread)

# A linker's response file, one --wrap=<function> a line: by it a program's calls of
# ThreadSanitizer's functions go through the lab's. Lockstep::lab_tsan brings it along; it is named
# here for those who link a program by hand.
set(LOCKSTEP_TSAN_WRAPS "${PROJECT_SOURCE_DIR}/exercises/lab/races/tsan_wraps.ld")

# What every program of the build is compiled with.
add_library(lockstep_sanitizer INTERFACE)
# For the lab. It must add no happens-before edge, so it is never compiled for ThreadSanitizer.
add_library(lockstep_lab_sanitizer INTERFACE)

if(LOCKSTEP_SANITIZER STREQUAL "address")
    target_compile_options(lockstep_sanitizer INTERFACE -fsanitize=address
        # With it GCC warns of what is initialized, for one in its own std::regex: GCC's manual on
        # -fsanitize=address.
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(lockstep_sanitizer INTERFACE -fsanitize=address)
    target_compile_options(lockstep_lab_sanitizer INTERFACE -fsanitize=address)
elseif(LOCKSTEP_SANITIZER STREQUAL "thread")
    target_link_libraries(lockstep_sanitizer INTERFACE lockstep_thread_sanitizer)
elseif(LOCKSTEP_SANITIZER STREQUAL "fuzz")
    # For tests/fuzz, and for nothing else. What is undefined ends the program.
    foreach(library IN ITEMS lockstep_sanitizer lockstep_lab_sanitizer)
        target_compile_options(${library} INTERFACE
            -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
        target_link_options(${library} INTERFACE -fsanitize=address,undefined)
    endforeach()
endif()

# Sanitizers want fixed parts of the address space, and with vm.mmap_rnd_bits=32 (Ubuntu 24.04's)
# GCC 12's ThreadSanitizer failed to start 20 times of 20, its AddressSanitizer 4 of 20; without
# address randomisation neither ever did. So tests start through a launcher that switches it off.
#
# lockstep_run_without_aslr(<program> [TSAN]): its tests start through the launcher, in sanitised
# builds. TSAN: in plain builds, too, because it links Lockstep::lab_tsan.
set(lockstep_launcher_folder "${PROJECT_BINARY_DIR}/launcher")
function(lockstep_run_without_aslr program)
    cmake_parse_arguments(PARSE_ARGV 1 arg "TSAN" "" "")
    if(LOCKSTEP_SANITIZER STREQUAL "none" AND NOT arg_TSAN)
        return()
    endif()
    # A path and no generator expression, because Catch2's module and add_test differ in what they
    # evaluate. TEST_LAUNCHER would be the better name, but needs CMake 3.29; below that, and with
    # policy CMP0158 unset above, this one is used without cross-compiling too.
    set_target_properties(${program} PROPERTIES
        CROSSCOMPILING_EMULATOR "${lockstep_launcher_folder}/without_aslr")
    add_dependencies(${program} lockstep_without_aslr)
endfunction()
