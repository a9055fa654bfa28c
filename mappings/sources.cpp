#include "mappings/sources.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include "gateway/expression/address_rules.hpp"
#include "mappings/http_sources.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::AddressKind;
using gateway::AddressPattern;
using gateway::HttpSource;
using gateway::SourceRule;
using gateway::ValueType;

constexpr std::string_view callback_name = "callback";  // happner's own last argument

bool starts_a_path(std::string_view path) {
    return path.starts_with('/') || path == "*";
}

std::optional<AddressPattern> compile_path(const Node& node,
                                           std::string_view path,
                                           std::size_t offset,
                                           const Compilation& compilation) {
    if (!starts_a_path(path)) {
        compilation.error("HG204", node.place_at(offset), "a happn path begins with '/'");
        return std::nullopt;
    }
    return compile_pattern(node, path, offset, AddressKind::happn, compilation);
}

gateway::Retained retained_of(const Node& node) {
    const auto word = text_of(node, "retained", "apply");
    return word == "ignore" ? gateway::Retained::ignore
           : word == "once" ? gateway::Retained::once
                            : gateway::Retained::apply;
}

/// A level of a topic (MQTT 5.0 section 4.8.2).
std::string group_of(const Node& source, const Compilation& compilation) {
    const Node* node = child(source, "group");
    if (node == nullptr) return {};
    const auto unfit = [](unsigned char c) { return c <= ' ' || c == '/' || c == '+' || c == '#'; };
    if (node->text().empty() || std::ranges::any_of(node->text(), unfit))
        compilation.error("HG409", node->place(), "a group is a word without '/', '+' and '#'");
    if (flag_of(source, "no_local"))
        compilation.error("HG414",
                          node->place(),
                          "'group' and 'no_local' exclude each other",
                          "MQTT 5 forbids it: whoever is chosen would miss the message for all");
    return node->text();
}

std::optional<SourceRule> compile_mqtt(const Node& node, const Compilation& compilation) {
    const Node& topic = known_child(node, "mqtt");
    auto pattern = compile_pattern(topic, topic.text(), 0, AddressKind::mqtt, compilation);
    gateway::MqttSource source;
    source.broker = compilation.broker_of(node);
    source.qos = static_cast<int>(integer_of(node, "qos").value_or(compilation.defaults.qos));
    source.retained = retained_of(node);
    source.no_local = flag_of(node, "no_local");
    source.group = group_of(node, compilation);
    source.decode = decode_of(node);
    if (!pattern) return std::nullopt;
    source.topic = *std::move(pattern);
    return source;
}

std::optional<SourceRule> compile_happn(const Node& node, const Compilation& compilation) {
    constexpr std::string_view verb = "on ";
    const Node& spelled = known_child(node, "happn");
    gateway::HappnSource source;
    source.mesh = compilation.mesh_of(node);
    source.initial = flag_of(node, "initial");
    source.decode = decode_of(node);
    if (const auto words = words_of(node, "actions"); !words.empty()) {
        source.sets = std::ranges::find(words, "set") != words.end();
        source.removes = std::ranges::find(words, "remove") != words.end();
    }
    if (!spelled.text().starts_with(verb)) {
        compilation.error(
            "HG204", spelled.place(), "a happn source is written \"on <path>\"", "put 'on ' before the path");
        return std::nullopt;
    }
    auto path =
        compile_path(spelled, std::string_view{spelled.text()}.substr(verb.size()), verb.size(), compilation);
    if (!path) return std::nullopt;
    source.path = *std::move(path);
    return source;
}

ValueType parameter_type(std::string_view word) {
    static constexpr std::array<std::pair<std::string_view, ValueType>, 6> types{
        {{"string", ValueType::string},
         {"integer", ValueType::integer},
         {"number", ValueType::number},
         {"boolean", ValueType::boolean},
         {"object", ValueType::object},
         {"array", ValueType::array}}};
    const auto found = std::ranges::find(types, word, &std::pair<std::string_view, ValueType>::first);
    return found == types.end() ? ValueType::any : found->second;
}

void check_parameter_name(std::string_view name, const config::Place& place, const Compilation& compilation) {
    const std::string shown = "'" + std::string{name} + "'";
    if (!gateway::is_name(name)) {
        compilation.error("HG210", place, shown + " is no parameter name", "letters, digits and _ only");
    } else if (gateway::is_reserved_name(name) || name == callback_name) {
        compilation.error("HG210", place, shown + " is reserved and cannot be a parameter's name");
    }
}

