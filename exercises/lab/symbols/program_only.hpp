// Spares libbacktrace the shared libraries.
#pragma once

namespace lab {

/// While one is alive, its thread is told by dl_iterate_phdr of the executable alone.
///
/// libbacktrace reads, at its first question, the debug information of every module there is. A
/// sanitizer's runtime has megabytes of it, detached files (libc6-dbg) are compressed on top, and
/// under ThreadSanitizer each mapping of them is marked byte by byte: half a second, for lines that
/// nobody shows. What a library's function is called, dladdr knows.
class ProgramOnly {
public:
    ProgramOnly() noexcept;
    ~ProgramOnly();
    ProgramOnly(const ProgramOnly&) = delete;
    ProgramOnly& operator=(const ProgramOnly&) = delete;
};

}  // namespace lab
