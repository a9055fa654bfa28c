#include "gateway/documents/schemas.hpp"

#include <cmath>

namespace gateway::documents {
namespace {

/// 5, not 5.0.
Json number(double value) {
    constexpr double exact = 9007199254740992;  // 2^53
    if (std::abs(value) < exact && std::trunc(value) == value) return static_cast<std::int64_t>(value);
    return value;
}

void add_range(Json& schema, const std::optional<double>& minimum, const std::optional<double>& maximum) {
    if (minimum) schema["minimum"] = number(*minimum);
    if (maximum) schema["maximum"] = number(*maximum);
}

}  // namespace

Json schema_of(ValueType type) {
    switch (type) {
        case ValueType::string:
            return {{"type", "string"}};
        case ValueType::integer:
            return {{"type", "integer"}};
        case ValueType::number:
            return {{"type", "number"}};
        case ValueType::boolean:
            return {{"type", "boolean"}};
        case ValueType::object:
            return {{"type", "object"}};
        case ValueType::array:
            return {{"type", "array"}};
        case ValueType::any:
            break;
    }
    return Json::object();
}

Json schema_of(CaptureType type) {
    switch (type) {
        case CaptureType::integer:
            return {{"type", "integer"}};
        case CaptureType::number:
            return {{"type", "number"}};
        case CaptureType::uuid:
            return {{"type", "string"}, {"format", "uuid"}};
        case CaptureType::slug:
            return {{"type", "string"}, {"pattern", "^[A-Za-z0-9_.-]+$"}};
        case CaptureType::text:
        case CaptureType::rest:
            break;
    }
    return {{"type", "string"}, {"minLength", 1}};
}

Json schema_of(const Parameter& parameter) {
    Json schema = schema_of(parameter.type);
    add_range(schema, parameter.minimum, parameter.maximum);
    if (parameter.one_of) {
        schema["enum"] = Json::array();
        for (const std::string& one : *parameter.one_of)
            schema["enum"].push_back(value_of(one));
    }
    if (!parameter.description.empty()) schema["description"] = parameter.description;
    return schema;
}

Json schema_of(const QueryParameter& parameter) {
    Json schema = schema_of(parameter.type);
    add_range(schema, parameter.minimum, parameter.maximum);
    if (parameter.fallback && !parameter.fallback->absent())
        schema["default"] = value_of(parameter.fallback->json().view());
    return schema;
}

Json arguments_schema(const CallSource& method) {
    Json schema{{"type", "object"}, {"properties", Json::object()}};
    Json required = Json::array();
    for (const Parameter& parameter : method.parameters) {
        schema["properties"][parameter.name] = schema_of(parameter);
        if (parameter.required) required.push_back(parameter.name);
    }
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
}

Json result_schema(const CallSource& method) {
    return method.returns.empty() ? Json::object() : value_of(method.returns);
}

Json schema_of(const ObjectMap& made) {
    return value_of(made.schema());
}

Json value_of(std::string_view json) {
    Json value = Json::parse(json, nullptr, false);
    return value.is_discarded() ? Json{} : value;
}

Json value_of(const std::string& text, const Json& schema) {
    const std::string type = schema.value("type", "string");
    if (type == "string") return text;
    Json value = Json::parse(text, nullptr, false);
    return value.is_discarded() ? Json(text) : value;
}

}  // namespace gateway::documents
