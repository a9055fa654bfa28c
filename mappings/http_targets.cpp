#include "mappings/http_targets.hpp"

#include <algorithm>
#include <array>

#include "config/units.hpp"
#include "mappings/header_names.hpp"
#include "mappings/retry.hpp"
#include "mappings/values.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::HttpTarget;
using gateway::Scope;
using gateway::Secret;
using gateway::StatusRange;

constexpr std::array<std::string_view, 6> methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::array<std::string_view, 3> body_methods{"POST", "PUT", "PATCH"};
/// What the connection needs for itself (RFC 9110 section 7.6.1), or is made of the URL.
constexpr std::array<std::string_view, 7> own_headers{
    "host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te"};
constexpr std::string_view default_signature_header = "X-Signature";

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return text;
}

bool check_header(const std::string& name, const config::Place& place, const Compilation& compilation) {
    return check_header_name(name, own_headers, place, compilation);
}

// --- statuses
// -------------------------------------------------------------------------------------------------------

void refuse_status(const Node& node, const Compilation& compilation) {
    compilation.error(
        "HG409", node.place(), "'" + node.text() + "' is no HTTP status", "404, 200..299 or 5xx");
}

std::vector<StatusRange> ok_of(const Node& target, const Compilation& compilation) {
    std::vector<StatusRange> ranges;
    const Node* node = child(target, "ok");
    if (node == nullptr) return {StatusRange{}};
    const auto add = [&](const Node& one) {
        const auto range = status_range_of(one.text());
        if (range) ranges.push_back(*range);
        if (!range) refuse_status(one, compilation);
    };
    if (node->is_scalar()) add(*node);
    for (const auto& item : node->items())
        add(item);
    return ranges;
}

// --- who we are
// -----------------------------------------------------------------------------------------------------

/// What a request carries must be one line.
bool is_line(const std::string& text) {
    return !text.empty() &&
           std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// Files end with a line feed, which is not part of the secret.
Secret secret_of(const Node& node, std::string_view key, const Compilation& compilation) {
    std::string text = text_of(node, key);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    if (!is_line(text))
        compilation.error("HG409",
                          known_child(node, key).place(),
                          "'" + std::string{key} + "' must be one line, and not empty",
                          "${VAR} or file:PATH");
    return Secret{std::move(text)};
}

gateway::HttpCredential credential_of(const Node& target, const Compilation& compilation) {
    gateway::HttpCredential credential;
    const Node* auth = child(target, "auth");
    if (auth == nullptr) return credential;
    if (child(*auth, "bearer") != nullptr) credential.bearer = secret_of(*auth, "bearer", compilation);
    const Node* basic = child(*auth, "basic");
    if (basic == nullptr) return credential;
    if (child(*auth, "bearer") != nullptr)
        compilation.error("HG414", auth->place(), "'bearer' and 'basic' exclude each other");
    credential.username = text_of(*basic, "username");
    credential.password = secret_of(*basic, "password", compilation);
    // RFC 7617 section 2.
    if (credential.username.find(':') != std::string::npos || !is_line(credential.username))
        compilation.error("HG409", basic->place(), "a user name of 'basic' is one line without ':'");
    return credential;
}

std::optional<gateway::HttpSignature> signature_of(const Node& target, const Compilation& compilation) {
    const Node* node = child(target, "sign");
    if (node == nullptr) return std::nullopt;
    gateway::HttpSignature signature;
    signature.secret = secret_of(*node, "secret", compilation);
    signature.header = text_of(*node, "header", std::string{default_signature_header});
    signature.timestamp_header = text_of(*node, "timestamp");
    check_header(signature.header, node->place(), compilation);
    if (!signature.timestamp_header.empty())
        check_header(signature.timestamp_header, node->place(), compilation);
    return signature;
}

std::string pem_of(const Node& tls, std::string_view key, const Compilation& compilation) {
    std::string text = text_of(tls, key);
    if (child(tls, key) != nullptr && text.find("-----BEGIN ") == std::string::npos)
        compilation.error("HG407",
                          known_child(tls, key).place(),
                          "expected a PEM text",
                          "file:certificates/" + std::string{key} + ".pem");
    return text;
}

gateway::TlsSettings tls_of(const Node& target, const Compilation& compilation) {
    gateway::TlsSettings settings;
    const Node* tls = child(target, "tls");
    if (tls == nullptr) return settings;
    if (known_child(target, "http").text().find(" http://") != std::string::npos)
        compilation.error("HG414", tls->place(), "'tls' needs a URL with https://");
    settings.ca = pem_of(*tls, "ca", compilation);
    settings.certificate = pem_of(*tls, "certificate", compilation);
    settings.key = Secret{pem_of(*tls, "key", compilation)};
    settings.server_name = text_of(*tls, "server_name");
    settings.verify = flag_of(*tls, "verify", true);
    if (settings.certificate.empty() != settings.key.empty())
        compilation.error("HG408", tls->place(), "'certificate' and 'key' go together");
    if (!settings.verify)
        compilation.findings.warning("HG417",
                                     known_child(*tls, "verify").place(),
                                     "the service's certificate is not verified: anybody can be it");
    return settings;
}

/// All attempts happen within the target's timeout.
void check_attempt(const Node& target,
                   const gateway::Retry& retry,
                   gateway::Duration timeout,
                   const Compilation& compilation) {
    if (retry.attempt && *retry.attempt > timeout)
        compilation.error("HG409",
                          known_child(known_child(target, "retry"), "attempt").place(),
                          "'attempt' is longer than all that the target's 'timeout' allows");
}

// --- the request
// ----------------------------------------------------------------------------------------------------

bool read_request(const Node& target, HttpTarget& rule, const Scope& scope, const Compilation& compilation) {
    const Node& spelled = known_child(target, "http");
    const std::string_view text = spelled.text();
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos || !is_one_of(text.substr(0, blank), methods)) {
        compilation.error("HG204",
                          spelled.place(),
                          "an http target is written \"<METHOD> <url>\", with GET, HEAD, POST, PUT, PATCH or "
                          "DELETE",
                          blank == std::string_view::npos ? "put 'GET ' or 'POST ' before the URL" : "");
        return false;
    }
    rule.method = text.substr(0, blank);
    auto url = gateway::UrlTemplate::parse(text.substr(blank + 1), scope);
    if (url.has_error()) {
        const bool is_host = url.error().message.find("host") != std::string::npos;
        compilation.report(is_host ? "HG204" : "HG202", spelled, url.error(), blank + 1);
        return false;
    }
    rule.url = *std::move(url);
    return true;
}

