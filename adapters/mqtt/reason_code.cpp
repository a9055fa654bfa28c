#include "adapters/mqtt/reason_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace gateway::mqtt {
namespace {

/// MQTT 5.0 section 2.4, table 2-6: what is not a success.
constexpr std::array<std::pair<int, std::string_view>, 43> names{{
    {0x80, "Unspecified error"},
    {0x81, "Malformed Packet"},
    {0x82, "Protocol Error"},
    {0x83, "Implementation specific error"},
    {0x84, "Unsupported Protocol Version"},
    {0x85, "Client Identifier not valid"},
    {0x86, "Bad User Name or Password"},
    {0x87, "Not authorized"},
    {0x88, "Server unavailable"},
    {0x89, "Server busy"},
    {0x8a, "Banned"},
    {0x8b, "Server shutting down"},
    {0x8c, "Bad authentication method"},
    {0x8d, "Keep Alive timeout"},
    {0x8e, "Session taken over"},
    {0x8f, "Topic Filter invalid"},
    {0x90, "Topic Name invalid"},
    {0x91, "Packet Identifier in use"},
    {0x92, "Packet Identifier not found"},
    {0x93, "Receive Maximum exceeded"},
    {0x94, "Topic Alias invalid"},
    {0x95, "Packet too large"},
    {0x96, "Message rate too high"},
    {0x97, "Quota exceeded"},
    {0x98, "Administrative action"},
    {0x99, "Payload format invalid"},
    {0x9a, "Retain not supported"},
    {0x9b, "QoS not supported"},
    {0x9c, "Use another server"},
    {0x9d, "Server moved"},
    {0x9e, "Shared Subscriptions not supported"},
    {0x9f, "Connection rate exceeded"},
    {0xa0, "Maximum connect time"},
    {0xa1, "Subscription Identifiers not supported"},
    {0xa2, "Wildcard Subscriptions not supported"},
    // Of those below 0x80, the ones that say that something did not happen.
    {0x04, "Disconnect with Will Message"},
    {0x10, "No matching subscribers"},
    {0x11, "No subscription existed"},
    {0x18, "Continue authentication"},
    {0x19, "Re-authenticate"},
    {0x00, "Success"},
    {0x01, "Granted QoS 1"},
    {0x02, "Granted QoS 2"},
}};

}  // namespace

std::string reason_text(int code) {
    const auto named = std::ranges::find(names, code, &std::pair<int, std::string_view>::first);
    if (named == names.end()) return fmt::format("reason 0x{:02x}", code);
    return fmt::format("{} (0x{:02x})", named->second, code);
}

Errc publication_failure(int code) {
    switch (code) {
        case 0x87:  // Not authorized
            return Errc::access_denied;
        case 0x90:  // Topic Name invalid
        case 0x95:  // Packet too large
        case 0x99:  // Payload format invalid
        case 0x9a:  // Retain not supported
        case 0x9b:  // QoS not supported
            return Errc::refused;
        case 0x93:  // Receive Maximum exceeded
        case 0x96:  // Message rate too high
        case 0x97:  // Quota exceeded
            return Errc::overloaded;
        default:
            return Errc::unavailable;
    }
}

}  // namespace gateway::mqtt
