#include "config/connection_kinds.hpp"

#include <algorithm>

#include "config/address.hpp"
#include "config/kinds.hpp"
#include "config/units.hpp"
#include "config/url_rule.hpp"
#include "gateway/expression/suggestion.hpp"

namespace config {
namespace {

const UrlRule& mesh_rule() {
    static const UrlRule rule{{{"ws", default_happn_port}, {"wss", default_happn_port}},
                              "ws://127.0.0.1:55000"};
    return rule;
}

void read_mesh_url(const Node& node, std::vector<gateway::MeshUrl>& into, Findings& findings) {
    const auto url = read_url(node, mesh_rule(), findings);
    if (!url) return;
    const auto is_same = [&](const gateway::MeshUrl& other) {
        return endpoint_text(other.endpoint) == endpoint_text(url->endpoint);
    };
    if (std::ranges::any_of(into, is_same)) {
        findings.error("HG409", node.place(), "the same address twice", "name each node once");
        return;
    }
    into.push_back({url->endpoint, url->scheme == "wss"});
}

Json or_list(const Json& schema) {
    return {{"anyOf", {schema, {{"type", "array"}, {"items", schema}}}}};
}

/// A PEM text that remembers its file.
Kind<gateway::PemText> pem_text() {
    const auto read = [](const Node& node, gateway::PemText& into, Findings& findings) {
        std::string text;
        pem().read(node, text, findings);
        into = {gateway::Secret{std::move(text)}, node.file()};
    };
    return {read, pem().schema};
}

Kind<gateway::TlsVersion> tls_version() {
    const auto read = [](const Node& node, gateway::TlsVersion& into, Findings& findings) {
        const std::string_view spelled = node.is_scalar() ? std::string_view{node.text()} : "";
        if (spelled == "1.2") {
            into = gateway::TlsVersion::tls_1_2;
        } else if (spelled == "1.3") {
            into = gateway::TlsVersion::tls_1_3;
        } else {
            report_type(node, "1.2 or 1.3", findings);
        }
    };
    return {read, {{"enum", {1.2, 1.3, "1.2", "1.3"}}}, [](const gateway::TlsVersion&) { return Json(1.2); }};
}

Section<gateway::ServerTls> server_tls() {
    using gateway::ServerTls;
    return Section<ServerTls>{}
        .key("certificate",
             &ServerTls::certificate,
             pem_text(),
             "The listener's own, followed by its chain; file:PATH, which is read again when it changes.")
        .required()
        .key("key", &ServerTls::key, pem_text(), "Of that certificate; file:PATH.")
        .required()
        .key("client_ca",
             &ServerTls::client_ca,
             pem_text(),
             "Clients must show a certificate that one of these has signed.")
        .key("min_version", &ServerTls::min_version, tls_version(), "Of TLS.");
}

struct ListenEntry {
    gateway::Endpoint address;
    std::optional<gateway::ServerTls> tls;
    bool proxy_protocol = false;
};

Section<ListenEntry> listen_entry() {
    return Section<ListenEntry>{}
        .key("address", &ListenEntry::address, listener(), "IP address and port; port 0: any free one.")
        .required()
        .key("tls", &ListenEntry::tls, optional(server_tls().kind()), "HTTPS and WSS instead of HTTP and WS.")
        .key("proxy_protocol",
             &ListenEntry::proxy_protocol,
             boolean(),
             "Every connection begins with a PROXY protocol header (version 1 or 2), and comes from one of "
             "proxies.trusted.");
}

void read_listener(const Node& node, std::vector<gateway::ListenerSettings>& into, Findings& findings) {
    const auto errors_before = findings.size();
    ListenEntry entry;
    if (node.is_map()) {
        listen_entry().read(node, entry, findings);
    } else {
        listener().read(node, entry.address, findings);
    }
    if (findings.size() == errors_before)
        into.push_back({entry.address, std::move(entry.tls), entry.proxy_protocol});
}

bool* place_named(gateway::RestSettings& rest, std::string_view name) {
    if (name == "bearer") return &rest.bearer;
    if (name == "query") return &rest.query;
    if (name == "cookie") return &rest.cookie;
    return nullptr;
}

}  // namespace

Kind<std::vector<gateway::MeshUrl>> mesh_urls() {
    const auto read = [](const Node& node, std::vector<gateway::MeshUrl>& into, Findings& findings) {
        into.clear();
        if (!node.is_list()) return read_mesh_url(node, into, findings);
        if (node.items().empty()) return report_type(node, "a URL, or a list of them", findings);
        for (const auto& item : node.items())
            read_mesh_url(item, into, findings);
    };
    const auto show = [](const std::vector<gateway::MeshUrl>&) { return Json{}; };
    return {read, or_list(url_schema(mesh_rule())), show};
}

Kind<std::string> pem() {
    const auto read = [](const Node& node, std::string& into, Findings& findings) {
        text().read(node, into, findings);
        if (!into.empty() && into.find("-----BEGIN ") == std::string::npos)
            findings.error("HG407", node.place(), "expected a PEM text", "file:certificates/mesh.pem");
    };
    return {read, {{"type", "string"}, {"examples", {"file:certificates/mesh.pem"}}}};
}

Kind<std::vector<gateway::IpNetwork>> networks() {
    const auto read = [](const Node& node, std::vector<gateway::IpNetwork>& into, Findings& findings) {
        into.clear();
        const auto read_one = [&](const Node& item) {
            const auto network = item.is_scalar() ? gateway::IpNetwork::parse(item.text()) : std::nullopt;
            if (!network)
                return report_type(
                    item, "an IP address or network", findings, "\"10.0.0.0/8\", \"192.0.2.7\"");
            into.push_back(*network);
        };
        if (!node.is_list()) return read_one(node);
        for (const auto& item : node.items())
            read_one(item);
    };
    return {read, or_list({{"type", "string"}, {"examples", {"10.0.0.0/8"}}})};
}

Kind<std::vector<std::string>> host_patterns() {
    const auto read = [](const Node& node, std::vector<std::string>& into, Findings& findings) {
        into.clear();
        const auto read_one = [&](const Node& item) {
            auto pattern = item.is_scalar() ? parse_host_pattern(item.text()) : std::nullopt;
            if (!pattern)
                return report_type(item,
                                   "a host name, without scheme and port",
                                   findings,
                                   "\"gateway.example\", \"*.plant.example\"");
            into.push_back(*std::move(pattern));
        };
        if (!node.is_list()) return read_one(node);
        for (const auto& item : node.items())
            read_one(item);
    };
    return {read, or_list({{"type", "string"}, {"examples", {"gateway.example", "*.plant.example"}}})};
}

Kind<std::optional<double>> rate() {
    const auto read = [](const Node& node, std::optional<double>& into, Findings& findings) {
        const auto per_second = node.is_scalar() ? parse_rate(node.text()) : std::nullopt;
        if (!per_second)
            return report_type(node, "a rate", findings, "a whole number and /s, /m or /h: 50/s");
        into = per_second;
    };
    return {read, {{"type", "string"}, {"pattern", rate_pattern}, {"examples", {"50/s"}}}};
}

Kind<std::vector<gateway::ListenerSettings>> listeners() {
    const auto read = [](const Node& node, std::vector<gateway::ListenerSettings>& into, Findings& findings) {
        into.clear();
        if (!node.is_list()) return read_listener(node, into, findings);
        for (const auto& item : node.items())
            read_listener(item, into, findings);
    };
    const auto show = [](const std::vector<gateway::ListenerSettings>& endpoints) {
        auto list = Json::array();
        for (const auto& endpoint : endpoints)
            list.push_back(endpoint_text(endpoint));
        return list;
    };
    Json entry{{"anyOf", {listener().schema, listen_entry().schema()}}};
    return {read, or_list(entry), show};
}

Kind<gateway::RestSettings> token_places() {
    const std::vector<std::string> names{"bearer", "query", "cookie"};
    const auto read = [names](const Node& node, gateway::RestSettings& into, Findings& findings) {
        if (!node.is_list()) return report_type(node, "a list out of bearer, query and cookie", findings);
        into.bearer = into.query = into.cookie = false;
        for (const auto& item : node.items()) {
            bool* place = item.is_scalar() ? place_named(into, item.text()) : nullptr;
            if (place == nullptr) {
                report_type(
                    item, "bearer, query or cookie", findings, gateway::did_you_mean(item.text(), names));
            } else {
                *place = true;
            }
        }
    };
    return {read, {{"type", "array"}, {"items", {{"enum", names}}}, {"default", names}}};
}

}  // namespace config
