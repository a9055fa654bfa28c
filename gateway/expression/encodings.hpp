// Text encodings that the pipes and HTTP paths need. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateway {

/// Percent-decoding, once (RFC 3986 section 2.1); nullopt: a '%' without two hexadecimal digits behind it.
std::optional<std::string> percent_decoded(std::string_view text);

/// All but letters, digits, '-', '_' and '.' encoded; texts of dots alone, too. What comes out is legal in
/// topics, paths and URLs.
std::string percent_encoded(std::string_view text);

/// Runs of other bytes than [A-Za-z0-9_.-] become one '-'; a slug stays as it is. Never empty, "." or "..".
std::string slugged(std::string_view text);

std::string hexadecimal(std::string_view bytes);

/// The digest in hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace gateway
