// JSON Schemas (2020-12) of what routes take and give, for documents made from a routing table. Slow path:
// documents are made when somebody asks. Pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "gateway/route.hpp"

namespace gateway::documents {

using Json = nlohmann::ordered_json;

Json schema_of(ValueType type);
Json schema_of(CaptureType type);
Json schema_of(const Parameter& parameter);
Json schema_of(const QueryParameter& parameter);

/// A method's arguments as one object by name.
Json arguments_schema(const CallSource& method);
/// {} where the method does not say what it returns.
Json result_schema(const CallSource& method);

/// What a template makes.
Json schema_of(const ObjectMap& made);

/// A valid JSON text as a value.
Json value_of(std::string_view json);
/// A captured or query text as a value of its schema: "7" of an integer is 7.
Json value_of(const std::string& text, const Json& schema);

}  // namespace gateway::documents
