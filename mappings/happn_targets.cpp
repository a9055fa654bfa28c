#include "mappings/happn_targets.hpp"

#include <algorithm>
#include <array>

#include "mappings/criteria.hpp"
#include "mappings/target_addresses.hpp"
#include "mappings/values.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::AddressTemplate;
using gateway::HappnTarget;
using gateway::Scope;
using gateway::Target;

constexpr std::array<std::string_view, 4> reserved_paths{
    "/_exchange", "/_events", "/_SYSTEM", "/mesh/schema"};

/// 0 is no limit, which is not for a message to say.
constexpr int least_limit = 1;

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

/// What is known now is judged now.
bool is_well_bounded(const gateway::Count& count, const Node& spelled, const Compilation& compilation) {
    const auto value = count.evaluate({});
    if (value.has_error()) compilation.error("HG409", spelled.place(), value.error().detail);
    return value.has_value();
}

/// `least`: what a message may ask for.
std::optional<gateway::Count> count_of(
    const Node& node, std::string_view key, int least, const Scope& scope, const Compilation& compilation) {
    const Node* spelled = child(node, key);
    if (spelled == nullptr) return std::nullopt;
    auto from = compile_template(*spelled, scope, compilation);
    if (!from) return std::nullopt;
    const std::string name{key};
    if (from->is_text() && !spelled->as_integer()) {
        compilation.error("HG407",
                          spelled->place(),
                          "'" + name + "' must be a whole number, or one template that gives it",
                          "\"{in.query." + name + "}\"");
        return std::nullopt;
    }
    const bool known = from->constant();
    gateway::Count count{name, *std::move(from), least};
    if (known && !is_well_bounded(count, *spelled, compilation)) return std::nullopt;
    return count;
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

}  // namespace

std::optional<Target> compile_happn_target(const Node& node,
                                           const Scope& scope,
                                           const Compilation& compilation) {
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
    rule.criteria = compile_criteria(node, scope, compilation);
    rule.fields = value_of(node, "fields", scope, compilation);
    rule.sort = value_of(node, "sort", scope, compilation);
    rule.limit = count_of(node, "limit", least_limit, scope, compilation);
    rule.skip = count_of(node, "skip", 0, scope, compilation);
    rule.with_meta = child(node, "with") != nullptr;
    auto path = compile_path(spelled, text.substr(blank + 1), blank + 1, rule.verb, scope, compilation);
    if (!path) return std::nullopt;
    rule.path = *std::move(path);
    Target target;
    target.timeout = compilation.defaults.happn_timeout;
    target.rule = std::move(rule);
    return target;
}

std::optional<HappnTarget> compile_happn_end(const Node& end,
                                             std::string_view path,
                                             bool removes,
                                             const Scope& scope,
                                             const Compilation& compilation) {
    HappnTarget rule;
    rule.mesh = compilation.mesh_of(end);
    rule.remove_on_remove = removes;
    rule.remove_on_empty = removes;
    auto compiled = compile_path(known_child(end, "happn"), path, 0, rule.verb, scope, compilation);
    if (!compiled) return std::nullopt;
    rule.path = *std::move(compiled);
    return rule;
}

}  // namespace mappings