void read_headers(const Node& target, HttpTarget& rule, const Scope& scope, const Compilation& compilation) {
    const Node* headers = child(target, "headers");
    if (headers == nullptr) return;
    for (const auto& member : headers->members()) {
        check_header(member.key, member.place, compilation);
        if (lower(member.key) == "authorization" && child(target, "auth") != nullptr)
            compilation.error(
                "HG414", member.place, "'auth' and the header Authorization exclude each other");
    }
    rule.headers = templates_of(target, "headers", scope, compilation);
}

/// Keys that mean something for some methods only.
void check_method_keys(const Node& target, const HttpTarget& rule, const Compilation& compilation) {
    const auto only_with = [&](std::string_view key, bool fits, std::string_view words) {
        const auto* member = target.find(key);
        if (member == nullptr || fits) return;
        compilation.error(
            "HG414", member->place, "'" + std::string{key} + "' goes with " + std::string{words} + " only");
    };
    const bool reads = rule.method == "GET" || rule.method == "HEAD";
    only_with("body", !reads, "POST, PUT, PATCH and DELETE");
    only_with("sign", rule.sends_body, "a body");
    only_with("cache", rule.method == "GET", "GET");
    only_with("redirects", reads, "GET and HEAD");
}

}  // namespace

std::optional<gateway::Target> compile_http_target(const Node& node,
                                                   const Scope& scope,
                                                   const Compilation& compilation) {
    HttpTarget rule;
    const bool good = read_request(node, rule, scope, compilation);
    gateway::Target target;
    target.body = value_of(node, "body", scope, compilation);
    target.timeout = duration_of(node, "timeout").value_or(compilation.defaults.http_timeout);
    read_headers(node, rule, scope, compilation);
    rule.sends_body = is_one_of(rule.method, body_methods) || child(node, "body") != nullptr;
    rule.ok = ok_of(node, compilation);
    rule.credential = credential_of(node, compilation);
    rule.signature = signature_of(node, compilation);
    rule.retry = compile_retry(node, {}, compilation);
    check_attempt(node, rule.retry, target.timeout, compilation);
    rule.tls = tls_of(node, compilation);
    rule.concurrency = static_cast<std::size_t>(integer_of(node, "concurrency").value_or(0));
    rule.cache = duration_of(node, "cache");
    rule.redirects = static_cast<int>(integer_of(node, "redirects").value_or(0));
    rule.private_addresses = flag_of(node, "private_addresses");
    if (const Node* most = child(node, "max_response"))
        rule.max_response = config::parse_size(most->text()).value_or(rule.max_response);
    if (!good) return std::nullopt;
    check_method_keys(node, rule, compilation);
    target.rule = std::move(rule);
    return target;
}

}  // namespace mappings
