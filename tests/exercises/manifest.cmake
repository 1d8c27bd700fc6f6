# cmake -DSOURCE=<project> -DEXERCISE=<id> -P manifest.cmake
#
# What stands elsewhere, because it is read there, is what the manifest says: each check has a test case
# of its title, tagged with its id; each question, with its reason, is in both handouts.

cmake_minimum_required(VERSION 3.24)

include("${SOURCE}/cmake/Manifest.cmake")
set(folder "${SOURCE}/exercises/${EXERCISE}")
lockstep_read_manifest(exercise "${folder}/exercise.toml")

# expect(<file> <text>)
function(expect file text)
    file(READ "${folder}/${file}" content)
    string(FIND "${content}" "${text}" position)
    if(position EQUAL -1)
        message(SEND_ERROR "${file} has no ${text}: add it, or correct the manifest.")
    endif()
endfunction()

foreach(check IN LISTS exercise_checks)
    expect(tests.cpp "TEST_CASE(\"${exercise_${check}_title_en}\", \"[${check}]\")")
endforeach()
foreach(question IN LISTS exercise_questions)
    foreach(part IN ITEMS text why)
        expect(README.md "${exercise_${question}_${part}_en}")
        expect(README.fr.md "${exercise_${question}_${part}_fr}")
    endforeach()
endforeach()
