#include "config/section.hpp"

#include "gateway/expression/suggestion.hpp"

namespace config {

void report_unknown_key(const Node::Member& member,
                        const std::vector<std::string>& known,
                        Findings& findings) {
    findings.error(
        "HG201", member.place, "unknown key '" + member.key + "'", gateway::did_you_mean(member.key, known));
}

void report_type(const Node& node, std::string_view expected, Findings& findings, std::string hint) {
    const auto found = node.is_scalar() ? "'" + node.text() + "'" : std::string{node.kind_name()};
    findings.error(
        "HG407", node.place(), "expected " + std::string{expected} + ", not " + found, std::move(hint));
}

void report_not_built(const Node& node, std::string_view what, Findings& findings, std::string hint) {
    findings.error("HG410", node.place(), std::string{what} + ": not built yet", std::move(hint));
}

}  // namespace config
