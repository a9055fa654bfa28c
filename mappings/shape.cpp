#include "mappings/shape.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "config/units.hpp"
#include "gateway/expression/suggestion.hpp"

namespace mappings {
namespace {

using config::Findings;
using config::Node;
using Kept = std::optional<Node>;

/// "json, text or bytes"
std::string listed(std::span<const std::string_view> words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

std::string quoted(std::string_view key) {
    return "'" + std::string{key} + "'";
}

/// What was found instead; an unquoted template has its own finding.
Kept refuse_type(const Node& node, std::string_view key, std::string_view wanted, Findings& findings) {
    if (const auto meant = node.unquoted_template()) {
        findings.error("HG406",
                       node.place(),
                       "an unquoted " + *meant + " is a YAML map",
                       "put it in quotes: \"" + *meant + "\"");
    } else {
        findings.error(
            "HG407",
            node.place(),
            quoted(key) + " must be " + std::string{wanted} + ", not " + std::string{node.kind_name()});
    }
    return std::nullopt;
}

Kept refuse_value(const Node& node, std::string message, Findings& findings, std::string hint = {}) {
    findings.error("HG409", node.place(), std::move(message), std::move(hint));
    return std::nullopt;
}

Kept refuse_later(const config::Place& place, std::string_view what, Findings& findings) {
    findings.error("HG410", place, std::string{what} + " is not built yet", "leave it out for now");
    return std::nullopt;
}

std::string pair_of(std::string_view key, std::string_view value) {
    return quoted(std::string{key} + ": " + std::string{value});
}

std::string number_text(double number) {
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    return {buffer.data(), end};
}

Kept check_range(
    const Node& node, const Shape& shape, std::string_view key, double number, Findings& findings) {
    if (shape.minimum < shape.maximum && (number < shape.minimum || number > shape.maximum)) {
        return refuse_value(node,
                            quoted(key) + " must be from " + number_text(shape.minimum) + " to " +
                                number_text(shape.maximum) + ", not " + node.text(),
                            findings);
    }
    return node;
}

/// Whether a template gives a number is told when it is compiled.
Kept check_count(const Node& node, const Shape& shape, std::string_view key, Findings& findings) {
    if (const auto number = node.as_integer())
        return check_range(node, shape, key, static_cast<double>(*number), findings);
    const bool may_be_template = node.is_scalar() && node.text().find('{') != std::string::npos;
    if (may_be_template) return node;
    return refuse_type(node, key, "a whole number, or a template that gives one", findings);
}

Kept check_choice(const Node& node, const Shape& shape, std::string_view key, Findings& findings) {
    if (!node.is_scalar()) return refuse_type(node, key, listed(shape.choices), findings);
    if (std::ranges::find(shape.choices, node.text()) != shape.choices.end()) return node;
    if (std::ranges::find(shape.choices_later, node.text()) != shape.choices_later.end())
        return refuse_later(node.place(), pair_of(key, node.text()), findings);
    return refuse_value(node,
                        quoted(key) + " must be " + listed(shape.choices) + ", not '" + node.text() + "'",
                        findings,
                        gateway::did_you_mean(node.text(), shape.choices));
}

/// In a value an unquoted template hides anywhere.
Kept check_value(const Node& node, std::string_view key, Findings& findings) {
    if (node.unquoted_template()) return refuse_type(node, key, "a value", findings);
    if (node.is_list()) {
        std::vector<Node> items;
        for (const auto& item : node.items()) {
            if (auto kept = check_value(item, key, findings)) items.push_back(*std::move(kept));
        }
        return Node::list(node.place(), std::move(items));
    }
    if (node.is_map()) {
        std::vector<Node::Member> members;
        for (const auto& member : node.members()) {
            if (auto kept = check_value(member.value, member.key, findings))
                members.push_back({member.key, member.place, *std::move(kept)});
        }
        return Node::map(node.place(), std::move(members));
    }
    return node;
}

void refuse_key(const Node::Member& member, const Table& table, std::string hint, Findings& findings) {
    findings.error("HG201",
                   member.place,
                   "unknown key " + quoted(member.key) + " in " + std::string{table.name},
                   std::move(hint));
}

std::string known_keys_hint(std::string_view word, const Table& table) {
    std::vector<std::string> names;
    for (const Key& key : table.keys) {
        if (key.shape->kind != Shape::Kind::later) names.emplace_back(key.name);
    }
    if (auto hint = gateway::did_you_mean(word, names); !hint.empty()) return hint;
    const std::vector<std::string_view> views{names.begin(), names.end()};
    return "it may have " + listed(views);
}

Kept check_table(const Node& node, const Table& table, std::string_view key, Findings& findings) {
    if (!node.is_map()) return refuse_type(node, key, "a map (" + std::string{table.name} + ")", findings);
    std::vector<Node::Member> members;
    for (const auto& member : node.members()) {
        const auto known = std::ranges::find(table.keys, member.key, &Key::name);
        if (known == table.keys.end()) {
            refuse_key(member, table, known_keys_hint(member.key, table), findings);
        } else if (known->shape->kind == Shape::Kind::later) {
            refuse_later(member.place, quoted(member.key) + " in " + std::string{table.name}, findings);
        } else if (auto kept = check(member.value, *known->shape, member.key, findings)) {
            members.push_back({member.key, member.place, *std::move(kept)});
        }
    }
    for (const Key& wanted : table.keys) {
        if (!wanted.required || node.find(wanted.name) != nullptr || node.find(wanted.instead) != nullptr)
            continue;
        findings.error(
            "HG408", node.place(), std::string{table.name} + " needs the key " + quoted(wanted.name));
    }
    return Node::map(node.place(), std::move(members));
}

Kept check_variants(const Node& node, const Shape& shape, std::string_view key, Findings& findings) {
    std::vector<std::string_view> names;
    for (const Variant& variant : shape.variants) {
        if (variant.table != nullptr) names.push_back(variant.key);
    }
    if (!node.is_map()) return refuse_type(node, key, "a map with the key " + listed(names), findings);
    const Variant* chosen = nullptr;
    for (const Variant& variant : shape.variants) {
        const auto* member = node.find(variant.key);
        if (member == nullptr) continue;
        if (variant.table == nullptr) return refuse_later(member->place, pair_of(key, variant.key), findings);
        if (chosen != nullptr) {
            findings.error("HG414",
                           member->place,
                           quoted(variant.key) + " and " + quoted(chosen->key) + " exclude each other in " +
                               quoted(key));
            return std::nullopt;
        }
        chosen = &variant;
    }
    if (chosen != nullptr) return check_table(node, *chosen->table, key, findings);
    std::string hint;
    for (const auto& member : node.members()) {
        if (hint.empty()) hint = gateway::did_you_mean(member.key, names);
    }
    findings.error("HG408", node.place(), quoted(key) + " needs the key " + listed(names), std::move(hint));
    return std::nullopt;
}

Kept check_list(const Node& node, const Shape& shape, std::string_view key, Findings& findings) {
    if (!node.is_list()) return refuse_type(node, key, "a list", findings);
    if (static_cast<double>(node.items().size()) < shape.minimum)
        return refuse_value(node, quoted(key) + " must not be empty", findings, "leave it out, or name one");
    std::vector<Node> items;
    for (const auto& item : node.items()) {
        if (auto kept = check(item, *shape.inner, key, findings)) items.push_back(*std::move(kept));
    }
    return Node::list(node.place(), std::move(items));
}

Kept check_map(const Node& node, const Shape& inner, std::string_view key, Findings& findings) {
    if (node.is_null()) return Node::map(node.place(), {});
    if (!node.is_map()) return refuse_type(node, key, "a map", findings);
    std::vector<Node::Member> members;
    for (const auto& member : node.members()) {
        if (auto kept = check(member.value, inner, member.key, findings))
            members.push_back({member.key, member.place, *std::move(kept)});
    }
    return Node::map(node.place(), std::move(members));
}

Kept check_by_kind(const Node& node, const Shape& shape, std::string_view key, Findings& findings) {
    const Shape* inner = node.is_list() ? shape.list : node.is_map() ? shape.map : shape.scalar;
    if (inner != nullptr && !(inner == shape.map && shape.scalar != nullptr && node.unquoted_template()))
        return check(node, *inner, key, findings);
    std::vector<std::string_view> wanted;
    if (shape.scalar != nullptr) wanted.emplace_back("text");
    if (shape.list != nullptr) wanted.emplace_back("a list");
    if (shape.map != nullptr) wanted.emplace_back("a map");
    return refuse_type(node, key, listed(wanted), findings);
}

bool is_positive_duration(std::string_view text) {
    const auto duration = config::parse_duration(text);
    return duration && *duration > gateway::Duration::zero();
}

bool fits(const Node& node, Shape::Kind kind) {
    switch (kind) {
        case Shape::Kind::text:
            return node.is_scalar();
        case Shape::Kind::boolean:
            return node.as_bool().has_value();
        case Shape::Kind::integer:
            return node.as_integer().has_value();
        case Shape::Kind::number:
            return node.as_number().has_value();
        case Shape::Kind::duration:
            return node.is_scalar() && is_positive_duration(node.text());
        case Shape::Kind::size:
            return node.is_scalar() && config::parse_size(node.text()).has_value();
        default:
            return true;
    }
}

std::string_view wanted(Shape::Kind kind) {
    switch (kind) {
        case Shape::Kind::boolean:
            return "true or false";
        case Shape::Kind::integer:
            return "a whole number";
        case Shape::Kind::number:
            return "a number";
        case Shape::Kind::duration:
            return "a duration such as 250ms, 5s or 1m";
        case Shape::Kind::size:
            return "a size such as 64KiB or 10MiB";
        default:
            return "text";
    }
}

}  // namespace

std::optional<Node> check(const Node& node, const Shape& shape, std::string_view key, Findings& findings) {
    switch (shape.kind) {
        case Shape::Kind::later:
            return refuse_later(node.place(), "this form of " + quoted(key), findings);
        case Shape::Kind::data:
            return node;
        case Shape::Kind::value:
            return check_value(node, key, findings);
        case Shape::Kind::count:
            return check_count(node, shape, key, findings);
        case Shape::Kind::choice:
            return check_choice(node, shape, key, findings);
        case Shape::Kind::table:
            return check_table(node, *shape.table, key, findings);
        case Shape::Kind::variants:
            return check_variants(node, shape, key, findings);
        case Shape::Kind::list:
            return check_list(node, shape, key, findings);
        case Shape::Kind::map:
            return check_map(node, *shape.inner, key, findings);
        case Shape::Kind::by_kind:
            return check_by_kind(node, shape, key, findings);
        default:
            break;
    }
    if (!fits(node, shape.kind)) return refuse_type(node, key, wanted(shape.kind), findings);
    const auto number = node.as_number();
    return number ? check_range(node, shape, key, *number, findings) : Kept{node};
}

}  // namespace mappings
