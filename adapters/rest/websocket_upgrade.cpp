#include "adapters/rest/websocket_upgrade.hpp"

#include "adapters/rest/http_status.hpp"
#include "gateway/payload.hpp"

namespace rest {
namespace {

constexpr std::string_view spoken_version = "13";
constexpr std::size_t key_bytes = 16;

bool is_key(std::string_view text) {
    const auto bytes = gateway::from_base64(text);
    return bytes && bytes->size() == key_bytes;
}

HttpReply other_version() {
    HttpReply reply =
        problem(426, "websockets of version " + std::string{spoken_version} + " are spoken here");
    reply.headers.emplace_back("Sec-WebSocket-Version", spoken_version);
    reply.headers.emplace_back("Upgrade", "websocket");
    return reply;
}

}  // namespace

bool wants_websocket(const HttpRequest& request) {
    return request.method == "GET" && has_list_element(request.header("upgrade"), "websocket") &&
           has_list_element(request.header("connection"), "upgrade");
}

std::optional<HttpReply> refusal_of_handshake(const HttpRequest& request) {
    if (request.header("sec-websocket-version") != spoken_version) return other_version();
    if (!is_key(request.header("sec-websocket-key")))
        return problem(400, "Sec-WebSocket-Key must be 16 bytes in base64");
    return std::nullopt;
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
