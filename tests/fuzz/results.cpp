// Results in JSON, with their timelines.
#include "promise.hpp"

#include <base/error.hpp>
#include <report/formats.hpp>
#include <report/json.hpp>
#include <report/read_result.hpp>
#include <report/text.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace lockstep;

void keep_promises(const ReadResult& read) {
    const std::string written = render_json(read.result, read.audience);
    try {
        const ReadResult again = read_result(written, "what was written");
        fuzz::promise(render_json(again.result, again.audience) == written,
                      "what was written is read as it was");
    } catch (const UsageError&) {
        fuzz::promise(false, "what was written can be read");
    }
    fuzz::promise_plain(render_text(read.result, {.audience = read.audience}));
    const std::string page = report_format("html")->of_result(
        read.result, ReportContext{.style = {.audience = read.audience}});
    fuzz::promise(page.find("<script>alert") == std::string::npos, "no script of somebody else's");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    try {
        keep_promises(read_result({reinterpret_cast<const char*>(bytes), size}, "input"));
    } catch (const UsageError&) {  // as it should
    }
    return 0;
}
