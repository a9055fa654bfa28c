#include "config/kinds.hpp"

#include <algorithm>
#include <cctype>

#include "config/address.hpp"
#include "config/units.hpp"
#include "gateway/expression/suggestion.hpp"

namespace config {
namespace {

constexpr std::size_t max_name = 64;
constexpr std::string_view name_pattern = "^[A-Za-z0-9_.-]{1,64}$";

/// Editors accept a variable wherever the value has a form.
Json or_variable(Json schema) {
    return {{"anyOf", {std::move(schema), {{"$ref", "#/$defs/variable"}}}}};
}

Json formed_text(std::string_view pattern, std::string_view example) {
    return or_variable({{"type", "string"}, {"pattern", pattern}, {"examples", {example}}});
}

bool name_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= max_name && text != "." && text != ".." &&
           std::all_of(text.begin(), text.end(), name_character);
}

template <typename Value>
std::function<Json(const Value&)> as_is() {
    return [](const Value& value) { return Json(value); };
}

Json shown_text(const std::string& value) {
    return value.empty() ? Json{} : Json(value);
}

std::string listed(const std::vector<std::string>& words) {
    std::string line;
    for (const auto& word : words)
        line += (line.empty() ? "" : ", ") + word;
    return line;
}

void read_number(
    const Node& node, long long minimum, long long maximum, Findings& findings, long long& into) {
    const auto number = without_quotes(node).as_integer();
    if (!number) return report_type(node, "a whole number", findings);
    if (*number < minimum || *number > maximum) {
        findings.error("HG409",
                       node.place(),
                       "must be from " + std::to_string(minimum) + " to " + std::to_string(maximum));
        return;
    }
    into = *number;
}

}  // namespace

bool is_text(const Node& node) {
    return node.is_scalar();
}

Node without_quotes(const Node& node) {
    return node.is_scalar() ? Node::scalar(node.place(), node.text(), false) : node;
}

Kind<bool> boolean() {
    const auto read = [](const Node& node, bool& into, Findings& findings) {
        const auto value = without_quotes(node).as_bool();
        if (!value) return report_type(node, "true or false", findings);
        into = *value;
    };
    return {read, or_variable({{"type", "boolean"}}), as_is<bool>()};
}

Kind<std::string> text() {
    const auto read = [](const Node& node, std::string& into, Findings& findings) {
        if (!is_text(node)) return report_type(node, "text", findings);
        into = node.text();
    };
    return {read, {{"type", "string"}}, shown_text};
}

Kind<std::string> name_text() {
    const auto read = [](const Node& node, std::string& into, Findings& findings) {
        if (!is_text(node)) return report_type(node, "a name", findings);
        if (!is_name(node.text())) {
            findings.error("HG210",
                           node.place(),
                           "'" + node.text() + "' is not allowed as a name",
                           "letters, digits, '_', '.' and '-', at most " + std::to_string(max_name));
            return;
        }
        into = node.text();
    };
    return {read, formed_text(name_pattern, "gateway"), shown_text};
}

Kind<gateway::Secret> secret() {
    const auto read = [](const Node& node, gateway::Secret& into, Findings& findings) {
        if (!is_text(node)) return report_type(node, "text", findings);
        into = gateway::Secret{node.text()};
    };
    return {read, {{"type", "string"}, {"examples", {"${PASSWORD}", "file:secrets/password"}}}};
}

Kind<std::string> one_of(std::vector<std::string> allowed) {
    Json schema = or_variable({{"enum", allowed}});
    const auto read = [allowed = std::move(allowed)](
                          const Node& node, std::string& into, Findings& findings) {
        if (!is_text(node)) return report_type(node, "one of " + listed(allowed), findings);
        if (std::find(allowed.begin(), allowed.end(), node.text()) == allowed.end()) {
            auto hint = gateway::did_you_mean(node.text(), allowed);
            if (hint.empty()) hint = "one of " + listed(allowed);
            findings.error("HG409", node.place(), "'" + node.text() + "' is not allowed here", hint);
            return;
        }
        into = node.text();
    };
    return {read, std::move(schema), shown_text};
}

