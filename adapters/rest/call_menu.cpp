#include "adapters/rest/call_menu.hpp"

#include <map>
#include <vector>

#include "gateway/json.hpp"

namespace rest {
namespace {

using Menu = std::map<std::string, std::vector<std::string>>;  // uri -> parameters

void add_own(Menu& menu, const gateway::RoutingTable& table, const AllowList& allow) {
    for (const gateway::Route& route : table.routes()) {
        const auto* call = std::get_if<gateway::CallSource>(&route.source);
        if (call == nullptr || !allow.allows(call->component, call->method)) continue;
        auto& parameters = menu['/' + call->component + '/' + call->method];
        for (const gateway::Parameter& parameter : call->parameters)
            parameters.push_back(parameter.name);
    }
}

void add_mesh(Menu& menu, const gateway::MeshDescription& mesh, const AllowList& allow, bool lists_rest) {
    for (const auto& [component, description] : mesh.components) {
        if (component == "security" || (component == "rest" && !lists_rest)) continue;
        for (const auto& [method, details] : description.methods) {
            if (allow.allows(component, method))
                menu.try_emplace('/' + component + '/' + method, details.parameters);
        }
    }
}

void append_entry(std::string& out, const std::string& uri, const std::vector<std::string>& parameters) {
    gateway::json::append_quoted(out, uri);
    out += R"(:{"uri":)";
    gateway::json::append_quoted(out, uri);
    out += R"(,"parameters":{)";
    bool first = true;
    for (const std::string& parameter : parameters) {
        if (parameter == "callback") continue;
        if (!first) out += ',';
        first = false;
        gateway::json::append_quoted(out, parameter);
        out += ':';
        gateway::json::append_quoted(out, "{{" + parameter + "}}");
    }
    out += "}}";
}

}  // namespace

std::string call_menu(const gateway::MeshDescription& mesh,
                      const gateway::RoutingTable& own,
                      const AllowList& allow,
                      bool lists_rest) {
    Menu menu;
    add_own(menu, own, allow);
    add_mesh(menu, mesh, allow, lists_rest);
    std::string out = "{";
    for (const auto& [uri, parameters] : menu) {
        if (out.size() > 1) out += ',';
        append_entry(out, uri, parameters);
    }
    out += '}';
    return out;
}

}  // namespace rest
