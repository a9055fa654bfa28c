// Which requests must name the gateway rightly: those that nothing else tells from what a page of another
// name has sent (gateway/host_names.hpp). Immutable, pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/rest/http_message.hpp"
#include "gateway/host_names.hpp"
#include "gateway/mesh.hpp"

namespace rest {

class KnownHosts {
public:
    explicit KnownHosts(std::vector<std::string> listed) : names_{std::move(listed)} {}

    /// 421 (RFC 9110 section 15.5.20) for a request whose name has to be known and is not. It has to be where
    /// the mesh asks for no credential, or may be one that asks for none as it has not been joined yet, and
    /// wherever names are listed. It need not be where no page can be behind it: on a websocket without
    /// `Origin`, which browsers always send (RFC 6455 section 4.1), and over TLS, where the browser has
    /// compared the name with the certificate, unless names are listed.
    std::optional<HttpReply> refusal_of(const HttpRequest& request, gateway::Security security) const;

private:
    bool has_to_know(const HttpRequest& request, gateway::Security security) const;

    gateway::HostNames names_;
};

}  // namespace rest
