#include "config/validate.hpp"

#include <algorithm>
#include <initializer_list>

#include "config/address.hpp"
#include "gateway/expression/suggestion.hpp"

namespace config {
namespace {

constexpr std::string_view node_name = "node";

/// The place of the value at a path of keys, or of the last part of the path that is there.
Place place_of(const Node& root, std::initializer_list<std::string_view> path) {
    const Node* at = &root;
    for (const auto key : path) {
        const auto* member = at->find(key);
        if (member == nullptr) break;
        at = &member->value;
    }
    return at->place();
}

Place key_place(const Node& root, std::string_view section, std::string_view key) {
    const auto* in = root.find(section);
    const auto* member = in == nullptr ? nullptr : in->value.find(key);
    return member == nullptr ? root.place() : member->place;
}

struct Listener {
    gateway::Endpoint endpoint;
    Place place;
    bool front_door;
};

std::vector<Listener> listeners_of(const Settings& settings, const Node& root) {
    std::vector<Listener> all;
    const auto* listen = root.find("listen");
    const bool placed = listen != nullptr && listen->value.items().size() == settings.listen.size();
    for (std::size_t i = 0; i < settings.listen.size(); ++i) {
        const auto place = placed ? listen->value.items()[i].place() : place_of(root, {"listen"});
        all.push_back({settings.listen[i], place, true});
    }
    if (settings.admin) all.push_back({settings.admin->listen, place_of(root, {"admin", "listen"}), false});
    if (settings.health)
        all.push_back({settings.health->listen, place_of(root, {"health", "listen"}), false});
    return all;
}

void check_listener_proxies(const Settings& settings, const Node& root, Findings& findings) {
    const bool announced = std::ranges::any_of(settings.listen, &gateway::ListenerSettings::proxy_protocol);
    if (!announced || !settings.proxies.trusted.empty()) return;
    findings.error("HG408",
                   place_of(root, {"listen"}),
                   "'proxy_protocol' needs proxies.trusted: who may send such headers",
                   "proxies: { trusted: [\"10.0.0.0/8\"] }");
}

bool collide(const gateway::Endpoint& a, const gateway::Endpoint& b) {
    return a.port == b.port && a.port != 0 && (a.host == b.host || is_any(a.host) || is_any(b.host));
}

void check_ports(const std::vector<Listener>& listeners, Findings& findings) {
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (!collide(listeners[i].endpoint, listeners[j].endpoint)) continue;
            findings.error(
                "HG415",
                listeners[i].place,
                "port " + std::to_string(listeners[i].endpoint.port) + " is taken by another listener",
                "the first is at " + listeners[j].place.text());
            break;
        }
    }
}

void check_exposure(const Settings& settings,
                    const std::vector<Listener>& listeners,
                    const Node& root,
                    Findings& findings) {
    for (const auto& listener : listeners) {
        const bool open = listener.front_door && !is_loopback(listener.endpoint.host);
        if (!open || !settings.node.enabled || settings.allow_insecure) continue;
        findings.error("HG416",
                       listener.place,
                       "an insecure node would be open to everybody who reaches " + listener.endpoint.host,
                       "listen on 127.0.0.1, set node: { enabled: false }, or say allow_insecure: true");
    }
    if (settings.admin && settings.admin->token.empty() && !is_loopback(settings.admin->listen.host)) {
        findings.error("HG416",
                       place_of(root, {"admin", "listen"}),
                       "the admin listener needs a token to listen beyond loopback",
                       "admin: { token: \"${ADMIN_TOKEN}\" }, or use health: for probes");
    }
}

template <typename Connection>
void check_backoff(const Connection& connection,
                   std::string_view section,
                   const Node& root,
                   Findings& findings) {
    if (connection.reconnect_min <= connection.reconnect_max) return;
    findings.error("HG409",
                   place_of(root, {section, connection.name, "reconnect_min"}),
                   "reconnect_min is above reconnect_max");
}

/// `used`: there is a URL with TLS, such as `scheme`.
void check_tls(const gateway::TlsSettings& tls,
               bool used,
               const std::string& scheme,
               const Place& place,
               Findings& findings) {
    if (tls.certificate.empty() != tls.key.empty()) {
        const std::string missing = tls.key.empty() ? "key" : "certificate";
        findings.error(
            "HG408", place, "key '" + missing + "' is missing: a certificate and its key go together");
    }
    if (!used && !(tls == gateway::TlsSettings{})) {
        findings.error("HG414",
                       place,
                       "'tls' without a " + scheme + " URL would protect nothing",
                       "url: \"" + scheme + "...\"");
    }
    if (used && !tls.verify) {
        findings.warning("HG417",
                         place,
                         "whoever answers at this address is believed to be the right one",
                         "name its certificate under 'ca' instead of 'verify: false'");
    }
}

