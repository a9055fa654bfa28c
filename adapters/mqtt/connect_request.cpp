#include "adapters/mqtt/connect_request.hpp"

#include <algorithm>

namespace gateway::mqtt {
namespace {

constexpr std::int64_t longest_keep_alive = 65535;  // seconds, MQTT 5.0 section 3.1.2.10

}  // namespace

ConnectRequest connect_request(const BrokerSettings& settings, const std::string& client_id) {
    ConnectRequest request;
    request.url = settings.url;
    request.client_id = client_id;
    request.protocol = protocol_of(settings);
    request.username = settings.username;
    request.password = settings.password;
    request.clean_start = true;
    request.keep_alive = whole_seconds(settings.keep_alive, 1, longest_keep_alive);
    request.max_message = settings.max_message;
    request.tls = settings.tls;
    request.headers = settings.headers;
    return request;
}

Protocol protocol_of(const BrokerSettings& settings) {
    return settings.version == 5 ? Protocol::v5 : Protocol::v3_1_1;
}

std::chrono::seconds whole_seconds(Duration duration, std::int64_t least, std::int64_t most) {
    const auto count = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    return std::chrono::seconds{std::clamp<std::int64_t>(count, least, most)};
}

}  // namespace gateway::mqtt
