// The names by which a listener may be asked for. A web page may have its own name resolve to the gateway's
// address ("DNS rebinding"): for the browser the gateway is then of the page's own origin, and what needs no
// credential is the page's to call, and to read. Only the name tells such a request from one that is meant
// for the gateway. Immutable, pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateway {

class HostNames {
public:
    /// `listed`: names in lower case, `*.NAME` for all below one, or `*` for any.
    explicit HostNames(std::vector<std::string> listed) : listed_{std::move(listed)} {}

    /// `authority`: a host, and maybe a port. Known without a list is what no page of the Internet can be
    /// at: addresses, which nobody can make resolve to another; `localhost` and what is below it (RFC 6761
    /// section 6.3); names without a dot, which are those of the own network, as top-level domains have no
    /// hosts; and no name at all, which no browser sends.
    bool has(std::string_view authority) const;
    bool has_list() const { return !listed_.empty(); }

private:
    bool lists(std::string_view name) const;

    std::vector<std::string> listed_;
};

/// For people: "gw.example" of "GW.example.:8080"; what is not written as a host stays.
std::string shown_host(std::string_view authority);

}  // namespace gateway
