// The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rest {

inline constexpr std::string_view idempotency_key_header = "Idempotency-Key";
inline constexpr std::size_t longest_idempotency_key = 255;  // characters

/// The key of a header value: a String of Structured Fields, `"abc"` (RFC 8941 section 3.3.3), whose
/// parameters mean nothing; or bare, as most clients send it: visible ASCII without `"`, `,`, `;` and `\`.
/// nullopt: neither, empty, or too long.
std::optional<std::string> read_idempotency_key(std::string_view value);

}  // namespace rest
