#include "mappings/streams.hpp"

#include <algorithm>

#include "mappings/sources.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::AddressTemplate;
using gateway::HappnStream;
using gateway::MqttStream;
using gateway::StreamOptions;
using gateway::StreamTarget;

constexpr std::string_view verb = "on ";

StreamOptions options_of(const Node& node) {
    StreamOptions options;
    options.heartbeat = duration_of(node, "heartbeat").value_or(options.heartbeat);
    const Node* queue = child(node, "queue");
    if (queue == nullptr) return options;
    if (const auto max = integer_of(*queue, "max")) options.max_queue = static_cast<std::size_t>(*max);
    if (text_of(*queue, "overflow") == "close") options.overflow = StreamOptions::Overflow::close;
    return options;
}

const StreamTarget* stream_of(const gateway::Route& route) {
    for (const auto& target : route.targets) {
        if (const auto* stream = std::get_if<StreamTarget>(&target.rule)) return stream;
    }
    return nullptr;
}

std::optional<AddressTemplate> compile_address(const Node& spelled,
                                               std::size_t offset,
                                               AddressTemplate::Kind kind,
                                               const gateway::Scope& scope,
                                               const Compilation& compilation) {
    auto parsed = AddressTemplate::parse(spelled.text().substr(offset), kind, scope, true);
    if (parsed.has_value()) return *std::move(parsed);
    compilation.report("HG202", spelled, parsed.error(), offset);
    return std::nullopt;
}

std::optional<HappnStream> compile_happn(const Node& from,
                                         const gateway::Scope& scope,
                                         const Compilation& compilation) {
    const Node& spelled = known_child(from, "happn");
    HappnStream rule;
    rule.mesh = compilation.mesh_of(from);
    if (const auto words = words_of(from, "actions"); !words.empty()) {
        rule.sets = std::ranges::find(words, "set") != words.end();
        rule.removes = std::ranges::find(words, "remove") != words.end();
    }
    if (!spelled.text().starts_with(verb)) {
        compilation.error("HG204",
                          spelled.place(),
                          "a stream of publications is written \"on <path>\"",
                          "put 'on ' before the path");
        return std::nullopt;
    }
    auto path = compile_address(spelled, verb.size(), AddressTemplate::Kind::happn, scope, compilation);
    if (!path) return std::nullopt;
    rule.path = *std::move(path);
    return rule;
}

std::optional<MqttStream> compile_mqtt(const Node& from,
                                       const gateway::Scope& scope,
                                       const Compilation& compilation) {
    MqttStream rule;
    rule.broker = compilation.broker_of(from);
    rule.qos = static_cast<int>(integer_of(from, "qos").value_or(compilation.defaults.qos));
    rule.decode = decode_of(from);
    rule.remove_on_empty = child(from, "on_empty") != nullptr;
    auto filter =
        compile_address(known_child(from, "mqtt"), 0, AddressTemplate::Kind::mqtt, scope, compilation);
    if (!filter) return std::nullopt;
    rule.filter = *std::move(filter);
    return rule;
}

void check_names(const gateway::Route& route,
                 const StreamTarget& stream,
                 const config::Place& place,
                 const Compilation& compilation) {
    auto taken = std::get<gateway::HttpSource>(route.source).path.names();
    for (const auto& capture : stream.address().wildcard_names()) {
        if (std::ranges::find(taken, capture.name, &gateway::CaptureName::name) != taken.end())
            compilation.error("HG105",
                              place,
                              "'" + capture.name + "' is captured twice",
                              "give the wildcard another name, or none: *");
        taken.push_back(capture);
    }
}

}  // namespace

std::optional<gateway::Target> compile_stream(const Node& node,
                                              const gateway::Scope& scope,
                                              const Compilation& compilation) {
    const Node& from = known_child(node, "stream");
    StreamTarget rule;
    rule.initial = flag_of(node, "initial");
    rule.options = options_of(node);
    gateway::Target target;
    if (child(from, "happn") != nullptr) {
        auto happn = compile_happn(from, scope, compilation);
        if (!happn) return std::nullopt;
        happn->with_meta = child(node, "with") != nullptr;
        rule.from = *std::move(happn);
        target.timeout = compilation.defaults.happn_timeout;
    } else if (child(from, "mqtt") != nullptr) {
        if (const auto* with = node.find("with"))
            compilation.error("HG414", with->place, "messages of a topic have no 'meta'");
        auto mqtt = compile_mqtt(from, scope, compilation);
        if (!mqtt) return std::nullopt;
        rule.from = *std::move(mqtt);
        target.timeout = compilation.defaults.mqtt_timeout;
    } else {
        return std::nullopt;  // a finding of check()
    }
    target.rule = std::move(rule);
    return target;
}

void check_stream(const Node& node, const gateway::Route& route, const Compilation& compilation) {
    const StreamTarget* stream = stream_of(route);
    if (stream == nullptr) return;
    const auto& place = known_child(node, "to").place();
    if (!std::holds_alternative<gateway::HttpSource>(route.source))
        return compilation.error("HG414", place, "only an http source can be answered with a stream");
    if (route.targets.size() > 1)
        compilation.error("HG414", place, "a stream is the only target of its route");
    if (const Node* respond = child(node, "respond")) {
        if (const auto* missing = respond->find("missing"))
            compilation.error("HG414", missing->place, "a stream is never missing: it waits for items");
    }
    check_names(route, *stream, place, compilation);
}

void add_item_captures(gateway::Scope& scope, const gateway::Route& route) {
    const StreamTarget* stream = stream_of(route);
    if (stream == nullptr) return;
    for (auto& capture : stream->address().wildcard_names())
        scope.captures.push_back(std::move(capture));
}

}  // namespace mappings