Kind<std::vector<std::string>> texts() {
    const auto read = [](const Node& node, std::vector<std::string>& into, Findings& findings) {
        if (!node.is_list() && !is_text(node)) return report_type(node, "a list of texts", findings);
        into.clear();
        if (is_text(node)) into.push_back(node.text());
        for (const auto& item : node.items()) {
            if (!is_text(item)) {
                report_type(item, "text", findings);
            } else {
                into.push_back(item.text());
            }
        }
    };
    Json schema{{"anyOf", {{{"type", "array"}, {"items", {{"type", "string"}}}}, {{"type", "string"}}}}};
    const auto show = [](const std::vector<std::string>& value) {
        return value.empty() ? Json{} : Json(value);
    };
    return {read, std::move(schema), show};
}

Kind<int> integer(int minimum, int maximum) {
    const auto read = [minimum, maximum](const Node& node, int& into, Findings& findings) {
        long long number = into;
        read_number(node, minimum, maximum, findings, number);
        into = static_cast<int>(number);
    };
    return {
        read, or_variable({{"type", "integer"}, {"minimum", minimum}, {"maximum", maximum}}), as_is<int>()};
}

Kind<std::size_t> count(std::size_t maximum) {
    const auto read = [maximum](const Node& node, std::size_t& into, Findings& findings) {
        auto number = static_cast<long long>(into);
        read_number(node, 1, static_cast<long long>(maximum), findings, number);
        into = static_cast<std::size_t>(number);
    };
    return {
        read, or_variable({{"type", "integer"}, {"minimum", 1}, {"maximum", maximum}}), as_is<std::size_t>()};
}

Kind<std::size_t> size(std::size_t minimum, std::size_t maximum) {
    const auto read = [minimum, maximum](const Node& node, std::size_t& into, Findings& findings) {
        const auto value = is_text(node) ? parse_size(node.text()) : std::nullopt;
        if (!value)
            return report_type(node, "a size", findings, "a whole number and B, KiB, MiB or GiB: 64KiB");
        if (*value < minimum || *value > maximum) {
            findings.error(
                "HG409", node.place(), "must be from " + size_text(minimum) + " to " + size_text(maximum));
            return;
        }
        into = *value;
    };
    return {read, formed_text(size_pattern, "64KiB"), [](const std::size_t& value) {
                return Json(size_text(value));
            }};
}

Kind<gateway::Duration> duration(gateway::Duration minimum, gateway::Duration maximum) {
    const auto read = [minimum, maximum](const Node& node, gateway::Duration& into, Findings& findings) {
        const auto value = is_text(node) ? parse_duration(node.text()) : std::nullopt;
        if (!value)
            return report_type(
                node, "a duration", findings, "a whole number and ms, s, m, h or d: 250ms, 5s");
        if (*value < minimum || *value > maximum) {
            findings.error("HG409",
                           node.place(),
                           "must be from " + duration_text(minimum) + " to " + duration_text(maximum));
            return;
        }
        into = *value;
    };
    return {read, formed_text(duration_pattern, "10s"), [](const gateway::Duration& value) {
                return Json(duration_text(value));
            }};
}

Kind<gateway::Endpoint> listener() {
    const auto read = [](const Node& node, gateway::Endpoint& into, Findings& findings) {
        auto endpoint = is_text(node) ? parse_endpoint(node.text()) : std::nullopt;
        if (!endpoint) {
            return report_type(node, "an address and port", findings, "\"127.0.0.1:8080\", \"[::1]:8080\"");
        }
        if (endpoint->host == "localhost") endpoint->host = "127.0.0.1";
        if (!is_ip(endpoint->host)) {
            findings.error("HG409",
                           node.place(),
                           "'" + endpoint->host + "' is not an address of this machine",
                           "an IP address: 127.0.0.1, or 0.0.0.0 for all");
            return;
        }
        into = *endpoint;
    };
    return {
        read,
        formed_text("^(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9.]+):[0-9]{1,5}$", "127.0.0.1:8080"),
        [](const gateway::Endpoint& value) { return value.port == 0 ? Json{} : Json(endpoint_text(value)); }};
}

}  // namespace config
