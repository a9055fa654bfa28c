#include "adapters/rest/openapi/entity_tag.hpp"

#include <openssl/sha.h>

#include <array>

namespace rest::openapi {
namespace {

constexpr std::size_t tag_bytes = 16;  // of the digest: more than enough to tell documents apart

}  // namespace

std::string entity_tag(std::string_view body) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data());
    std::string tag;
    for (std::size_t i = 0; i < tag_bytes; ++i) {
        tag += digits[digest[i] >> 4U];
        tag += digits[digest[i] & 15U];
    }
    return tag;
}

}  // namespace rest::openapi
