#include "mappings/compilation.hpp"

#include <algorithm>

#include "config/units.hpp"
#include "gateway/expression/suggestion.hpp"

namespace mappings {
namespace {

using config::Node;

/// What brokers and meshes have in common when a name is looked for.
struct Kind {
    std::string_view what;  // "broker"
    const std::optional<std::vector<std::string>>& known;
    std::string_view fallback;  // where nothing is configured or known; empty: that is an error
};

void judge(const Compilation& compilation, const Kind& kind, const Node& spelled) {
    if (!kind.known || std::ranges::find(*kind.known, spelled.text()) != kind.known->end()) return;
    const std::string what{kind.what};
    auto hint = gateway::did_you_mean(spelled.text(), *kind.known);
    if (hint.empty()) hint = "the configuration must have it under " + what + (what == "mesh" ? "es" : "s");
    compilation.error(
        "HG203", spelled.place(), "unknown " + what + " '" + spelled.text() + "'", std::move(hint));
}

std::string name_of(const Compilation& compilation,
                    const Kind& kind,
                    const Node& node,
                    const Node* by_default) {
    const std::string what{kind.what};
    const Node* spelled = child(node, kind.what);
    if (spelled == nullptr) spelled = by_default;
    if (spelled != nullptr) {
        const bool is_node = kind.what == "mesh" && spelled->text() == node_mesh && compilation.names.node;
        if (!is_node) judge(compilation, kind, *spelled);
        return spelled->text();
    }
    if (!kind.known) return std::string{kind.fallback};
    if (kind.known->size() == 1) return kind.known->front();
    if (kind.known->empty() && !kind.fallback.empty()) return std::string{kind.fallback};
    const bool none = kind.known->empty();
    compilation.error("HG209",
                      node.place(),
                      none ? "no " + what + " is configured" : "there are several: which " + what + "?",
                      none ? "" : "name it with '" + what + ":' here or in 'defaults'");
    return {};
}

}  // namespace

std::string Compilation::broker_of(const Node& node) const {
    return name_of(
        *this, {"broker", names.brokers, names.brokers ? "" : unnamed_broker}, node, defaults.broker);
}

std::string Compilation::mesh_of(const Node& node) const {
    return name_of(*this, {"mesh", names.meshes, names.node ? node_mesh : ""}, node, defaults.mesh);
}

void Compilation::report(std::string_view code,
                         const Node& node,
                         const gateway::ExpressionProblem& problem,
                         std::size_t offset) const {
    error(code, node.place_at(offset + problem.offset), problem.message, problem.hint);
}

const Node* child(const Node& node, std::string_view key) {
    const auto* member = node.find(key);
    return member == nullptr ? nullptr : &member->value;
}

const Node& known_child(const Node& node, std::string_view key) {
    static const Node nothing;
    const auto* found = child(node, key);
    return found == nullptr ? nothing : *found;
}

std::string text_of(const Node& node, std::string_view key, std::string fallback) {
    const auto* found = child(node, key);
    return found == nullptr ? std::move(fallback) : found->text();
}

bool flag_of(const Node& node, std::string_view key, bool fallback) {
    const auto* found = child(node, key);
    return found == nullptr ? fallback : found->as_bool().value_or(fallback);
}

std::optional<long long> integer_of(const Node& node, std::string_view key) {
    const auto* found = child(node, key);
    return found == nullptr ? std::nullopt : found->as_integer();
}

std::optional<double> number_of(const Node& node, std::string_view key) {
    const auto* found = child(node, key);
    return found == nullptr ? std::nullopt : found->as_number();
}

std::optional<gateway::Duration> duration_of(const Node& node, std::string_view key) {
    const auto* found = child(node, key);
    return found == nullptr ? std::nullopt : config::parse_duration(found->text());
}

std::vector<std::string> words_of(const Node& node, std::string_view key) {
    std::vector<std::string> words;
    if (const Node* list = child(node, key)) {
        for (const auto& item : list->items())
            words.push_back(item.text());
    }
    return words;
}

}  // namespace mappings
