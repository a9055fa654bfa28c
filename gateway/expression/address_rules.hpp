// What each kind of address may hold: separators, wildcards, legal characters, lengths. Shared by patterns
// (where messages come from) and address templates (where they go). Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/expression/address_pattern.hpp"

namespace gateway {

/// MQTT 5.0 section 1.5.4: a topic is at most 65,535 bytes. happn has no limit of its own; the same one is
/// kept.
inline constexpr std::size_t max_address_size = 65535;

/// "'#'", "a control character", "a NUL": for messages about a character that is not allowed.
std::string character_name(char character);

/// NUL, C0 controls, DEL.
bool control_character(char character);
/// C1 controls, U+0080 to U+009F, as UTF-8 (MQTT 5.0 section 1.5.4).
bool holds_c1_control(std::string_view text);

/// happn-3 13 refuses other characters in `set`, `on` and `remove`. Of its white space only the blank is
/// allowed here.
bool happn_character(char character);

/// `component/method`: what can stand in `/_exchange/requests/<mesh>/<component>/<method>`, except
/// separators.
bool call_character(char character);

/// Of any transport: an address on one side is soon an address on the other.
bool wildcard_character(char character);

/// May `character` stand literally in an address of this kind? Wildcards and separators are not judged here.
bool legal_character(AddressKind kind, char character);

/// Does text have this shape? `text` and `rest`: anything.
bool has_type(CaptureType type, std::string_view text);

/// The grammars of RFC 8259 section 6.
bool is_json_integer(std::string_view text);
bool is_json_number(std::string_view text);

/// Captures and parameters: a letter or `_`, then letters, digits, `_`.
bool is_name(std::string_view text);

/// Roots of templates: no capture or parameter has such a name.
bool is_reserved_name(std::string_view name);

}  // namespace gateway