void check_mesh(const gateway::MeshSettings& mesh, const Node& root, Findings& findings) {
    if (mesh.name == node_name) {
        findings.error("HG210",
                       key_place(root, "meshes", mesh.name),
                       "'node' is the name of the embedded node",
                       "give the mesh another name");
    }
    if (!mesh.token.empty() && !mesh.password.empty()) {
        findings.error("HG414",
                       place_of(root, {"meshes", mesh.name, "token"}),
                       "'token' and 'password' exclude each other");
    }
    if (!mesh.password.empty() && mesh.username.empty()) {
        findings.error("HG408",
                       place_of(root, {"meshes", mesh.name}),
                       "key 'username' is missing, since there is a password");
    }
    check_tls(mesh.tls,
              std::ranges::any_of(mesh.urls, &gateway::MeshUrl::tls),
              "wss://",
              place_of(root, {"meshes", mesh.name, "tls"}),
              findings);
    check_backoff(mesh, "meshes", root, findings);
}

bool is_filter(const std::string& topic) {
    return topic.find_first_of("+#") != std::string::npos;
}

void check_broker(const gateway::BrokerSettings& broker, const Node& root, Findings& findings) {
    const auto place = [&](auto... keys) { return place_of(root, {"brokers", broker.name, keys...}); };
    if (broker.will && is_filter(broker.will->topic))
        findings.error("HG204", place("will", "topic"), "a will needs a topic, not a filter");
    if (broker.status && is_filter(broker.status->topic))
        findings.error("HG204", place("status", "topic"), "a status needs a topic, not a filter");
    if (broker.status && broker.will) {
        findings.error("HG414",
                       place("will"),
                       "'will' and 'status' exclude each other: the status is a will, too",
                       "status: { topic: ..., offline: ... }");
    }
    if (!broker.password.empty() && broker.username.empty() && broker.version == 3) {
        findings.error("HG408", place(), "key 'username' is missing: MQTT 3.1.1 has no password without it");
    }
    check_tls(broker.tls, gateway::over_tls(broker), "ssl://", place("tls"), findings);
    if (!broker.headers.empty() && !gateway::over_websocket(broker)) {
        findings.error("HG414", place("headers"), "'headers' are of a ws:// or wss:// URL");
    }
    check_backoff(broker, "brokers", root, findings);
}

void check_client_ids(const std::vector<gateway::BrokerSettings>& brokers,
                      const Node& root,
                      Findings& findings) {
    for (std::size_t i = 0; i < brokers.size(); ++i) {
        const auto same = [&](const auto& other) {
            return !other.client_id.empty() && other.client_id == brokers[i].client_id &&
                   other.url == brokers[i].url;
        };
        const auto end = brokers.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::none_of(brokers.begin(), end, same)) continue;
        findings.error("HG105",
                       place_of(root, {"brokers", brokers[i].name, "client_id"}),
                       "client id '" + brokers[i].client_id + "' is used twice at " + brokers[i].url,
                       "the broker would disconnect one for the other");
    }
}

std::vector<std::string> mesh_names(const Settings& settings) {
    std::vector<std::string> names;
    for (const auto& mesh : settings.meshes)
        names.push_back(mesh.name);
    if (settings.node.enabled) names.emplace_back(node_name);
    return names;
}

/// The only mesh is the default; with none, the node. The node does not count towards several.
void choose_rest_mesh(Settings& settings, const Node& root, Findings& findings) {
    auto& chosen = settings.rest.mesh;
    const auto names = mesh_names(settings);
    if (chosen.empty()) {
        if (settings.meshes.size() > 1 && root.find("rest") != nullptr) {
            findings.error("HG209",
                           place_of(root, {"rest"}),
                           "key 'mesh' is missing, since there are several meshes",
                           "rest: { mesh: " + names.front() + " }");
        }
        if (settings.meshes.size() <= 1 && !names.empty()) chosen = names.front();
        return;
    }
    if (std::find(names.begin(), names.end(), chosen) != names.end()) return;
    const bool disabled = chosen == node_name;
    findings.error("HG203",
                   place_of(root, {"rest", "mesh"}),
                   disabled ? "the node is not enabled" : "unknown mesh '" + chosen + "'",
                   gateway::did_you_mean(chosen, names));
}

/// The oldest generation does not know `Authorization`: a mirror that spoke like it and took nothing else
/// would refuse everybody.
void check_rest_tokens(const gateway::RestSettings& rest, const Node& root, Findings& findings) {
    if (rest.dialect != 1 || !rest.bearer || rest.query || rest.cookie) return;
    findings.error("HG414",
                   place_of(root, {"rest", "tokens"}),
                   "dialect 1 takes no bearer tokens, so nobody could call",
                   "tokens: [query, cookie]");
}

}  // namespace

void complete_and_validate(Settings& settings, const Node& root, Findings& findings) {
    if (settings.node.name.empty()) settings.node.name = settings.name;
    const auto listeners = listeners_of(settings, root);
    check_ports(listeners, findings);
    check_listener_proxies(settings, root, findings);
    check_exposure(settings, listeners, root, findings);
    for (const auto& mesh : settings.meshes)
        check_mesh(mesh, root, findings);
    for (const auto& broker : settings.brokers)
        check_broker(broker, root, findings);
    check_client_ids(settings.brokers, root, findings);
    choose_rest_mesh(settings, root, findings);
    check_rest_tokens(settings.rest, root, findings);
}

}  // namespace config
