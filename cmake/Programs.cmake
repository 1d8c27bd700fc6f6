# lockstep_program: what every program of the kit is built with, whoever wrote it.

add_library(lockstep_program INTERFACE)
target_compile_features(lockstep_program INTERFACE cxx_std_20)
target_compile_options(lockstep_program INTERFACE
    # Debug builds are for people who wait: with -O1, Asio's code generation, which dominates the
    # compile time, is shorter than with -O0, and schedules are explored several times faster.
    $<$<CONFIG:Debug>:-O1>
    # The lab names places in the source, in every configuration.
    -g
    -fno-omit-frame-pointer)
target_link_libraries(lockstep_program INTERFACE
    lockstep_linker lockstep_sanitizer lockstep_warnings)
