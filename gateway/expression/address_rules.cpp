#include "gateway/expression/address_rules.hpp"

#include <algorithm>
#include <array>

namespace gateway {
namespace {

bool digit(char character) {
    return character >= '0' && character <= '9';
}

bool letter(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

bool hexadecimal(char character) {
    return digit(character) || (character >= 'a' && character <= 'f') ||
           (character >= 'A' && character <= 'F');
}

bool slug_character(char character) {
    return letter(character) || digit(character) ||
           std::string_view{"_.-"}.find(character) != std::string_view::npos;
}

std::size_t take_digits(std::string_view text, std::size_t at) {
    while (at < text.size() && digit(text[at]))
        ++at;
    return at;
}

/// Past `-?(0|[1-9][0-9]*)`; 0 if the text does not start so.
std::size_t take_integer(std::string_view text) {
    const std::size_t start = !text.empty() && text[0] == '-' ? 1 : 0;
    const auto end = take_digits(text, start);
    if (end == start || (text[start] == '0' && end > start + 1)) return 0;
    return end;
}

bool is_uuid(std::string_view text) {
    constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.size() != shape.size()) return false;
    for (std::size_t at = 0; at < shape.size(); ++at) {
        if (shape[at] == '-' ? text[at] != '-' : !hexadecimal(text[at])) return false;
    }
    return true;
}

bool is_slug(std::string_view text) {
    return !text.empty() && text != "." && text != ".." && std::ranges::all_of(text, slug_character);
}

constexpr std::array<std::string_view, 14> reserved_names{"payload",
                                                          "out",
                                                          "answer",
                                                          "answers",
                                                          "lookup",
                                                          "vars",
                                                          "message",
                                                          "call",
                                                          "route",
                                                          "gateway",
                                                          "principal",
                                                          "error",
                                                          "in",
                                                          "now"};

}  // namespace

std::string character_name(char character) {
    if (character == '\0') return "a NUL";
    if (control_character(character)) return "a control character";
    if (static_cast<unsigned char>(character) >= 0x80) return "a character outside ASCII";
    return std::string{"'"} + character + "'";
}

bool control_character(char character) {
    return static_cast<unsigned char>(character) < 0x20 || character == '\x7F';
}

bool holds_c1_control(std::string_view text) {
    for (auto at = text.find('\xC2'); at != std::string_view::npos; at = text.find('\xC2', at + 1)) {
        if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0) return true;
    }
    return false;
}

bool happn_character(char character) {
    return letter(character) || digit(character) ||
           std::string_view{"/(){}+=&:%@._*- "}.find(character) != std::string_view::npos;
}

bool call_character(char character) {
    return happn_character(character) && !wildcard_character(character) && character != ' ';
}

bool wildcard_character(char character) {
    return character == '+' || character == '#' || character == '*';
}

bool legal_character(AddressKind kind, char character) {
    switch (kind) {
        case AddressKind::happn:
            return happn_character(character);
        case AddressKind::call:
            return character == '*' || call_character(character);
        case AddressKind::mqtt:
        case AddressKind::http:
            return !control_character(character);
    }
    return false;
}

bool has_type(CaptureType type, std::string_view text) {
    switch (type) {
        case CaptureType::text:
        case CaptureType::rest:
            return true;
        case CaptureType::integer:
            return is_json_integer(text);
        case CaptureType::number:
            return is_json_number(text);
        case CaptureType::uuid:
            return is_uuid(text);
        case CaptureType::slug:
            return is_slug(text);
    }
    return false;
}

bool is_json_integer(std::string_view text) {
    return !text.empty() && take_integer(text) == text.size();
}

bool is_json_number(std::string_view text) {
    auto at = take_integer(text);
    if (at == 0) return false;
    if (at < text.size() && text[at] == '.') {
        const auto end = take_digits(text, at + 1);
        if (end == at + 1) return false;
        at = end;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        const auto end = take_digits(text, at);
        if (end == at) return false;
        at = end;
    }
    return at == text.size();
}

bool is_name(std::string_view text) {
    if (text.empty() || digit(text.front())) return false;
    return std::ranges::all_of(text, [](char c) { return letter(c) || digit(c) || c == '_'; });
}

bool is_reserved_name(std::string_view name) {
    return std::ranges::find(reserved_names, name) != reserved_names.end();
}

}  // namespace gateway
