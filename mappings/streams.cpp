#include "mappings/streams.hpp"

#include <algorithm>

namespace mappings {
namespace {

using config::Node;
using gateway::AddressTemplate;
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

std::optional<AddressTemplate> compile_path(const Node& spelled,
                                            const gateway::Scope& scope,
                                            const Compilation& compilation) {
    const std::string_view text = spelled.text();
    if (!text.starts_with(verb)) {
        compilation.error("HG204",
                          spelled.place(),
                          "a stream of publications is written \"on <path>\"",
                          "put 'on ' before the path");
        return std::nullopt;
    }
    const auto path = text.substr(verb.size());
    auto parsed = AddressTemplate::parse(path, AddressTemplate::Kind::happn, scope, true);
    if (parsed.has_value()) return *std::move(parsed);
    compilation.report("HG202", spelled, parsed.error(), verb.size());
    return std::nullopt;
}

void check_names(const gateway::Route& route,
                 const StreamTarget& stream,
                 const config::Place& place,
                 const Compilation& compilation) {
    auto taken = std::get<gateway::HttpSource>(route.source).path.names();
    for (const auto& capture : stream.path.wildcard_names()) {
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
    if (child(from, "happn") == nullptr) return std::nullopt;  // a finding of check()
    StreamTarget rule;
    rule.mesh = compilation.mesh_of(from);
    if (const auto words = words_of(from, "actions"); !words.empty()) {
        rule.sets = std::ranges::find(words, "set") != words.end();
        rule.removes = std::ranges::find(words, "remove") != words.end();
    }
    rule.initial = flag_of(node, "initial");
    rule.with_meta = child(node, "with") != nullptr;
    rule.options = options_of(node);
    auto path = compile_path(known_child(from, "happn"), scope, compilation);
    if (!path) return std::nullopt;
    rule.path = *std::move(path);
    gateway::Target target;
    target.timeout = compilation.defaults.happn_timeout;
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
    for (auto& capture : stream->path.wildcard_names())
        scope.captures.push_back(std::move(capture));
}

}  // namespace mappings
