#include "adapters/happn/mesh_schema.hpp"

#include "adapters/happn/frame.hpp"
#include "adapters/happn/json_scan.hpp"
#include "gateway/json.hpp"

namespace happn {

namespace json = gateway::json;
using gateway::ComponentDescription;
using gateway::MeshDescription;
using gateway::MethodDescription;

namespace {

MethodDescription read_method(std::string_view text) {
    MethodDescription method;
    scan::elements(json::member(text, "parameters").value_or("[]"), [&method](std::string_view parameter) {
        if (const auto name = json::member(parameter, "name")) {
            method.parameters.push_back(text_of(*name));
        }
    });
    return method;
}

ComponentDescription read_component(std::string_view text) {
    ComponentDescription component;
    component.version = text_of(json::member(text, "version").value_or(""));
    scan::members(json::member(text, "methods").value_or("{}"),
                  [&](std::string_view name, std::string_view method) {
                      if (method.starts_with('{')) {
                          component.methods.insert_or_assign(text_of(name), read_method(method));
                      }
                  });
    return component;
}

void read_rest_method(MeshDescription& description, std::string_view uri, std::string_view text) {
    const auto component_end = uri.find('/', 1);
    if (!uri.starts_with('/') || component_end == std::string_view::npos) {
        return;
    }
    MethodDescription method;
    scan::members(
        json::member(text, "parameters").value_or("{}"),
        [&method](std::string_view name, std::string_view) { method.parameters.push_back(text_of(name)); });
    auto& component = description.components[std::string{uri.substr(1, component_end - 1)}];
    component.methods.insert_or_assign(std::string{uri.substr(component_end + 1)}, std::move(method));
}

}  // namespace

DescriptionPtr read_description(std::string_view text) {
    const auto name = json::member(text, "name");
    const auto components = json::member(text, "components");
    if (!name || !components) {
        return nullptr;
    }
    auto description = std::make_shared<MeshDescription>();
    description->domain = text_of(*name);
    scan::members(*components, [&](std::string_view component, std::string_view value) {
        if (value.starts_with('{')) {
            description->components.insert_or_assign(text_of(component), read_component(value));
        }
    });
    return description;
}

DescriptionPtr read_rest_description(std::string_view body, std::string_view domain) {
    if (!json::valid(body)) {
        return nullptr;
    }
    const auto data = json::member(body, "data");
    if (!data || !data->starts_with('{')) {
        return nullptr;
    }
    auto description = std::make_shared<MeshDescription>();
    description->domain = domain;
    scan::members(*data, [&](std::string_view uri, std::string_view method) {
        read_rest_method(*description, text_of(uri), method);
    });
    return description;
}

}  // namespace happn
