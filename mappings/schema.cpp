#include "mappings/schema.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/units.hpp"
#include "mappings/language.hpp"

namespace mappings {
namespace {

using Json = nlohmann::ordered_json;

/// "an mqtt source" -> "mqtt_source"
std::string definition_name(const Table& table) {
    std::string name{table.name};
    name.erase(0, name.starts_with("an ") ? 3 : name.starts_with("a ") ? 2 : 0);
    std::ranges::replace(name, ' ', '_');
    return name;
}

class SchemaBuilder {
public:
    Json build() {
        Json root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                  {"title", "happn-gateway mapping file"}};
        root.update(table_schema(file_table));
        root["$defs"] = std::move(definitions_);
        return root;
    }

private:
    Json table_schema(const Table& table) {
        Json properties = Json::object();
        Json required = Json::array();
        for (const Key& key : table.keys) {
            if (key.shape->kind == Shape::Kind::later) continue;
            Json property = shape_schema(*key.shape);
            property["description"] = key.description;
            properties[std::string{key.name}] = std::move(property);
            if (key.required) required.push_back(key.name);
        }
        Json schema{{"type", "object"},
                    {"description", table.description},
                    {"properties", std::move(properties)},
                    {"additionalProperties", false}};
        if (!required.empty()) schema["required"] = std::move(required);
        return schema;
    }

    Json reference(const Table& table) {
        const auto name = definition_name(table);
        if (!definitions_.contains(name)) {
            definitions_[name] = Json::object();  // its place in the order
            Json made = table_schema(table);
            definitions_[name] = std::move(made);
        }
        return {{"$ref", "#/$defs/" + name}};
    }

    Json variants_schema(const Shape& shape) {
        Json any = Json::array();
        for (const Variant& variant : shape.variants) {
            if (variant.table != nullptr) any.push_back(reference(*variant.table));
        }
        return {{"oneOf", std::move(any)}};
    }

    Json by_kind_schema(const Shape& shape) {
        Json any = Json::array();
        for (const Shape* inner : {shape.scalar, shape.list, shape.map}) {
            if (inner != nullptr && inner->kind != Shape::Kind::later) any.push_back(shape_schema(*inner));
        }
        return any.size() == 1 ? any.front() : Json{{"anyOf", std::move(any)}};
    }

    static Json number_schema(const Shape& shape, const char* type) {
        Json schema{{"type", type}};
        if (shape.minimum < shape.maximum) {
            schema["minimum"] = static_cast<std::int64_t>(shape.minimum);
            schema["maximum"] = static_cast<std::int64_t>(shape.maximum);
        }
        return schema;
    }

    /// A string that is one expression.
    static Json template_schema() { return {{"type", "string"}, {"pattern", R"(^\{[^{}]+\}$)"}}; }

    Json list_schema(const Shape& shape) {
        Json schema{{"type", "array"}, {"items", shape_schema(*shape.inner)}};
        if (shape.minimum > 0) schema["minItems"] = static_cast<std::int64_t>(shape.minimum);
        return schema;
    }

    Json shape_schema(const Shape& shape) {
        switch (shape.kind) {
            case Shape::Kind::later:
                return Json(false);
            case Shape::Kind::value:
            case Shape::Kind::data:
                return Json::object();
            case Shape::Kind::text:
                return {{"type", {"string", "number", "boolean"}}};
            case Shape::Kind::boolean:
                return {{"type", "boolean"}};
            case Shape::Kind::integer:
                return number_schema(shape, "integer");
            case Shape::Kind::count:
                return {{"anyOf", Json::array({number_schema(shape, "integer"), template_schema()})}};
            case Shape::Kind::number:
                return number_schema(shape, "number");
            case Shape::Kind::duration:
                return {{"type", "string"}, {"pattern", config::duration_pattern}};
            case Shape::Kind::size:
                return {{"type", "string"}, {"pattern", config::size_pattern}};
            case Shape::Kind::choice:
                return {{"enum", Json(std::vector<std::string>(shape.choices.begin(), shape.choices.end()))}};
            case Shape::Kind::table:
                return reference(*shape.table);
            case Shape::Kind::variants:
                return variants_schema(shape);
            case Shape::Kind::list:
                return list_schema(shape);
            case Shape::Kind::map:
                return {{"type", {"object", "null"}}, {"additionalProperties", shape_schema(*shape.inner)}};
            case Shape::Kind::by_kind:
                return by_kind_schema(shape);
        }
        return Json::object();
    }

    Json definitions_ = Json::object();
};

}  // namespace

std::string schema() {
    return SchemaBuilder{}.build().dump(2) + "\n";
}

}  // namespace mappings
