// What a Content-Encoding of a request's body hides (RFC 9110 section 8.4), as far as a happner node takes
// it: gzip and deflate. Bounded; on the caller's thread, for as long as the limit allows. Pure but for zlib's
// memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace rest {

enum class Undecoded : std::uint8_t {
    unknown,    // coding
    broken,     // it is not what it says
    too_large,  // more than the limit
};

/// `coding`: gzip or deflate, in lower case. At most `limit` bytes.
std::variant<std::string, Undecoded> decode_body(std::string_view body,
                                                 std::string_view coding,
                                                 std::size_t limit);

}  // namespace rest
