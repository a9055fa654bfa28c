#include "adapters/rest/node_websockets.hpp"

#include "adapters/rest/credentials.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/websocket_upgrade.hpp"

namespace rest {
namespace {

constexpr auto node_security = gateway::Security::insecure;  // it asks nobody who they are

}  // namespace

bool is_for_node(const HttpRequest& request) {
    return request.wants_websocket && is_primus_path(request.path());
}

std::optional<HttpReply> refusal_of_upgrade(ListenerState& state, const HttpRequest& request, bool has_body) {
    if (has_body) return problem(400, "an upgrade has no body");
    if (state.node == nullptr) return problem(404, "there is no happn node here");
    if (page_of(request) == Page::other) {
        state.metrics.count("websockets_refused_by_origin");
        return problem(403, "pages of another origin may not open websockets here");
    }
    auto refusal = state.hosts.refusal_of(request, node_security);
    if (refusal) state.metrics.count("requests_refused_by_host");
    return refusal ? refusal : refusal_of_handshake(request);
}

}  // namespace rest
