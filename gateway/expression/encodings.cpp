#include "gateway/expression/encodings.hpp"

#include <openssl/sha.h>

#include <array>

namespace gateway {
namespace {

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

bool slug_character(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '_' || character == '.' || character == '-';
}

void append_hex(std::string& out, char byte, std::string_view digits) {
    out += digits[static_cast<unsigned char>(byte) >> 4U];
    out += digits[static_cast<unsigned char>(byte) & 0xFU];
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at];
            continue;
        }
        if (at + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[at + 1]);
        const int low = hex_value(text[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
        at += 2;
    }
    return out;
}

std::string percent_encoded(std::string_view text) {
    const bool dots = text.find_first_not_of('.') == std::string_view::npos;
    std::string out;
    for (const char character : text) {
        if (slug_character(character) && !dots) {
            out += character;
        } else {
            out += '%';
            append_hex(out, character, "0123456789ABCDEF");
        }
    }
    return out;
}

std::string slugged(std::string_view text) {
    std::string out;
    bool replaced = false;
    for (const char character : text) {
        const bool keeps = slug_character(character);
        if (keeps) out += character;
        if (!keeps && !replaced) out += '-';
        replaced = !keeps;
    }
    return out.empty() || out == "." || out == ".." ? "-" : out;
}

std::string hexadecimal(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char byte : bytes)
        append_hex(out, byte, "0123456789abcdef");
    return out;
}

std::string sha256(std::string_view bytes) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
    return hexadecimal({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace gateway
