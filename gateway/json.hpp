// JSON as bytes: validate once at the edge, then slice, quote and splice. No tree is built here.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::json {

inline constexpr std::size_t max_depth = 64;

/// One whole JSON value and nothing after it, at most max_depth deep (RFC 8259). Refused although the
/// grammar has them: escapes of lone surrogates, exponents of more than about nine digits.
bool valid(std::string_view text);

/// Valid UTF-8 without NUL: what MQTT and happn accept as text.
bool valid_utf8(std::string_view text);

/// Appends `text` as a JSON string literal, quotes included. Invalid UTF-8 is replaced by U+FFFD.
void append_quoted(std::string& out, std::string_view text);
std::string quoted(std::string_view text);

/// The text behind a valid JSON string literal (with its quotes); nullopt if `literal` is no string.
std::optional<std::string> unquoted(std::string_view literal);

/// The member `key` of a valid JSON object as a slice of `object`; of equal keys the last (as JSON.parse
/// does). nullopt: absent, or `object` is no object.
std::optional<std::string_view> member(std::string_view object, std::string_view key);

/// The element `index` of a valid JSON array as a slice.
std::optional<std::string_view> element(std::string_view array, std::size_t index);

/// Every member of a valid JSON object in the order of the text: the name as a literal with its quotes, the
/// value as a slice. False if `object` is no object.
using MemberVisit = std::function<void(std::string_view name_literal, std::string_view value)>;
bool for_each_member(std::string_view object, const MemberVisit& visit);

/// Without the blanks around it that JSON allows.
std::string_view trimmed(std::string_view text);

}  // namespace gateway::json
