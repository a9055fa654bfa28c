// The kinds of values that configuration files are made of, for key tables (config/section.hpp). Start-up
// only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.hpp"
#include "gateway/clock.hpp"
#include "gateway/principal.hpp"
#include "gateway/settings.hpp"

namespace config {

Kind<bool> boolean();
Kind<std::string> text();
/// What may be part of a client id, a path segment and a label: letters, digits, `_ . -`, at most 64.
Kind<std::string> name_text();
/// Text that is never shown.
Kind<gateway::Secret> secret();
Kind<std::string> one_of(std::vector<std::string> allowed);
/// A list of texts; one text alone is a list of one.
Kind<std::vector<std::string>> texts();
Kind<int> integer(int minimum, int maximum);
/// A number of things, at least one.
Kind<std::size_t> count(std::size_t maximum = 1'000'000'000);
/// `64KiB`
Kind<std::size_t> size(std::size_t minimum, std::size_t maximum);
/// `250ms`
Kind<gateway::Duration> duration(gateway::Duration minimum, gateway::Duration maximum);
/// `127.0.0.1:8080` of a listener: an IP address, or localhost, which is read as 127.0.0.1.
Kind<gateway::Endpoint> listener();

/// Is it text, number or boolean as a file writes it? `port: 80` and `name: 7` are fine as text.
bool is_text(const Node& node);

/// The scalar as if it had no quotes: `"${DEBUG:-false}"` must have them inside braces, and still means a
/// boolean.
Node without_quotes(const Node& node);

template <typename Value>
Kind<std::optional<Value>> optional(Kind<Value> kind) {
    return {[read = kind.read](const Node& node, std::optional<Value>& into, Findings& findings) {
                if (!into) into.emplace();
                read(node, *into, findings);
            },
            std::move(kind.schema)};
}

/// `{ name: {...}, ... }`: the name goes into `Struct::name`.
template <typename Struct>
Kind<std::vector<Struct>> named(Section<Struct> section) {
    Json schema{{"type", "object"}, {"additionalProperties", section.schema()}};
    const auto read = [section](const Node& node, std::vector<Struct>& into, Findings& findings) {
        if (!node.is_map()) return report_type(node, "a map", findings);
        for (const auto& member : node.members()) {
            Struct entry;
            const auto name = Node::scalar(member.place, member.key, true);
            name_text().read(name, entry.name, findings);
            section.read(member.value, entry, findings);
            into.push_back(std::move(entry));
        }
    };
    return {read, std::move(schema)};
}

}  // namespace config
