#include "mappings/targets.hpp"

#include <algorithm>
#include <array>

#include "gateway/executions.hpp"
#include "mappings/http_targets.hpp"
#include "mappings/sources.hpp"
#include "mappings/streams.hpp"
#include "mappings/values.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::AddressTemplate;
using gateway::HappnTarget;
using gateway::MqttTarget;
using gateway::Scope;
using gateway::Target;

constexpr std::array<std::string_view, 4> reserved_paths{
    "/_exchange", "/_events", "/_SYSTEM", "/mesh/schema"};
constexpr std::string_view reserved_topics = "$SYS";
constexpr std::string_view reserved_component = "security/";

gateway::Encode encode_of(const Node& node, gateway::Encode fallback = gateway::Encode::as_is) {
    const auto word = text_of(node, "encode");
    return word == "json"    ? gateway::Encode::json
           : word == "text"  ? gateway::Encode::text
           : word == "bytes" ? gateway::Encode::bytes
                             : fallback;
}

std::optional<AddressTemplate> compile_address(const Node& node,
                                               std::string_view text,
                                               std::size_t offset,
                                               AddressTemplate::Kind kind,
                                               const Scope& scope,
                                               const Compilation& compilation,
                                               bool wildcards = false) {
    auto parsed = AddressTemplate::parse(text, kind, scope, wildcards);
    if (parsed.has_value()) return *std::move(parsed);
    compilation.report("HG202", node, parsed.error(), offset);
    return std::nullopt;
}

bool is_below(std::string_view address, std::string_view tree) {
    return address == tree || (address.starts_with(tree) && address[tree.size()] == '/');
}

void refuse_reserved(const Node& node,
                     std::size_t offset,
                     std::string_view tree,
                     const Compilation& compilation) {
    compilation.error("HG205",
                      node.place_at(offset),
                      "'" + std::string{tree} + "' is reserved: nothing may be sent there",
                      "choose another first level");
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

// --- happn
// ----------------------------------------------------------------------------------------------------------

struct VerbKey {
    std::string_view key;
    HappnTarget::Verb verb;
};
constexpr std::array verb_keys{VerbKey{"merge", HappnTarget::Verb::set},
                               VerbKey{"no_store", HappnTarget::Verb::set},
                               VerbKey{"no_publish", HappnTarget::Verb::set},
                               VerbKey{"consistency", HappnTarget::Verb::set},
                               VerbKey{"meta", HappnTarget::Verb::set},
                               VerbKey{"on_remove", HappnTarget::Verb::set},
                               VerbKey{"on_empty", HappnTarget::Verb::set},
                               VerbKey{"criteria", HappnTarget::Verb::get},
                               VerbKey{"fields", HappnTarget::Verb::get},
                               VerbKey{"sort", HappnTarget::Verb::get},
                               VerbKey{"limit", HappnTarget::Verb::get},
                               VerbKey{"skip", HappnTarget::Verb::get},
                               VerbKey{"with", HappnTarget::Verb::get}};

struct Verb {
    std::string_view word;
    HappnTarget::Verb verb;
};
constexpr std::array verbs{Verb{"set", HappnTarget::Verb::set},
                           Verb{"get", HappnTarget::Verb::get},
                           Verb{"remove", HappnTarget::Verb::remove}};

void check_verb_keys(const Node& node, HappnTarget::Verb verb, const Compilation& compilation) {
    for (const auto& member : node.members()) {
        const auto found = std::ranges::find(verb_keys, member.key, &VerbKey::key);
        if (found == verb_keys.end() || found->verb == verb) continue;
        const auto word = std::ranges::find(verbs, found->verb, &Verb::verb)->word;
        compilation.error(
            "HG414", member.place, "'" + member.key + "' goes with '" + std::string{word} + "' only");
    }
}

gateway::Consistency consistency_of(const Node& node) {
    const auto word = text_of(node, "consistency", "transactional");
    return word == "queued"         ? gateway::Consistency::queued
           : word == "deferred"     ? gateway::Consistency::deferred
           : word == "acknowledged" ? gateway::Consistency::acknowledged
                                    : gateway::Consistency::transactional;
}

std::optional<int> count_of(const Node& node, std::string_view key) {
    const auto number = integer_of(node, key);
    return number ? std::optional{static_cast<int>(*number)} : std::nullopt;
}

std::optional<AddressTemplate> compile_path(const Node& node,
                                            std::string_view path,
                                            std::size_t offset,
                                            HappnTarget::Verb verb,
                                            const Scope& scope,
                                            const Compilation& compilation) {
    const bool reads = verb == HappnTarget::Verb::get;
    const bool wildcards = verb != HappnTarget::Verb::set;
    if (!path.starts_with('/') && !(wildcards && path == "*")) {
        compilation.error("HG204", node.place_at(offset), "a happn path begins with '/'");
        return std::nullopt;
    }
    for (const auto tree : reserved_paths) {
        if (!reads && is_below(path, tree)) refuse_reserved(node, offset, tree, compilation);
    }
    return compile_address(node, path, offset, AddressTemplate::Kind::happn, scope, compilation, wildcards);
}

std::optional<Target> compile_happn(const Node& node, const Scope& scope, const Compilation& compilation) {
    const Node& spelled = known_child(node, "happn");
    HappnTarget rule;
    rule.mesh = compilation.mesh_of(node);
    const std::string_view text = spelled.text();
    const auto blank = text.find(' ');
    const auto verb = std::ranges::find(verbs, text.substr(0, blank), &Verb::word);
    if (blank == std::string_view::npos || verb == verbs.end()) {
        compilation.error("HG204",
                          spelled.place(),
                          "a happn target is written \"set <path>\", \"get <path>\" or \"remove <path>\"",
                          text.starts_with('/') ? "put 'set ' before the path" : "");
        return std::nullopt;
    }
    rule.verb = verb->verb;
    check_verb_keys(node, rule.verb, compilation);
    rule.merge = flag_of(node, "merge");
    rule.no_store = flag_of(node, "no_store");
    rule.no_publish = flag_of(node, "no_publish");
    rule.consistency = consistency_of(node);
    rule.meta = value_of(node, "meta", scope, compilation);
    // To remove is what a remove target does anyway.
    rule.remove_on_remove = child(node, "on_remove") != nullptr || rule.verb == HappnTarget::Verb::remove;
    rule.remove_on_empty = child(node, "on_empty") != nullptr;
    rule.criteria = value_of(node, "criteria", scope, compilation);
    rule.fields = value_of(node, "fields", scope, compilation);
    rule.sort = value_of(node, "sort", scope, compilation);
    rule.limit = count_of(node, "limit");
    rule.skip = count_of(node, "skip");
    rule.with_meta = child(node, "with") != nullptr;
    auto path = compile_path(spelled, text.substr(blank + 1), blank + 1, rule.verb, scope, compilation);
    if (!path) return std::nullopt;
    rule.path = *std::move(path);
    Target target;
    target.timeout = compilation.defaults.happn_timeout;
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
                  : child(node, "happn") != nullptr  ? compile_happn(node, scope, compilation)
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
    HappnTarget rule;
    rule.mesh = compilation.mesh_of(end);
    rule.remove_on_remove = removes;
    rule.remove_on_empty = removes;
    auto path = compile_path(spelled, text, 0, rule.verb, scope, compilation);
    if (!path) return std::nullopt;
    rule.path = *std::move(path);
    target.rule = std::move(rule);
    target.timeout = compilation.defaults.happn_timeout;
    return target;
}

}  // namespace mappings
