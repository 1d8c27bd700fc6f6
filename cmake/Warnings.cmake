# Warnings, for everything the kit compiles.

option(LOCKSTEP_WERROR "Treat warnings as errors: for the kit's own builds, not for students'." OFF)

add_library(lockstep_warnings INTERFACE)
target_compile_options(lockstep_warnings INTERFACE -Wall -Wextra -Wpedantic)
if(LOCKSTEP_WERROR)
    target_compile_options(lockstep_warnings INTERFACE -Werror)
endif()
