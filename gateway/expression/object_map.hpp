// `map:`, `body:`, `args:`, `answer:`: JSON with templates in its strings, rendered as JSON text without
// building a tree. An object member whose template is absent is left out; `"..."` spreads an object into the
// one around it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/expression/template.hpp"

namespace gateway {

class ObjectMap {
public:
    struct Member;
    using Object = std::vector<Member>;
    using List = std::vector<ObjectMap>;
    static constexpr std::string_view spread_key = "...";

    ObjectMap() = default;
    explicit ObjectMap(Template leaf);
    explicit ObjectMap(Value constant);
    static ObjectMap object(Object members);
    static ObjectMap list(List elements);

    /// JSON text; absent if it is one template that is absent. Absent elements of a list become null.
    /// Spreading what is absent adds nothing; anything else but an object is refused (absent). Of equal keys
    /// the last counts.
    Expanded<Value> render(const Evaluation& evaluation) const;
    struct Rules {
        /// Looks at each value that a template gives, and may refuse it.
        std::optional<Refused> (*look)(const Template& from,
                                       const Value& value,
                                       const Evaluation& evaluation) = nullptr;
        /// What is written out counts, not what a spread brings under the same name, whatever the order.
        bool written_names_win = false;
    };
    Expanded<Value> render(const Evaluation& evaluation, const Rules& rules) const;
    /// Template::why_absent() of the one template that gives the whole; else empty.
    std::string why_absent(const Evaluation& evaluation) const;
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
    std::string key;
    ObjectMap value;
};

}  // namespace gateway
