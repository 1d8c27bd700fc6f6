# Reads an exercise's manifest (exercise.toml), the one place that knows its files and checks.
#
# It is no TOML parser, so that a student's machine needs no other tool than CMake; the grader's reader
# is one, and tells every mistake. This one relies on the layout that the manifests keep: a key a line,
# an inline table a line, strings in double quotes, and no comment behind a value.

# lockstep_read_manifest(<prefix> <file>) sets in the caller's scope
#   <prefix>_id, <prefix>_number, <prefix>_cores, <prefix>_program (empty where there is none),
#   <prefix>_files and <prefix>_checks (lists), and for each check <c> the English and French texts
#   <prefix>_<c>_title_en, …_title_fr, …_shows_en, …_shows_fr, …_hint_1_en … …_hint_3_fr;
#   <prefix>_questions, a list, and for each of them …_text_en … …_why_fr.
#   Texts are written as in the manifest, which is also how C++ writes them.
function(lockstep_read_manifest prefix file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(READ "${file}" text)

    # What CMake's lists would take for their own is put away for the time being.
    string(ASCII 28 open)
    string(ASCII 29 close)
    string(ASCII 31 semicolon)
    string(REPLACE "[" "${open}" text "${text}")
    string(REPLACE "]" "${close}" text "${text}")
    string(REPLACE ";" "${semicolon}" text "${text}")
    string(REPLACE "\r" "" text "${text}")
    string(REPLACE "\n" ";" lines "${text}")
    set(string "\"((\\\\.|[^\"\\\\])*)\"")

    set(section "")
    set(check "")
    set(hint 0)
    set(checks "")
    set(questions "")
    set(${prefix}_program "" PARENT_SCOPE)
    foreach(line IN LISTS lines)
        if(line MATCHES "^${open}+([a-z]+)${close}+$")
            set(section "${CMAKE_MATCH_1}")
            set(check "")
        elseif(section STREQUAL "" AND line MATCHES "^id = ${string}")
            set(${prefix}_id "${CMAKE_MATCH_1}" PARENT_SCOPE)
        elseif(section STREQUAL "" AND line MATCHES "^number = ([0-9]+)")
            set(${prefix}_number "${CMAKE_MATCH_1}" PARENT_SCOPE)
        elseif(section STREQUAL "" AND line MATCHES "^cores = ([0-9]+)")
            set(${prefix}_cores "${CMAKE_MATCH_1}" PARENT_SCOPE)
        elseif(section STREQUAL "" AND line MATCHES "^program = ${string}")
            set(${prefix}_program "${CMAKE_MATCH_1}" PARENT_SCOPE)
        elseif(section STREQUAL "" AND line MATCHES "^files = (.*)")
            string(REGEX MATCHALL "[A-Za-z0-9_]+\\.[a-z]+" files "${CMAKE_MATCH_1}")
            set(${prefix}_files "${files}" PARENT_SCOPE)
        elseif(section STREQUAL "check")
            if(line MATCHES "^id = ${string}")
                set(check "${CMAKE_MATCH_1}")
                set(hint 0)
                list(APPEND checks "${check}")
            elseif(line MATCHES "^(title|shows) = ")
                lockstep_set_texts_("${prefix}_${check}_${CMAKE_MATCH_1}")
            elseif(line MATCHES "^ +{ en = ")
                math(EXPR hint "${hint} + 1")
                lockstep_set_texts_("${prefix}_${check}_hint_${hint}")
            endif()
        elseif(section STREQUAL "question")
            if(line MATCHES "^id = ${string}")
                set(question "${CMAKE_MATCH_1}")
                list(APPEND questions "${question}")
            elseif(line MATCHES "^(text|why) = ")
                lockstep_set_texts_("${prefix}_${question}_${CMAKE_MATCH_1}")
            endif()
        endif()
    endforeach()
    if(NOT checks)
        message(FATAL_ERROR "${file} has no checks that cmake/Manifest.cmake can read: see there.")
    endif()
    set(${prefix}_checks "${checks}" PARENT_SCOPE)
    set(${prefix}_questions "${questions}" PARENT_SCOPE)
endfunction()

# Part of lockstep_read_manifest: the two languages of `line`.
macro(lockstep_set_texts_ name)
    foreach(language IN ITEMS en fr)
        if(NOT line MATCHES "[{ ]${language} = ${string}")
            message(FATAL_ERROR "${file}: '${name}' has no text in the language ${language}.")
        endif()
        set(found "${CMAKE_MATCH_1}")
        string(REPLACE "${open}" "[" found "${found}")
        string(REPLACE "${close}" "]" found "${found}")
        string(REPLACE "${semicolon}" ";" found "${found}")
        set(${name}_${language} "${found}" PARENT_SCOPE)
    endforeach()
endmacro()

# lockstep_write_checks(<prefix> <file>): a C++ source that defines trial::manifest (support/trial.hpp)
# from what lockstep_read_manifest read.
function(lockstep_write_checks prefix file)
    set(rows "")
    foreach(check IN LISTS ${prefix}_checks)
        foreach(text IN ITEMS shows hint_1 hint_2 hint_3)
            set(${text} "{\"${${prefix}_${check}_${text}_en}\",
      \"${${prefix}_${check}_${text}_fr}\"}")
        endforeach()
        string(APPEND rows "    {\"${check}\",\n     ${shows},\n"
            "     {{${hint_1},\n       ${hint_2},\n       ${hint_3}}}},\n")
    endforeach()
    set(cores "${${prefix}_cores}")
    list(JOIN ${prefix}_files "\", \"" files)
    file(CONFIGURE OUTPUT "${file}" @ONLY CONTENT [[
// Made from exercise.toml by cmake/Manifest.cmake.
#include <support/trial.hpp>

namespace {
constexpr trial::CheckText checks[] = {
@rows@};
constexpr std::string_view files[] = {"@files@"};
}  // namespace

trial::Manifest trial::manifest() { return {checks, files, @cores@}; }
]])
endfunction()
