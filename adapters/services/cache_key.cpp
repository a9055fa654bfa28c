#include "adapters/services/cache_key.hpp"

#include <string_view>

#include "gateway/expression/encodings.hpp"

namespace services {
namespace {

/// Each part with its length before it: no value can look like two.
class Parts {
public:
    void add(std::string_view part) { text_.append(std::to_string(part.size())).append(":").append(part); }
    void add(std::size_t number) { add(std::to_string(number)); }
    void add(int number) { add(std::to_string(number)); }
    void add(bool flag) { add(std::string_view{flag ? "yes" : "no"}); }
    std::string hash() const { return gateway::sha256(text_); }

private:
    std::string text_;
};

void add_request(Parts& parts,
                 const gateway::HttpTarget& rule,
                 const std::string& url,
                 const std::vector<gateway::NameValue>& headers) {
    parts.add(rule.method);
    parts.add(url);
    parts.add(headers.size());
    for (const auto& [name, value] : headers) {
        parts.add(name);
        parts.add(value);
    }
}

/// Whose word the answer is.
void add_trust(Parts& parts, const gateway::TlsSettings& tls) {
    parts.add(tls.ca);
    parts.add(tls.certificate);
    parts.add(tls.key.reveal());
    parts.add(tls.server_name);
    parts.add(tls.verify);
}

/// Which answers are taken, and from where.
void add_judgement(Parts& parts, const gateway::HttpTarget& rule) {
    parts.add(rule.ok.size());
    for (const auto& range : rule.ok) {
        parts.add(range.first);
        parts.add(range.last);
    }
    parts.add(rule.redirects);
    parts.add(rule.private_addresses);
    parts.add(rule.max_response);
}

/// Who has no name is told apart by the credential, and without one by the session.
void add_caller(Parts& parts, const gateway::Principal& principal) {
    parts.add(gateway::principal_kind_name(principal.kind));
    parts.add(principal.mesh);
    parts.add(principal.username);
    parts.add(principal.token ? principal.token->reveal() : std::string_view{});
    const bool unnamed = principal.username.empty() && !principal.token;
    if (unnamed && principal.kind == gateway::PrincipalKind::user) parts.add(principal.session_id);
}

}  // namespace

std::string cache_key(const gateway::HttpTarget& rule,
                      const std::string& url,
                      const std::vector<gateway::NameValue>& headers,
                      const gateway::Principal& principal) {
    Parts parts;
    add_request(parts, rule, url, headers);
    add_trust(parts, rule.tls);
    add_judgement(parts, rule);
    add_caller(parts, principal);
    return parts.hash();
}

bool varies_by_more_than_the_request(std::string_view vary) {
    return vary.find('*') != std::string_view::npos;
}

}  // namespace services
