// Names, output and exceptions' texts on their way into a report.
#include "promise.hpp"

#include <report/foreign.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(bytes), size};
    const std::string clean = lockstep::clean_text(text, 20);
    fuzz::promise_plain(clean);
    fuzz::promise_plain(lockstep::to_ascii(clean));
    for (const std::string& line : {lockstep::clean_name(text), lockstep::clean_sentence(text)}) {
        fuzz::promise_plain(line);
        fuzz::promise(line.find('\n') == std::string::npos, "one line");
    }
    // Text that was broken into other lines after it had been cleaned.
    std::string broken = clean;
    for (std::size_t at = 10; at < broken.size(); at += 10)
        if (broken[at] == ' ') broken[at] = '\n';
    fuzz::promise_plain(lockstep::without_commands(broken));
    return 0;
}
