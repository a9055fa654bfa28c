#include "adapters/happn/node/schema.hpp"

#include <nlohmann/json.hpp>

#include "adapters/happn/node/builtin_components.hpp"

namespace happn::node {

namespace {

using Json = nlohmann::ordered_json;

constexpr int call_timeout_ms = 10'000;  // of a happner client's calls, unless it says otherwise

std::string dumped(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json component(std::string_view name, std::string_view version) {
    Json json;
    json["name"] = name;
    json["version"] = version;
    json["brokered"] = false;
    for (const char* part : {"methods", "routes", "events", "data"}) {
        json[part] = Json::object();
    }
    return json;
}

Json parameter(const gateway::Parameter& declared) {
    Json json;
    json["name"] = declared.name;
    if (declared.required) {
        json["required"] = true;
    }
    return json;
}

Json method(const gateway::CallSource& source) {
    Json parameters = Json::array();
    for (const auto& declared : source.parameters) {
        parameters.push_back(parameter(declared));
    }
    parameters.push_back(Json{{"name", "callback"}});
    return Json{{"isAsyncMethod", false}, {"parameters", std::move(parameters)}};
}

Json method(const BuiltinComponents::Method& builtin) {
    Json parameters = Json::array();
    for (const auto& name : builtin.parameters) {
        parameters.push_back(Json{{"name", name}});
    }
    return Json{{"isAsyncMethod", false}, {"parameters", std::move(parameters)}};
}

Json set_options() {
    return Json{
        {"timeout", call_timeout_ms}, {"noStore", true}, {"noDataResponse", true}, {"consistency", 2}};
}

}  // namespace

std::string description_document(std::string_view node_name,
                                 std::string_view version,
                                 const gateway::RoutingTable& table) {
    Json components = Json::object();
    for (const char* name : {"security", "api", "system", "rest", "data"}) {
        components[name] = component(name, version);
    }
    for (const auto& builtin : BuiltinComponents::methods()) {
        components[builtin.component]["methods"][builtin.name] = method(builtin);
    }
    for (const auto& [name, rule] : table.components()) {
        components[name] = component(name, rule.version);
    }
    for (const auto& route : table.routes()) {
        if (const auto* call = std::get_if<gateway::CallSource>(&route.source)) {
            if (!components.contains(call->component)) {
                components[call->component] = component(call->component, gateway::ComponentRule{}.version);
            }
            components[call->component]["methods"][call->method] = method(*call);
        }
    }
    Json document;
    document["name"] = node_name;
    document["initializing"] = false;
    document["components"] = std::move(components);
    document["setOptions"] = set_options();
    return dumped(document);
}

std::string config_document(std::string_view node_name, std::string_view version) {
    const Json happn{{"secure", false}, {"setOptions", set_options()}};
    Json document;
    document["name"] = node_name;
    document["version"] = version;
    document["happn"] = happn;
    document["datalayer"] = happn;
    return dumped(document);
}

}  // namespace happn::node
