#include "adapters/rest/chunked_body.hpp"

#include <algorithm>
#include <limits>

#include "adapters/rest/header_text.hpp"

namespace rest {
namespace {

constexpr std::size_t allowed_around = 64u * 1024;  // whatever the chunks carry
constexpr std::size_t allowed_around_a_byte = 8;    // and for each byte of it: chunks of one byte are allowed

constexpr const char* bad_end = "a line of a chunked body, or a chunk, does not end where it should";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

ChunkedBody::Verdict ChunkedBody::take(std::string_view& received, std::string& body) {
    Verdict verdict = Verdict::incomplete;
    while (verdict == Verdict::incomplete && !received.empty()) {
        if (at_ == At::data) {
            verdict = take_data(received, body);
            continue;
        }
        verdict = take_around(received.front());
        received.remove_prefix(1);
        if (++around_ > allowed_around + carried_ * allowed_around_a_byte) return Verdict::too_much_around;
    }
    return verdict;
}

ChunkedBody::Verdict ChunkedBody::take_data(std::string_view& received, std::string& body) {
    const std::string_view data = received.substr(0, size_);
    body += data;
    received.remove_prefix(data.size());
    carried_ += data.size();
    size_ -= data.size();
    return size_ == 0 ? go_on(At::data_cr) : Verdict::incomplete;
}

ChunkedBody::Verdict ChunkedBody::take_around(char c) {
    switch (at_) {
        case At::size_start:
        case At::size:
        case At::size_padding:
            return take_size(c);
        case At::extension:
            return take_extension(c);
        case At::size_end:
            return c == '\n' ? begin_data() : malformed(bad_end);
        case At::data_cr:
            return c == '\r' ? go_on(At::data_lf) : malformed(bad_end);
        case At::data_lf:
            return c == '\n' ? go_on(At::size_start) : malformed(bad_end);
        case At::trailer_end:
            return c == '\n' ? go_on(At::trailer_start) : malformed(bad_end);
        case At::last_lf:
            return c == '\n' ? Verdict::complete : malformed(bad_end);
        case At::trailer_value:
            return take_trailer_value(c);
        case At::trailer_start:
        case At::trailer_name:
            return take_trailer_name(c);
        case At::data:
            break;  // is not around
    }
    return malformed(bad_end);
}

ChunkedBody::Verdict ChunkedBody::take_size(char c) {
    const bool has_digits = at_ == At::size || at_ == At::size_padding;
    const bool blank = c == ' ' || c == '\t';
    if (c == '\r' && at_ == At::size) return go_on(At::size_end);
    if (c == ';' && has_digits) return go_on(At::extension);
    if (blank && has_digits) return go_on(At::size_padding);
    const int digit = at_ == At::size_padding ? -1 : hex_value(c);
    if (digit < 0) return malformed("a chunk's size must be a hexadecimal number");
    if (size_ > (std::numeric_limits<std::size_t>::max() >> 4U))
        return malformed("a chunk's size is endless");
    size_ = size_ * 16 + static_cast<std::size_t>(digit);
    return go_on(At::size);
}

ChunkedBody::Verdict ChunkedBody::take_extension(char c) {
    if (c == '\r') return go_on(At::size_end);
    return is_control(c) ? malformed("there is a control character in a chunk's extension")
                         : Verdict::incomplete;
}

ChunkedBody::Verdict ChunkedBody::begin_data() {
    if (size_ > limit_ - carried_) return Verdict::too_large;
    return go_on(size_ == 0 ? At::trailer_start : At::data);
}

ChunkedBody::Verdict ChunkedBody::take_trailer_name(char c) {
    const bool first = at_ == At::trailer_start;
    if (first && c == '\r') return go_on(At::last_lf);
    if (first && (c == ' ' || c == '\t')) return malformed("a trailer starts with a blank");
    if (!first && c == ':') return go_on(At::trailer_value);
    return is_token_character(c) ? go_on(At::trailer_name) : malformed("a trailer has no name");
}

ChunkedBody::Verdict ChunkedBody::take_trailer_value(char c) {
    if (c == '\r') return go_on(At::trailer_end);
    return is_control(c) ? malformed("there is a control character in a trailer") : Verdict::incomplete;
}

ChunkedBody::Verdict ChunkedBody::go_on(At next) {
    at_ = next;
    return Verdict::incomplete;
}

ChunkedBody::Verdict ChunkedBody::malformed(const char* problem) {
    problem_ = problem;
    return Verdict::malformed;
}

}  // namespace rest
