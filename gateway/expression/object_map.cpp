#include "gateway/expression/object_map.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "gateway/expression/operand.hpp"
#include "gateway/json.hpp"

namespace gateway {
namespace {

using Rules = ObjectMap::Rules;
constexpr std::string_view spread_key = ObjectMap::spread_key;

/// The members of an object that is being rendered; of equal names the last value counts, at the first one's
/// place.
class Members {
public:
    void set(std::string name, std::string_view value) {
        const auto [entry, added] = places_.try_emplace(std::move(name), values_.size());
        if (added) {
            values_.emplace_back(&entry->first, value);
        } else {
            values_[entry->second].second = value;
        }
    }

    std::string text() const {
        std::string out = "{";
        for (const auto& [name, value] : values_) {
            if (out.size() > 1) out += ',';
            json::append_quoted(out, *name);
            out += ':';
            out += value;
        }
        return out + '}';
    }

private:
    std::unordered_map<std::string, std::size_t> places_;
    std::vector<std::pair<const std::string*, std::string>> values_;
};

Expanded<Value> render_leaf(const Template& leaf, const Evaluation& evaluation, const Rules& rules) {
    auto value = leaf.evaluate(evaluation);
    if (!value) return value;
    auto refused = rules.look == nullptr ? std::nullopt : rules.look(leaf, *value, evaluation);
    if (refused) return *std::move(refused);
    return value;
}

bool is_written(const ObjectMap::Object& object, std::string_view name) {
    return name != spread_key &&
           std::ranges::any_of(object, [&](const auto& own) { return own.key == name; });
}

std::optional<Refused> spread(Members& members,
                              const Value& value,
                              const ObjectMap::Object& into,
                              const Rules& rules) {
    if (value.absent()) return std::nullopt;
    const auto add = [&](std::string_view name, std::string_view one) {
        auto text = json::unquoted(name).value_or(std::string{});
        if (rules.written_names_win && is_written(into, text)) return;
        members.set(std::move(text), one);
    };
    if (json::for_each_member(value.json().view(), add)) return std::nullopt;
    return Refused{Refusal::absent,
                   "'...' can only spread an object, not " + std::string{Operand::of(value).kind_name()}};
}

Expanded<Value> render_with_spread(const ObjectMap::Object& object,
                                   const Evaluation& evaluation,
                                   const Rules& rules) {
    Members members;
    for (const auto& member : object) {
        auto value = member.value.render(evaluation, rules);
        if (!value) return value;
        if (member.key == spread_key) {
            if (auto refused = spread(members, *value, object, rules)) return *std::move(refused);
        } else if (!value->absent()) {
            members.set(member.key, value->json().view());
        }
    }
    return Value::json(Bytes{members.text()});
}

Expanded<Value> render_object(const ObjectMap::Object& object,
                              const Evaluation& evaluation,
                              const Rules& rules) {
    const bool spreads =
        std::ranges::any_of(object, [](const auto& member) { return member.key == spread_key; });
    if (spreads) return render_with_spread(object, evaluation, rules);
    std::string out = "{";
    for (const auto& member : object) {
        auto value = member.value.render(evaluation, rules);
        if (!value) return value;
        if (value->absent()) continue;
        if (out.size() > 1) out += ',';
        json::append_quoted(out, member.key);
        out += ':';
        out += value->json().view();
    }
    return Value::json(Bytes{out + '}'});
}

Expanded<Value> render_list(const ObjectMap::List& list, const Evaluation& evaluation, const Rules& rules) {
    std::string out = "[";
    for (const auto& element : list) {
        auto value = element.render(evaluation, rules);
        if (!value) return value;
        if (out.size() > 1) out += ',';
        out += value->absent() ? std::string_view{"null"} : value->json().view();
    }
    return Value::json(Bytes{out + ']'});
}

// --- schema --------------------------------------------------------------------------------------

/// Members whose template is absent are left out, so that none is required.
std::string object_schema(const ObjectMap::Object& object) {
    std::string properties;
    for (const auto& member : object) {
        if (member.key == spread_key) continue;
        if (!properties.empty()) properties += ',';
        json::append_quoted(properties, member.key);
        properties += ':' + member.value.schema();
    }
    return R"({"type":"object","properties":{)" + properties + "}}";
}

std::string list_schema(const ObjectMap::List& list) {
    std::string elements;
    for (const auto& element : list) {
        if (!elements.empty()) elements += ',';
        elements += element.schema();
    }
    if (elements.empty()) return R"({"type":"array","maxItems":0})";
    return R"({"type":"array","prefixItems":[)" + elements + "]}";
}

}  // namespace

ObjectMap::ObjectMap(Template leaf) : node_{std::move(leaf)} {}
ObjectMap::ObjectMap(Value constant) : node_{std::move(constant)} {}

ObjectMap ObjectMap::object(Object members) {
    ObjectMap made;
    made.node_ = std::make_shared<const Object>(std::move(members));
    return made;
}

ObjectMap ObjectMap::list(List elements) {
    ObjectMap made;
    made.node_ = std::make_shared<const List>(std::move(elements));
    return made;
}

Expanded<Value> ObjectMap::render(const Evaluation& evaluation) const {
    return render(evaluation, Rules{});
}

Expanded<Value> ObjectMap::render(const Evaluation& evaluation, const Rules& rules) const {
    if (const auto* constant = std::get_if<Value>(&node_)) return *constant;
    if (const auto* leaf = std::get_if<Template>(&node_)) return render_leaf(*leaf, evaluation, rules);
    if (const auto* object = std::get_if<std::shared_ptr<const Object>>(&node_))
        return render_object(**object, evaluation, rules);
    return render_list(*std::get<std::shared_ptr<const List>>(node_), evaluation, rules);
}

std::string ObjectMap::why_absent(const Evaluation& evaluation) const {
    const auto* leaf = std::get_if<Template>(&node_);
    return leaf == nullptr ? std::string{} : leaf->why_absent(evaluation);
}

bool ObjectMap::needs_payload() const {
    if (std::holds_alternative<Value>(node_)) return false;
    if (const auto* leaf = std::get_if<Template>(&node_)) return leaf->needs_payload();
    if (const auto* object = std::get_if<std::shared_ptr<const Object>>(&node_)) {
        return std::ranges::any_of(**object, [](const auto& member) { return member.value.needs_payload(); });
    }
    const auto& list = *std::get<std::shared_ptr<const List>>(node_);
    return std::ranges::any_of(list, [](const auto& element) { return element.needs_payload(); });
}

std::string ObjectMap::schema() const {
    if (const auto* constant = std::get_if<Value>(&node_))
        return constant->absent() ? "{}" : R"({"const":)" + std::string{constant->json().view()} + '}';
    if (const auto* leaf = std::get_if<Template>(&node_))
        return leaf->is_text() ? R"({"type":"string"})" : "{}";
    if (const auto* object = std::get_if<std::shared_ptr<const Object>>(&node_))
        return object_schema(**object);
    return list_schema(*std::get<std::shared_ptr<const List>>(node_));
}

}  // namespace gateway
