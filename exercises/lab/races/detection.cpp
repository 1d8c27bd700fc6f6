// Whether races are found in this process.
#include <lab/races/annotations.hpp>
#include <lab/races/canary.hpp>
#include <lab/races/races.hpp>

namespace lab {
namespace {

RaceDetection decide() {
    if (!tsan::present()) {
        return {false,
                "Data races are not looked for, because this program was built without "
                "ThreadSanitizer: build it with the preset tsan."};
    }
    races::begin();
    const bool sung = races::sing();
    const bool heard = races::any();
    races::begin();  // Forgets the report. To take it would be to look its places up, for nothing.
    races::end();
    if (!sung) {
        return {false,
                "Data races are not looked for, because there was no thread left to try "
                "ThreadSanitizer on: raise the limit of threads."};
    }
    if (!heard) {
        return {false,
                "Data races are not looked for, because ThreadSanitizer did not report a race that "
                "was there for it to find: see whether TSAN_OPTIONS switches its reports off."};
    }
    return {true, ""};
}

}  // namespace

const RaceDetection& race_detection() {
    static const RaceDetection detection = decide();
    return detection;
}

}  // namespace lab
