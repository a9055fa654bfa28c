#include "adapters/happn/node/builtin_components.hpp"

#include <algorithm>
#include <utility>

#include "adapters/happn/json_scan.hpp"
#include "gateway/json.hpp"

namespace happn::node {

namespace {

using Arguments = CallArguments;

gateway::Response answer(std::string json) {
    gateway::Response response;
    response.body = {gateway::Bytes{std::move(json)}, gateway::Encoding::json, "application/json"};
    return response;
}

/// As the real one: what is no text is shown as JavaScript would, near enough.
gateway::Response tested(const Arguments& arguments) {
    const auto message = arguments.at(0);
    const auto text = message.starts_with('"') ? text_of(message) : std::string{message};
    return answer(gateway::json::quoted(text + " tested ok"));
}

/// The store keeps no garbage.
gateway::Response nothing_to_do() {
    return answer("null");
}

}  // namespace

BuiltinComponents::BuiltinComponents(Hub& hub, const gateway::GatewayIdentity& identity)
    : data_{hub, identity}, system_{hub.state().settings.name, identity.version} {}

std::span<const BuiltinComponents::Method> BuiltinComponents::methods() {
    using Self = BuiltinComponents;
    static const std::vector<Method> methods{
        {"api", "test", {"message", "done"}, [](Self&, const Arguments& a, int) { return tested(a); }},
        {"data",
         "count",
         {"path", "opts", "callback"},
         [](Self& self, const Arguments& a, int) { return self.data_.count(a); }},
        {"data",
         "get",
         {"path", "opts", "callback"},
         [](Self& self, const Arguments& a, int) { return self.data_.get(a); }},
        {"data",
         "getPaths",
         {"path", "callback"},
         [](Self& self, const Arguments& a, int) { return self.data_.get_paths(a); }},
        {"data",
         "increment",
         {"path", "gauge", "increment", "callback"},
         [](Self& self, const Arguments& a, int hops) { return self.data_.increment(a, hops); }},
        {"data",
         "remove",
         {"path", "opts", "callback"},
         [](Self& self, const Arguments& a, int hops) { return self.data_.remove(a, hops); }},
        {"data",
         "set",
         {"path", "data", "opts", "callback"},
         [](Self& self, const Arguments& a, int hops) { return self.data_.set(a, hops); }},
        {"system",
         "compactDBFile",
         {"callback"},
         [](Self&, const Arguments&, int) { return nothing_to_do(); }},
        {"system",
         "getStats",
         {"callback"},
         [](Self& self, const Arguments&, int) { return self.system_.stats(); }},
        {"system",
         "systemInfo",
         {"callback"},
         [](Self& self, const Arguments&, int) { return self.system_.info(); }},
    };
    return methods;
}

const BuiltinComponents::Method* BuiltinComponents::find(std::string_view component,
                                                         std::string_view method) {
    const auto all = methods();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Method& candidate) {
        return candidate.component == component && candidate.name == method;
    });
    return found == all.end() ? nullptr : &*found;
}

gateway::Response BuiltinComponents::call(const Method& method,
                                          std::string_view args,
                                          SessionNumber caller,
                                          int hops) {
    CallArguments arguments{{}, caller};
    scan::elements(args, [&](std::string_view value) {
        if (arguments.values.size() < method.parameters.size()) {
            arguments.values.push_back(value);
        }
    });
    return method.run(*this, arguments, hops);
}

}  // namespace happn::node
