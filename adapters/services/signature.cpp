#include "adapters/services/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "gateway/expression/encodings.hpp"

namespace services {
namespace {
constexpr gateway::WallTime milliseconds_a_second = 1000;
}

std::string hmac_sha256(std::string_view secret, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    HMAC(EVP_sha256(),
         secret.data(),
         static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()),
         text.size(),
         digest.data(),
         &size);
    return gateway::hexadecimal({reinterpret_cast<const char*>(digest.data()), size});
}

std::vector<gateway::NameValue> signature_headers(const gateway::HttpSignature& rule,
                                                  std::string_view body,
                                                  gateway::WallTime now) {
    std::string text{body};
    std::vector<gateway::NameValue> headers;
    if (!rule.timestamp_header.empty()) {
        const std::string time = std::to_string(now / milliseconds_a_second);
        text = time + '.' + text;
        headers.emplace_back(rule.timestamp_header, time);
    }
    headers.emplace_back(rule.header, "sha256=" + hmac_sha256(rule.secret.reveal(), text));
    return headers;
}

}  // namespace services
