#include <lab/catch.hpp>

#include <protocol/wire.hpp>

#include <cstdint>
#include <limits>
#include <string>

namespace {

using lockstep::wire::Malformed;
using lockstep::wire::Reader;
using lockstep::wire::Writer;

TEST_CASE("numbers come back as they were written") {
    const auto number = GENERATE(std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{127},
                                 std::uint64_t{128}, std::uint64_t{300}, std::uint64_t{1} << 63,
                                 std::numeric_limits<std::uint64_t>::max());
    Writer writer;
    writer.number(number);
    writer.signed_number(static_cast<std::int64_t>(number));
    writer.signed_number(-static_cast<std::int64_t>(number / 2));
    Reader reader{writer.bytes()};
    CHECK(reader.number() == number);
    CHECK(reader.signed_number() == static_cast<std::int64_t>(number));
    CHECK(reader.signed_number() == -static_cast<std::int64_t>(number / 2));
    CHECK_NOTHROW(reader.end());
}

TEST_CASE("a number has one way to be written, and 64 bits at most") {
    CHECK_THROWS_AS(Reader{std::string("\x80\x00", 2)}.number(), Malformed);
    CHECK_THROWS_AS(Reader{std::string("\xff")}.number(), Malformed);
    const std::string too_large = std::string(9, '\xff') + "\x02";
    CHECK_THROWS_AS(Reader{too_large}.number(), Malformed);
    CHECK_THROWS_AS(Reader{std::string(11, '\xff')}.number(), Malformed);
}

TEST_CASE("texts are cut when written and bounded when read") {
    Writer writer;
    writer.text(std::string(lockstep::wire::max_text + 10, 'x'));
    Reader reader{writer.bytes()};
    CHECK(reader.text().size() == lockstep::wire::max_text);

    Writer longer;
    longer.number(lockstep::wire::max_text + 1);
    const std::string bytes = longer.take() + std::string(lockstep::wire::max_text + 1, 'x');
    CHECK_THROWS_AS(Reader{bytes}.text(), Malformed);
}

TEST_CASE("a list can't be longer than the bytes that are left") {
    Writer writer;
    writer.number(1'000);
    writer.number(1);
    Reader reader{writer.bytes()};
    CHECK_THROWS_AS(reader.length(2'000), Malformed);
}

TEST_CASE("what is beyond the limit, or left over, is refused") {
    Writer writer;
    writer.number(7);
    writer.number(8);
    Reader reader{writer.bytes()};
    CHECK_THROWS_AS(Reader{writer.bytes()}.number(6), Malformed);
    CHECK(reader.number(7) == 7);
    CHECK_THROWS_AS(reader.end(), Malformed);
    CHECK_THROWS_AS(Reader{writer.bytes()}.flag(), Malformed);
}

}  // namespace
