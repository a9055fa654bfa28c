#include "adapters/rest/conditional.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "adapters/rest/http_status.hpp"

namespace rest {
namespace {

constexpr std::size_t tag_bytes = 16;  // of the digest: more than enough to tell bodies apart

/// The text in a reply's ETag; empty: it has none.
std::string_view tag_of(const HttpReply& reply) {
    const auto found = std::ranges::find_if(
        reply.headers, [](const auto& header) { return equal_ignoring_case(header.first, "etag"); });
    if (found == reply.headers.end()) return {};
    std::string_view tag = found->second;
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"') return {};
    return tag.substr(1, tag.size() - 2);
}

}  // namespace

bool has_already(std::string_view if_none_match, std::string_view etag) {
    while (!if_none_match.empty()) {
        const auto first = if_none_match.find_first_not_of(" \t,");
        if (first == std::string_view::npos) return false;
        if_none_match.remove_prefix(first);
        if (if_none_match.front() == '*') return true;
        if (if_none_match.starts_with("W/")) if_none_match.remove_prefix(2);
        if (!if_none_match.starts_with('"')) return false;  // no list of tags
        const auto end = if_none_match.find('"', 1);
        if (end == std::string_view::npos) return false;
        if (if_none_match.substr(1, end - 1) == etag) return true;
        if_none_match.remove_prefix(end + 1);
    }
    return false;
}

std::optional<HttpReply> refusal_of_condition(const HttpRequest& head) {
    if (head.method == "GET" || head.method == "HEAD") return std::nullopt;
    for (const char* condition : {"If-Match", "If-None-Match"}) {
        if (!head.header(condition).empty())
            return problem(501, std::string{condition} + " is not supported where something is changed");
    }
    return std::nullopt;
}

std::string strong_etag(std::string_view etag) {
    return '"' + std::string{etag} + '"';
}

std::string weak_etag(std::string_view etag) {
    return "W/\"" + std::string{etag} + '"';
}

std::string entity_tag(std::initializer_list<std::string_view> parts) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
    for (const std::string_view part : parts)
        EVP_DigestUpdate(context.get(), part.data(), part.size());
    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
    std::string tag;
    for (std::size_t i = 0; i < tag_bytes; ++i) {
        tag += digits[digest[i] >> 4U];
        tag += digits[digest[i] & 15U];
    }
    return tag;
}

HttpReply unless_known(std::string_view if_none_match, HttpReply reply) {
    if (if_none_match.empty() || reply.status != 200) return reply;
    const auto tag = tag_of(reply);
    if (tag.empty() || !has_already(if_none_match, tag)) return reply;
    reply.status = 304;
    return reply;
}

}  // namespace rest
