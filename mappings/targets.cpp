#include "mappings/targets.hpp"

#include <algorithm>

#include "gateway/executions.hpp"
#include "mappings/happn_targets.hpp"
#include "mappings/http_targets.hpp"
#include "mappings/sources.hpp"
#include "mappings/streams.hpp"
#include "mappings/target_addresses.hpp"
#include "mappings/values.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::AddressTemplate;
using gateway::MqttTarget;
using gateway::Scope;
using gateway::Target;

constexpr std::string_view reserved_topics = "$SYS";
constexpr std::string_view reserved_component = "security/";

gateway::Encode encode_of(const Node& node, gateway::Encode fallback = gateway::Encode::as_is) {
    const auto word = text_of(node, "encode");
    return word == "json"    ? gateway::Encode::json
           : word == "text"  ? gateway::Encode::text
           : word == "bytes" ? gateway::Encode::bytes
                             : fallback;
}

// --- mqtt
// -----------------------------------------------------------------------------------------------------------

/// `id: "{call.id}"` says what holds anyway: the id is a level of the topic.
bool is_in_topic(const Node& id) {
    return id.text() == "{call.id}";
}

std::optional<gateway::ReplyRule> compile_reply(const Node& target,
                                                const Scope& scope,
                                                const Compilation& compilation) {
    const Node* node = child(target, "reply");
    if (node == nullptr) return std::nullopt;
    gateway::ReplyRule rule;
    if (!node->is_map()) return rule;  // auto
    rule.decode = decode_of(*node);
    rule.concurrency = static_cast<int>(integer_of(*node, "concurrency").value_or(0));
    const Node* topic = child(*node, "topic");
    if (topic == nullptr) {
        compilation.error(
            "HG408", node->place(), "a reply needs the key 'topic'", "or write 'reply: auto' with MQTT 5");
        return std::nullopt;
    }
    rule.automatic = false;
    rule.topic = compile_address(*topic, topic->text(), 0, AddressTemplate::Kind::mqtt, scope, compilation);
    const Node* id = child(*node, "id");
    if (id != nullptr && !is_in_topic(*id)) {
        Scope over_answer;
        over_answer.source = Scope::Source::mqtt;
        over_answer.vars = &compilation.vars;
        rule.id = compile_template(*id, over_answer, compilation);
    }
    const bool topic_tells = topic->text().find("{call.id}") != std::string::npos;
    if (id == nullptr && !topic_tells && rule.concurrency != 1) {
        compilation.error("HG408",
                          node->place(),
                          "nothing tells the answers of two calls apart",
                          "put {call.id} into 'topic', name 'id', or set 'concurrency: 1'");
    }
    return rule;
}

std::uint32_t seconds(gateway::Duration duration) {
    const auto rounded_up = duration + std::chrono::seconds{1} - gateway::Duration{1};
    return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(rounded_up).count());
}

std::optional<Target> compile_mqtt(const Node& node, const Scope& outer, const Compilation& compilation) {
    Scope scope = outer;
    scope.call_id = child(node, "reply") != nullptr;
    const Node& topic = known_child(node, "mqtt");
    MqttTarget rule;
    rule.broker = compilation.broker_of(node);
    rule.qos = static_cast<int>(integer_of(node, "qos").value_or(compilation.defaults.qos));
    rule.retain = flag_of(node, "retain");
    if (const auto expiry = duration_of(node, "expiry")) rule.expiry = seconds(*expiry);
    rule.content_type = template_of(node, "content_type", scope, compilation);
    rule.user = templates_of(node, "user", scope, compilation);
    rule.reply = compile_reply(node, scope, compilation);
    rule.clear_on_remove = child(node, "on_remove") != nullptr;
    if (is_below(topic.text(), reserved_topics)) refuse_reserved(topic, 0, reserved_topics, compilation);
    if (rule.retain && child(node, "reply") != nullptr) {
        compilation.findings.warning(
            "HG501",
            known_child(node, "retain").place(),
            "a retained command with an answer is delivered again to whoever subscribes later");
    }
    auto address = compile_address(topic, topic.text(), 0, AddressTemplate::Kind::mqtt, scope, compilation);
    Target target;
    target.body = value_of(node, "body", scope, compilation);
    target.timeout = duration_of(node, "timeout").value_or(compilation.defaults.mqtt_timeout);
    if (!address) return std::nullopt;
    rule.topic = *std::move(address);
    target.rule = std::move(rule);
    return target;
}

// --- call and answer
// ------------------------------------------------------------------------------------------------

std::vector<gateway::AddressPattern> compile_allow(const Node& node, const Compilation& compilation) {
    std::vector<gateway::AddressPattern> result;
    const auto* allow = child(node, "allow");
    if (allow == nullptr) return result;
    for (const auto& item : allow->items()) {
        auto pattern = gateway::AddressPattern::parse(item.text(), gateway::AddressKind::call);
        if (pattern.has_value()) {
            result.push_back(*std::move(pattern));
        } else {
            compilation.report("HG204", item, pattern.error());
        }
    }
    return result;
}

std::optional<Target> compile_call(const Node& node, const Scope& scope, const Compilation& compilation) {
    const Node& spelled = known_child(node, "call");
    gateway::CallTarget rule;
    rule.mesh = compilation.mesh_of(node);
    rule.args = value_of(node, "args", scope, compilation);
    rule.allow = compile_allow(node, compilation);
    Target target;
    target.timeout = duration_of(node, "timeout").value_or(compilation.defaults.happn_timeout);
    if (std::ranges::count(spelled.text(), '/') != 1) {
        compilation.error("HG204", spelled.place(), "a call is written \"<component>/<method>\"");
        return std::nullopt;
    }
    if (spelled.text().starts_with(reserved_component)) {
        const auto component = reserved_component.substr(0, reserved_component.size() - 1);
        refuse_reserved(spelled, 0, component, compilation);
        return std::nullopt;
    }
    auto method =
        compile_address(spelled, spelled.text(), 0, AddressTemplate::Kind::call, scope, compilation);
    if (!method) return std::nullopt;
    if (!method->constant() && child(node, "allow") == nullptr) {
        compilation.error("HG408",
                          spelled.place(),
                          "a call of a method that the message names needs the key 'allow'",
                          "list what may be called: allow: [\"thermostat/*\"]");
    }
    rule.method = *std::move(method);
    target.rule = std::move(rule);
    return target;
}

