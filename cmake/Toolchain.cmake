# Which compilers will do, and which tools are used where they are present.

if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    message(FATAL_ERROR
        "Lockstep runs on Linux only, because its lab takes the place of glibc's and the kernel's "
        "thread functions: use a Linux machine, a container or WSL 2.")
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
        message(FATAL_ERROR
            "GCC ${CMAKE_CXX_COMPILER_VERSION} is too old for Lockstep: use GCC 12 or newer.")
    endif()
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
        message(FATAL_ERROR
            "Clang ${CMAKE_CXX_COMPILER_VERSION} is too old for Lockstep: use Clang 14, or 17 or "
            "newer.")
    endif()
    # https://github.com/llvm/llvm-project/issues/56301
    if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 15
            AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 17)
        message(FATAL_ERROR
            "Clang ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines that are resumed on another "
            "thread (LLVM issue 56301): use Clang 14, Clang 17 or newer, or GCC.")
    endif()
else()
    message(FATAL_ERROR
        "Lockstep knows GCC and Clang only, not ${CMAKE_CXX_COMPILER_ID}: set CMAKE_CXX_COMPILER to "
        "one of them.")
endif()

if(PROJECT_IS_TOP_LEVEL)
    if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
        set(CMAKE_BUILD_TYPE Debug CACHE STRING "" FORCE)
    endif()

    # For editors, and for ./kit check.
    set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

    find_program(LOCKSTEP_CCACHE ccache)
    mark_as_advanced(LOCKSTEP_CCACHE)
    if(LOCKSTEP_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
        set(CMAKE_CXX_COMPILER_LAUNCHER "${LOCKSTEP_CCACHE}")
    endif()
endif()

# Linking a program with Asio and the lab takes GNU ld a second and mold a tenth of one.
include(CheckLinkerFlag)
set(LOCKSTEP_LINKER auto CACHE STRING
    "The linker, as -fuse-ld names it; auto: mold or lld where present, default: the compiler's own.")
set_property(CACHE LOCKSTEP_LINKER PROPERTY STRINGS auto default mold lld gold bfd)

add_library(lockstep_linker INTERFACE)
if(LOCKSTEP_LINKER STREQUAL "auto")
    foreach(linker IN ITEMS mold lld)
        check_linker_flag(CXX -fuse-ld=${linker} LOCKSTEP_HAS_${linker})
        if(LOCKSTEP_HAS_${linker})
            target_link_options(lockstep_linker INTERFACE -fuse-ld=${linker})
            break()
        endif()
    endforeach()
elseif(NOT LOCKSTEP_LINKER STREQUAL "default")
    target_link_options(lockstep_linker INTERFACE -fuse-ld=${LOCKSTEP_LINKER})
endif()
