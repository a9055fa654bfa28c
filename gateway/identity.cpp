#include "gateway/identity.hpp"

#include <openssl/rand.h>

#include <cstdlib>
#include <vector>

namespace gateway {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

std::vector<unsigned char> random_bytes(std::size_t count) {
    std::vector<unsigned char> bytes(count);
    // Without randomness no session id is safe: there is nothing sensible to go on with.
    if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1) std::abort();
    return bytes;
}

void append_hex(std::string& out, unsigned char byte) {
    out.push_back(hex_digits[byte >> 4U]);
    out.push_back(hex_digits[byte & 0x0FU]);
}

}  // namespace

std::string random_hex(std::size_t bytes) {
    std::string text;
    text.reserve(2 * bytes);
    for (const unsigned char byte : random_bytes(bytes))
        append_hex(text, byte);
    return text;
}

std::string random_uuid() {
    std::vector<unsigned char> bytes = random_bytes(16);
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
        append_hex(text, bytes[i]);
    }
    return text;
}

}  // namespace gateway