std::optional<Target> compile_answer(const Node& node, const Scope& scope, const Compilation& compilation) {
    auto value = value_of(node, "answer", scope, compilation);
    if (!value) return std::nullopt;
    Target target;
    target.rule = gateway::AnswerTarget{*std::move(value)};
    return target;
}

std::optional<Target> compile_one(const Node& node,
                                  const Scope& scope,
                                  const Identity& inherited,
                                  const Compilation& compilation) {
    auto identity = compile_identity(node, inherited, scope, compilation);
    auto target = child(node, "mqtt") != nullptr     ? compile_mqtt(node, scope, compilation)
                  : child(node, "happn") != nullptr  ? compile_happn_target(node, scope, compilation)
                  : child(node, "call") != nullptr   ? compile_call(node, scope, compilation)
                  : child(node, "http") != nullptr   ? compile_http_target(node, scope, compilation)
                  : child(node, "stream") != nullptr ? compile_stream(node, scope, compilation)
                                                     : compile_answer(node, scope, compilation);
    if (!target) return std::nullopt;
    target->name = text_of(node, "name");
    target->encode = encode_of(node);
    target->required = flag_of(node, "required", true);
    target->as = identity.as;
    target->as_user = std::move(identity.user);
    return target;
}

/// The address of a source as that of a target: `{id:int}` is `{id}` there.
std::string without_types(std::string_view address) {
    std::string out;
    bool inside = false, type = false;
    for (std::size_t i = 0; i < address.size(); ++i) {
        const char c = address[i];
        const bool doubled =
            !inside && i + 1 < address.size() && address[i + 1] == c && (c == '{' || c == '}');
        if (doubled) {
            out.append(2, c);
            ++i;
            continue;
        }
        if (c == '{') inside = true;
        if (c == '}') inside = type = false;
        if (inside && c == ':') type = true;
        if (!type) out.push_back(c);
    }
    return out;
}

}  // namespace

Identity compile_identity(const Node& node,
                          const Identity& inherited,
                          const Scope& scope,
                          const Compilation& compilation) {
    const Node* as = child(node, "as");
    if (as == nullptr) return inherited;
    if (as->text() == "caller") return {gateway::As::caller, std::nullopt};
    if (as->text() == "service") return {gateway::As::service, std::nullopt};
    return {gateway::As::named, compile_template(*as, scope, compilation)};
}

std::vector<Target> compile_targets(const Node& to,
                                    const Scope& scope,
                                    const Identity& inherited,
                                    const Compilation& compilation) {
    std::vector<Target> targets;
    constexpr std::size_t most = gateway::Executions::max_targets;
    if (to.items().size() > most)
        compilation.error("HG409",
                          to.items()[most].place(),
                          "a route has at most " + std::to_string(most) + " targets",
                          "let a second route take the same messages to the others");
    const auto add = [&](const Node& node) {
        auto target = compile_one(node, scope, inherited, compilation);
        if (!target) return;
        const bool taken = std::ranges::any_of(targets, [&](const Target& other) {
            return !target->name.empty() && other.name == target->name;
        });
        if (taken)
            compilation.error("HG105",
                              known_child(node, "name").place(),
                              "two targets have the name '" + target->name + "'");
        targets.push_back(*std::move(target));
    };
    if (to.is_map()) add(to);
    for (const auto& item : to.items())
        add(item);
    return targets;
}

std::optional<Target> compile_end_target(const Node& end,
                                         bool removes,
                                         const Scope& scope,
                                         const Compilation& compilation) {
    const bool is_mqtt = child(end, "mqtt") != nullptr;
    const Node& spelled = known_child(end, is_mqtt ? "mqtt" : "happn");
    const std::string text = without_types(spelled.text());
    Target target;
    // What an end reads as text, it wants to be sent as text.
    const auto decode = decode_of(end);
    const auto like_it_reads = decode == gateway::Decode::text    ? gateway::Encode::text
                               : decode == gateway::Decode::bytes ? gateway::Encode::bytes
                                                                  : gateway::Encode::as_is;
    target.encode = encode_of(end, is_mqtt ? like_it_reads : gateway::Encode::as_is);
    if (is_mqtt) {
        MqttTarget rule;
        rule.broker = compilation.broker_of(end);
        rule.qos = static_cast<int>(integer_of(end, "qos").value_or(compilation.defaults.qos));
        rule.retain = flag_of(end, "retain");
        rule.clear_on_remove = removes;
        if (is_below(text, reserved_topics)) refuse_reserved(spelled, 0, reserved_topics, compilation);
        auto address = compile_address(spelled, text, 0, AddressTemplate::Kind::mqtt, scope, compilation);
        if (!address) return std::nullopt;
        rule.topic = *std::move(address);
        target.rule = std::move(rule);
        target.timeout = compilation.defaults.mqtt_timeout;
        return target;
    }
    auto rule = compile_happn_end(end, text, removes, scope, compilation);
    if (!rule) return std::nullopt;
    target.rule = *std::move(rule);
    target.timeout = compilation.defaults.happn_timeout;
    return target;
}

}  // namespace mappings
