#include "samples.hpp"

#include <lab/catch.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace {

using namespace lockstep;

const Run asked{lab::Policy::random_walk(), 9, 0};

std::string played_bytes() {
    return encode_played(samples::answer(), lab::TraceBuilder::build(samples::trace()), true);
}

TEST_CASE("a request comes back as it was sent") {
    CHECK(decode_request(encode(samples::request())) == samples::request());
}

TEST_CASE("an answer and its trace come back as they were sent") {
    const lab::Trace sent = lab::TraceBuilder::build(samples::trace());
    const Played got = decode_played(played_bytes(), asked);
    CHECK(got.answer == samples::answer());
    CHECK(got.trace.text() == sent.text());
    REQUIRE(got.trace.diagnoses().size() == 1);
    CHECK(got.trace.diagnoses()[0].explain() == sent.diagnoses()[0].explain());
    CHECK(got.trace.stack(got.trace.events()[0].stack) == sent.stack(1));
    CHECK(got.trace.threads()[1].created_at != 0);
    CHECK(got.trace.makespan() == sent.makespan());
    CHECK_FALSE(got.trace.completed());
}

TEST_CASE("without stacks, only diagnoses have places") {
    const Played got = decode_played(
        encode_played(samples::answer(), lab::TraceBuilder::build(samples::trace()), false), asked);
    CHECK(got.trace.events()[0].stack == 0);
    CHECK(got.trace.diagnoses()[0].witnesses[0].place.line == 23);
}

TEST_CASE("policy and seed are those that were asked for, whatever the worker says") {
    const Run other{lab::Policy::round_robin(), 77, 5};
    const Played got = decode_played(played_bytes(), other);
    CHECK(got.trace.seed() == 77);
    CHECK(got.trace.policy() == other.policy);
}

TEST_CASE("a message that ends early is malformed, wherever it ends") {
    const std::string whole = played_bytes();
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_THROWS_AS(decode_played(whole.substr(0, size), asked), wire::Malformed);
    CHECK_THROWS_AS(decode_played(whole + '\0', asked), wire::Malformed);
    const std::string request = encode(samples::request());
    for (std::size_t size = 0; size < request.size(); ++size)
        CHECK_THROWS_AS(decode_request(request.substr(0, size)), wire::Malformed);
}

TEST_CASE("whatever byte is changed, a trace is refused or can be read to its end") {
    const std::string whole = played_bytes();
    std::size_t refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int flip : {0x01, 0x40, 0x80, 0xff}) {
            std::string changed = whole;
            changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^
                                            static_cast<unsigned>(flip));
            try {
                const Played got = decode_played(changed, asked);
                // Everything a judge may ask of it.
                (void)got.trace.text();
                (void)got.trace.story();
                (void)got.trace.spans();
                (void)got.trace.peak_overlap("fetch");
                for (const lab::Event& event : got.trace.events()) {
                    (void)got.trace.joined_thread(event);
                    (void)got.trace.place(event.stack);
                }
                for (const lab::Diagnosis& diagnosis : got.trace.diagnoses())
                    (void)diagnosis.explain();
            } catch (const wire::Malformed&) {
                ++refused;
            }
        }
    }
    CHECK(refused > whole.size() / 2);
}

TEST_CASE("an index that is out of its table is refused") {
    lab::TraceParts parts = samples::trace();
    SECTION("an event's thread") { parts.events[2].thread = 2; }
    SECTION("an event's object") { parts.events[2].object = 99; }
    SECTION("a wait that there is not") { parts.events[4].value = 12; }
    SECTION("a span's outcome") { parts.events[5].object = 3; }
    SECTION("a witness") { parts.diagnoses[0].witnesses[0].thread = 5; }
    SECTION("a creator") { parts.threads[1].creator = 8; }
    const std::string bytes =
        encode_played(samples::answer(), lab::TraceBuilder::build(std::move(parts)), true);
    CHECK_THROWS_AS(decode_played(bytes, asked), wire::Malformed);
}

TEST_CASE("finished comes back, and another version of the protocol is refused") {
    const Finished got = decode_finished(encode(Finished{4, "why"}));
    CHECK(got.runs == 4);
    CHECK(got.complaint == "why");
    std::string bytes = encode(Finished{4, ""});
    bytes[0] = static_cast<char>(protocol_version + 1);
    CHECK_THROWS_AS(decode_finished(bytes), wire::Malformed);
}

}  // namespace
