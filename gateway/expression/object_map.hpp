// `map:`, `body:`, `args:`, `answer:`: JSON with templates in its strings, rendered as JSON text without
// building a tree. An object member whose template is absent is left out; `"..."` spreads an object into the
// one around it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/expression/template.hpp"

namespace gateway {

class ObjectMap {
public:
    struct Member;
    using Object = std::vector<Member>;
    using List = std::vector<ObjectMap>;

    ObjectMap() = default;
    explicit ObjectMap(Template leaf);
    explicit ObjectMap(Value constant);
    static ObjectMap object(Object members);
    static ObjectMap list(List elements);

    /// JSON text; absent if it is one template that is absent. Absent elements of a list become null.
    /// Spreading what is absent adds nothing; anything else but an object is refused (absent). Of equal keys
    /// the last counts.
    Expanded<Value> render(const Evaluation& evaluation) const;
    /// The same, where each value that a template gives is held against the rule, which may refuse it.
    using ValueRule = std::optional<Refused> (*)(const Template& from, const Value& value);
    Expanded<Value> render(const Evaluation& evaluation, ValueRule rule) const;
    /// One template gives the whole.
    bool is_template() const { return std::holds_alternative<Template>(node_); }
    /// Is there a template that reads the payload, without a `default`?
    bool needs_payload() const;
    /// A JSON Schema (2020-12, as text) of what render() gives, as far as that can be told from the templates
    /// alone: which members, which are text, which are constant.
    std::string schema() const;

private:
    std::variant<Value, Template, std::shared_ptr<const Object>, std::shared_ptr<const List>> node_;
};

struct ObjectMap::Member {
    std::string key;  // "...": spread
    ObjectMap value;
};

}  // namespace gateway
