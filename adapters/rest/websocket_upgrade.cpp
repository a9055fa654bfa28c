#include "adapters/rest/websocket_upgrade.hpp"

namespace rest {

bool wants_websocket(const HttpRequest& request) {
    return request.method == "GET" && has_list_element(request.header("upgrade"), "websocket") &&
           has_list_element(request.header("connection"), "upgrade");
}

gateway::UpgradeRequest upgrade_of(const HttpRequest& request, std::uint16_t port) {
    gateway::UpgradeRequest upgrade;
    upgrade.target = std::string{request.target};
    upgrade.ip = std::string{request.ip};
    upgrade.port = port;
    for (const Header& header : request.headers) {
        if (!equal_ignoring_case(header.name, "cookie"))
            upgrade.headers.emplace_back(lower_case(header.name), std::string{header.value});
    }
    return upgrade;
}

}  // namespace rest
