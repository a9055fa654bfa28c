// Key tables: a section of the configuration is a list of keys, each with its kind, its place in a struct and
// a sentence for people. One table reads the file (typed, unknown keys refused) and writes the JSON Schema
// (with the struct's own defaults), so that the two cannot differ. Used by config's sources only. Start-up
// only.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/finding.hpp"
#include "config/yaml_document.hpp"

namespace config {

using Json = nlohmann::ordered_json;

/// How a value of type Value is written. `read` leaves `into` alone when it adds a finding.
template <typename Value>
struct Kind {
    std::function<void(const Node& node, Value& into, Findings& findings)> read;
    Json schema;                               // without description and default
    std::function<Json(const Value&)> show{};  // as a file would write it; null: nothing worth showing
};

/// HG201 for a key that `known` does not have, with what was probably meant.
void report_unknown_key(const Node::Member& member,
                        const std::vector<std::string>& known,
                        Findings& findings);
/// HG407: "expected <what>, not <what there is>". Not for secrets.
void report_type(const Node& node, std::string_view expected, Findings& findings, std::string hint = {});
/// HG410
void report_not_built(const Node& node, std::string_view what, Findings& findings, std::string hint = {});

template <typename Struct>
class Section {
public:
    /// The value is read into `member`.
    template <typename Value>
    Section& key(std::string name, Value Struct::*member, Kind<Value> kind, std::string description) {
        Json schema = described(kind.schema, std::move(description));
        if (kind.show) {
            auto value = kind.show(Struct{}.*member);
            if (!value.is_null()) schema["default"] = std::move(value);
        }
        const auto read = [kind = std::move(kind), member](
                              const Node& node, Struct& into, Findings& findings) {
            kind.read(node, into.*member, findings);
        };
        return add(std::move(name), read, std::move(schema));
    }

    /// The value is read by `kind` and stored by itself.
    Section& custom(std::string name, Kind<Struct> kind, std::string description) {
        return add(std::move(name), std::move(kind.read), described(kind.schema, std::move(description)));
    }

    /// A key of the language that this version refuses, rather than ignores. `what`: "TLS on listeners".
    Section& not_built(std::string name, std::string what) {
        Json schema{{"description", "Not built yet, refused: " + what + "."}, {"not", Json::object()}};
        const auto refuse = [what](const Node& node, Struct&, Findings& findings) {
            report_not_built(node, what, findings);
        };
        return add(std::move(name), refuse, std::move(schema));
    }

    /// The key added last must be there.
    Section& required() {
        keys_.back().required = true;
        return *this;
    }

    /// Keys that are absent, or have no value, keep what `into` holds.
    void read(const Node& node, Struct& into, Findings& findings) const {
        if (!node.is_map()) {
            if (!node.is_null()) return report_type(node, "a map", findings);
            return report_missing(node, findings);
        }
        for (const auto& member : node.members())
            read_member(member, into, findings);
        report_missing(node, findings);
    }

    Json schema() const {
        Json properties = Json::object();
        Json required = Json::array();
        for (const auto& key : keys_) {
            properties[key.name] = key.schema;
            if (key.required) required.push_back(key.name);
        }
        Json schema{
            {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
        if (!required.empty()) schema["required"] = std::move(required);
        return schema;
    }

    Kind<Struct> kind() const {
        return {[section = *this](const Node& node, Struct& into, Findings& findings) {
                    section.read(node, into, findings);
                },
                schema()};
    }

private:
    using Read = std::function<void(const Node&, Struct&, Findings&)>;
    struct Key {
        std::string name;
        Read read;
        Json schema;
        bool required = false;
    };

    static Json described(const Json& kind, std::string description) {
        Json schema{{"description", std::move(description)}};
        schema.update(kind);
        return schema;
    }

    Section& add(std::string name, Read read, Json schema) {
        keys_.push_back({std::move(name), std::move(read), std::move(schema)});
        return *this;
    }

    const Key* find(std::string_view name) const {
        for (const auto& key : keys_) {
            if (key.name == name) return &key;
        }
        return nullptr;
    }

    void read_member(const Node::Member& member, Struct& into, Findings& findings) const {
        const Key* key = find(member.key);
        if (key == nullptr) return report_unknown_key(member, names(), findings);
        if (!member.value.is_null()) key->read(member.value, into, findings);
    }

    void report_missing(const Node& node, Findings& findings) const {
        for (const auto& key : keys_) {
            const auto* member = key.required ? node.find(key.name) : nullptr;
            if (key.required && (member == nullptr || member->value.is_null())) {
                findings.error("HG408", node.place(), "key '" + key.name + "' is missing");
            }
        }
    }

    std::vector<std::string> names() const {
        std::vector<std::string> result;
        for (const auto& key : keys_)
            result.push_back(key.name);
        return result;
    }

    std::vector<Key> keys_;
};

}  // namespace config
