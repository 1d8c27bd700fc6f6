# cmake -DPROGRAM=<example> -DFOLDER=<exercise> -P check_example.cmake
#
# Holds what the example prints against the handouts, each of which shows it, indented by four columns.

execute_process(COMMAND "${PROGRAM}" RESULT_VARIABLE result OUTPUT_VARIABLE printed)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "The example ended with ${result}: it must end with 0.")
endif()
string(REGEX REPLACE "\n$" "" printed "${printed}")
string(REPLACE "\n" "\n    " shown "${printed}")
string(REPLACE "\n    \n" "\n\n" shown "${shown}")
foreach(handout IN ITEMS README.md README.fr.md)
    file(READ "${FOLDER}/${handout}" text)
    string(FIND "${text}" "\n    ${shown}\n" position)
    if(position EQUAL -1)
        message(FATAL_ERROR
            "${handout} does not show what the example prints. Put this in it, with its indentation:\n"
            "    ${shown}")
    endif()
endforeach()
