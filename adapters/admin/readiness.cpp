#include "adapters/admin/readiness.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace admin {
namespace {

using Json = nlohmann::ordered_json;

bool holds_back(const gateway::ConnectionState& state) {
    return state.required && !state.ready;
}

std::string missing_line(const gateway::ConnectionState& state) {
    std::string line = state.kind + " " + state.name;
    if (!state.detail.empty()) line += ": " + state.detail;
    return line;
}

Json connection_json(const gateway::ConnectionState& state) {
    Json json;
    json["kind"] = state.kind;
    json["name"] = state.name;
    json["required"] = state.required;
    json["ready"] = state.ready;
    json["detail"] = state.detail;
    json["reconnects"] = state.reconnects;
    return json;
}

}  // namespace

Readiness readiness_of(std::vector<gateway::ConnectionState> connections) {
    Readiness readiness;
    readiness.ready = std::none_of(connections.begin(), connections.end(), holds_back);
    readiness.connections = std::move(connections);
    return readiness;
}

std::string to_json(const Readiness& readiness) {
    Json json;
    json["ready"] = readiness.ready;
    json["connections"] = Json::array();
    json["missing"] = Json::array();
    for (const auto& state : readiness.connections) {
        json["connections"].push_back(connection_json(state));
        if (holds_back(state)) json["missing"].push_back(missing_line(state));
    }
    // details come from other servers and may hold anything
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace admin