gateway::Parameter compile_parameter(const Node::Member& member, const Compilation& compilation) {
    const Node& node = member.value;
    gateway::Parameter parameter;
    parameter.name = member.key;
    parameter.type = parameter_type(node.is_scalar() ? node.text() : text_of(node, "type"));
    if (!node.is_map()) return parameter;
    parameter.required = flag_of(node, "required");
    parameter.minimum = number_of(node, "minimum");
    parameter.maximum = number_of(node, "maximum");
    parameter.description = text_of(node, "description");
    const bool numeric = parameter.type == ValueType::number || parameter.type == ValueType::integer;
    if ((parameter.minimum || parameter.maximum) && !numeric)
        compilation.error("HG414", member.place, "'minimum' and 'maximum' need the type number or integer");
    if (const auto* values = child(node, "enum")) {
        if (!values->is_list()) compilation.error("HG407", values->place(), "'enum' must be a list");
        parameter.one_of.emplace();
        for (const auto& value : values->items())
            parameter.one_of->push_back(value.json());
    }
    return parameter;
}

}  // namespace

std::optional<AddressPattern> compile_pattern(const Node& node,
                                              std::string_view text,
                                              std::size_t offset,
                                              AddressKind kind,
                                              const Compilation& compilation) {
    auto parsed = AddressPattern::parse(text, kind);
    if (parsed.has_value()) return *std::move(parsed);
    compilation.report("HG204", node, parsed.error(), offset);
    return std::nullopt;
}

gateway::Decode decode_of(const Node& node) {
    static constexpr std::array<std::pair<std::string_view, gateway::Decode>, 6> words{
        {{"json", gateway::Decode::json},
         {"text", gateway::Decode::text},
         {"number", gateway::Decode::number},
         {"bool", gateway::Decode::boolean},
         {"bytes", gateway::Decode::bytes},
         {"form", gateway::Decode::form}}};
    const auto word = text_of(node, "decode", "json");
    const auto found = std::ranges::find(words, word, &std::pair<std::string_view, gateway::Decode>::first);
    return found == words.end() ? gateway::Decode::json : found->second;
}

std::optional<SourceRule> compile_source(const Node& node, const Compilation& compilation) {
    if (child(node, "mqtt") != nullptr) return compile_mqtt(node, compilation);
    if (child(node, "happn") != nullptr) return compile_happn(node, compilation);
    if (child(node, "http") != nullptr) return compile_http_source(node, compilation);
    return std::nullopt;  // dropped by check()
}

std::optional<SourceRule> compile_end_source(const Node& end, bool removes, const Compilation& compilation) {
    if (child(end, "mqtt") != nullptr) {
        auto rule = compile_mqtt(end, compilation);
        if (rule) std::get<gateway::MqttSource>(*rule).no_local = true;
        return rule;
    }
    if (child(end, "happn") == nullptr) return std::nullopt;
    const Node& path = known_child(end, "happn");
    auto pattern = compile_path(path, path.text(), 0, compilation);
    gateway::HappnSource source;
    source.mesh = compilation.mesh_of(end);
    source.removes = removes;
    source.initial = flag_of(end, "initial");
    source.decode = decode_of(end);
    if (!pattern) return std::nullopt;
    source.path = *std::move(pattern);
    return source;
}

std::vector<gateway::Parameter> compile_parameters(const Node& method, const Compilation& compilation) {
    std::vector<gateway::Parameter> result;
    const auto* node = child(method, "parameters");
    if (node == nullptr) return result;
    for (const auto& item : node->items()) {
        check_parameter_name(item.text(), item.place(), compilation);
        result.emplace_back().name = item.text();
    }
    for (const auto& member : node->members()) {
        check_parameter_name(member.key, member.place, compilation);
        result.push_back(compile_parameter(member, compilation));
    }
    for (auto it = result.begin(); it != result.end(); ++it) {
        if (std::find_if(result.begin(), it, [&](const auto& p) { return p.name == it->name; }) != it)
            compilation.error("HG105", node->place(), "parameter '" + it->name + "' is there twice");
    }
    return result;
}

gateway::Scope scope_of(const SourceRule& source, const Compilation& compilation) {
    gateway::Scope scope;
    scope.vars = &compilation.vars;
    if (const auto* mqtt = std::get_if<gateway::MqttSource>(&source)) {
        scope.source = gateway::Scope::Source::mqtt;
        scope.captures = mqtt->topic.names();
    } else if (const auto* happn = std::get_if<gateway::HappnSource>(&source)) {
        scope.source = gateway::Scope::Source::happn;
        scope.captures = happn->path.names();
    } else if (const auto* http = std::get_if<HttpSource>(&source)) {
        scope.source = gateway::Scope::Source::http;
        scope.captures = http->path.names();
        for (const auto& parameter : http->query) {
            scope.query.push_back(parameter.name);
            if (parameter.type != gateway::ValueType::string) scope.typed_query.push_back(parameter.name);
        }
    } else {
        scope.source = gateway::Scope::Source::call;
        for (const auto& parameter : std::get<gateway::CallSource>(source).parameters)
            scope.parameters.push_back(parameter.name);
    }
    return scope;
}

}  // namespace mappings
