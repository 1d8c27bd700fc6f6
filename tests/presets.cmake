# Every preset configures: what one leaves out, none of the rest may ask for.
#
#     cmake -DSOURCE=… -DFOLDER=… -P presets.cmake
#
# SOURCE: the kit. FOLDER: where to configure, one folder for each preset; emptied first.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${FOLDER}")
file(READ "${SOURCE}/CMakePresets.json" presets)
string(JSON count LENGTH "${presets}" configurePresets)
math(EXPR last "${count} - 1")
set(configured 0)
foreach(number RANGE ${last})
    string(JSON name GET "${presets}" configurePresets ${number} name)
    string(JSON hidden ERROR_VARIABLE none GET "${presets}" configurePresets ${number} hidden)
    string(JSON compiler ERROR_VARIABLE none
        GET "${presets}" configurePresets ${number} cacheVariables CMAKE_CXX_COMPILER)
    if(hidden STREQUAL "ON")
        continue()
    endif()
    if(compiler MATCHES "NOTFOUND")
        set(compiler g++)
    endif()
    find_program(found_${number} "${compiler}")
    if(NOT found_${number})
        message(STATUS "${name}: left out, for there is no ${compiler} here.")
        continue()
    endif()
    execute_process(
        COMMAND "${CMAKE_COMMAND}" --preset "${name}" -S "${SOURCE}" -B "${FOLDER}/${name}"
            --log-level=WARNING
        WORKING_DIRECTORY "${SOURCE}"
        RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(NOT result EQUAL 0)
        message(SEND_ERROR "The preset ${name} does not configure:\n${said}")
        continue()
    endif()
    message(STATUS "${name}: configured.")
    math(EXPR configured "${configured} + 1")
endforeach()
file(REMOVE_RECURSE "${FOLDER}")
if(configured EQUAL 0)
    message(FATAL_ERROR "No preset of ${SOURCE}/CMakePresets.json could be tried.")
endif()
