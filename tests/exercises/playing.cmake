# What scripts share that play a student on a copy of the kit, in the folder `kit`.

# A compiler cache may then use again what it compiled for another copy.
set(ENV{CCACHE_BASEDIR} "${kit}")
set(ENV{CCACHE_NOHASHDIR} 1)
# What is printed must not depend on who runs the test.
set(ENV{LC_ALL} C.UTF-8)
set(ENV{LOCKSTEP_LANGUAGE} en)
unset(ENV{LOCKSTEP_HINTS})

# Fails the test, and shows what was printed last.
function(fail sentence)
    message("${printed}")
    message(FATAL_ERROR "${sentence}")
endfunction()

# run(<command>…): sets `result` and `printed`.
macro(run)
    execute_process(COMMAND ${ARGV} WORKING_DIRECTORY "${kit}"
        RESULT_VARIABLE result OUTPUT_VARIABLE printed ERROR_VARIABLE printed)
endmacro()

# As an editor does: the file is new, whatever the age of what is written.
function(write_downloads file)
    file(READ "${file}" text)
    file(WRITE "${kit}/exercises/01-threaded-io/downloads.cpp" "${text}")
endfunction()

# expect_count(<number> <regular expression>): so many matches in what was printed.
function(expect_count number expression)
    string(REGEX MATCHALL "${expression}" matches "${printed}")
    list(LENGTH matches found)
    if(NOT found EQUAL number)
        fail("Expected ${number} times '${expression}', found ${found}.")
    endif()
endfunction()

function(expect_text text)
    string(FIND "${printed}" "${text}" position)
    if(position EQUAL -1)
        fail("Expected '${text}'.")
    endif()
endfunction()

function(expect_no_text text)
    string(FIND "${printed}" "${text}" position)
    if(NOT position EQUAL -1)
        fail("Did not expect '${text}'.")
    endif()
endfunction()

# A new copy in the place of an old one keeps what was built: where files are the same, it serves
# again. Between these two, the copy is made.
function(begin_afresh)
    file(REMOVE_RECURSE "${kit}.build")
    if(EXISTS "${kit}/build")
        file(RENAME "${kit}/build" "${kit}.build")
    endif()
    file(REMOVE_RECURSE "${kit}")
endfunction()

function(end_afresh)
    if(EXISTS "${kit}.build")
        file(RENAME "${kit}.build" "${kit}/build")
    endif()
endfunction()
