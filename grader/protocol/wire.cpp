#include <protocol/wire.hpp>

#include <utility>

namespace lockstep::wire {

void Writer::number(std::uint64_t value) {
    while (value >= 0x80) {
        bytes_.push_back(static_cast<char>((value & 0x7f) | 0x80));
        value >>= 7;
    }
    bytes_.push_back(static_cast<char>(value));
}

void Writer::signed_number(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    number((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

void Writer::text(std::string_view value) {
    value = value.substr(0, max_text);
    number(value.size());
    bytes_.append(value);
}

std::uint64_t Reader::number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (rest_.empty()) throw Malformed{"A number ends in the middle."};
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        const std::uint64_t bits = byte & 0x7fU;
        if (shift == 63 && bits > 1) break;
        value |= bits << shift;
        if ((byte & 0x80U) == 0) {
            // One way only to write a number, so that equal messages are equal bytes.
            if (byte == 0 && shift != 0) throw Malformed{"A number has needless bytes."};
            return value;
        }
    }
    throw Malformed{"A number is larger than 64 bits."};
}

std::uint64_t Reader::number(std::uint64_t most) {
    const std::uint64_t value = number();
    if (value > most) throw Malformed{"A number is larger than it may be."};
    return value;
}

std::int64_t Reader::signed_number() {
    const std::uint64_t bits = number();
    return static_cast<std::int64_t>((bits >> 1) ^ ((bits & 1) != 0 ? ~std::uint64_t{0} : 0));
}

std::string_view Reader::text() {
    const std::size_t size = length(max_text);
    const std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
}

std::size_t Reader::length(std::size_t most) {
    const std::uint64_t value = number(most);
    if (value > rest_.size()) throw Malformed{"A list is longer than its message."};
    return static_cast<std::size_t>(value);
}

void Reader::end() const {
    if (!rest_.empty()) throw Malformed{"A message has bytes that belong to nothing."};
}

}  // namespace lockstep::wire
