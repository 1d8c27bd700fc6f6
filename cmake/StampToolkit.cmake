# Writes a line for each file that FILES names: its SHA-256, and its name below FOLDER.
#   cmake -DFILES=<file> -DFOLDER=<folder> -DOUTPUT=<file> -P StampToolkit.cmake
file(STRINGS "${FILES}" files)
list(SORT files)
set(lines)
foreach(file IN LISTS files)
    file(SHA256 "${file}" hash)
    file(RELATIVE_PATH name "${FOLDER}" "${file}")
    string(APPEND lines "${hash}  ${name}\n")
endforeach()
file(WRITE "${OUTPUT}" "${lines}")
