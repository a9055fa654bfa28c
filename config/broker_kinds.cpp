#include "config/broker_kinds.hpp"

#include <algorithm>
#include <cctype>

#include "config/address.hpp"
#include "config/kinds.hpp"
#include "config/url_rule.hpp"

namespace config {
namespace {

constexpr std::size_t longest_protocol_name = 255;

const UrlRule& broker_rule() {
    static const UrlRule rule{{{"tcp", default_mqtt_port},
                               {"mqtt", default_mqtt_port, false, "tcp"},
                               {"ssl", default_mqtts_port},
                               {"mqtts", default_mqtts_port, false, "ssl"},
                               {"ws", default_http_port, true},
                               {"wss", default_https_port, true}},
                              "tcp://127.0.0.1:1883"};
    return rule;
}

bool is_field_name(std::string_view name) {  // RFC 9110 section 5.6.2
    const auto in_token = [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view{"!#$%&'*+-.^_`|~"}.find(static_cast<char>(c)) != std::string_view::npos;
    };
    return !name.empty() && std::ranges::all_of(name, in_token);
}

bool is_field_value(std::string_view value) {
    return std::ranges::none_of(value, [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
}

/// What the request for a websocket has anyway.
bool is_handshake_field(std::string name) {
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name == "host" || name == "upgrade" || name == "connection" || name.starts_with("sec-websocket-");
}

}  // namespace

Kind<std::string> broker_url() {
    const auto read = [](const Node& node, std::string& into, Findings& findings) {
        if (const auto url = read_url(node, broker_rule(), findings)) {
            into = url->scheme + "://" + endpoint_text(url->endpoint) + url->path;
        }
    };
    return {read, url_schema(broker_rule())};
}

Kind<int> mqtt_version() {
    const auto read = [](const Node& node, int& into, Findings& findings) {
        const std::string spelled = node.is_scalar() ? node.text() : std::string{};
        if (spelled == "5") {
            into = 5;
        } else if (spelled == "3" || spelled == "3.1.1") {
            into = 3;
        } else {
            report_type(node, "5, 3 or 3.1.1", findings);
        }
    };
    return {read, {{"enum", {5, 3, "3.1.1", "5", "3"}}}, [](const int& version) { return Json(version); }};
}

Kind<std::vector<std::string>> protocol_names() {
    const auto read = [](const Node& node, std::vector<std::string>& into, Findings& findings) {
        texts().read(node, into, findings);
        const auto unfit = [](const auto& name) {
            return name.empty() || name.size() > longest_protocol_name;
        };
        if (std::ranges::any_of(into, unfit))
            findings.error("HG409", node.place(), "a protocol's name has 1 to 255 bytes", "[mqtt]");
    };
    return {read, texts().schema};
}

Kind<std::vector<std::pair<std::string, gateway::Secret>>> header_fields() {
    using Fields = std::vector<std::pair<std::string, gateway::Secret>>;
    const auto read = [](const Node& node, Fields& into, Findings& findings) {
        into.clear();
        if (!node.is_map()) return report_type(node, "a map", findings, "{ Authorization: \"${TOKEN}\" }");
        for (const auto& member : node.members()) {
            gateway::Secret value;
            secret().read(member.value, value, findings);
            if (!is_field_name(member.key) || is_handshake_field(member.key))
                findings.error("HG409", member.place, "'" + member.key + "' cannot be set here");
            if (!is_field_value(value.reveal()))
                findings.error("HG409", member.value.place(), "a header is one line of text");
            into.emplace_back(member.key, std::move(value));
        }
    };
    return {read, {{"type", "object"}, {"additionalProperties", secret().schema}}};
}

}  // namespace config
