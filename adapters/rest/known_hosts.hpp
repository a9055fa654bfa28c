// Which names the gateway answers to. A web page may have its own name resolve to the gateway's address ("DNS
// rebinding"): for the browser the gateway is then of the page's own origin, and what needs no credential is
// the page's to call, and to read. Only the name tells such a request from one that is meant for the gateway.
// Immutable, pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/rest/http_message.hpp"
#include "gateway/mesh.hpp"

namespace rest {

class KnownHosts {
public:
    /// `listed`: names in lower case, `*.NAME` for all below one, or `*` for any.
    explicit KnownHosts(std::vector<std::string> listed) : listed_{std::move(listed)} {}

    /// `authority`: a host, and maybe a port. Known without a list is where no page can be
    /// (gateway/host_name.hpp).
    bool has(std::string_view authority) const;

    /// 421 (RFC 9110 section 15.5.20) for a request whose name has to be known and is not. It has to be where
    /// the mesh asks for no credential, or may be one that asks for none as it has not been joined yet, and
    /// wherever names are listed. It need not be where no page can be behind it: on a websocket without
    /// `Origin`, which browsers always send (RFC 6455 section 4.1), and over TLS, where the browser has
    /// compared the name with the certificate, unless names are listed.
    std::optional<HttpReply> refusal_of(const HttpRequest& request, gateway::Security security) const;

private:
    bool has_to_know(const HttpRequest& request, gateway::Security security) const;
    bool lists(std::string_view name) const;

    std::vector<std::string> listed_;
};

}  // namespace rest
