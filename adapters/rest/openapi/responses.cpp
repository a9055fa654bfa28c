#include "adapters/rest/openapi/responses.hpp"

#include <algorithm>
#include <map>

#include "adapters/rest/openapi/shared_parts.hpp"

namespace rest::openapi {
namespace {

void add_schema(Json& content, const std::string& type, const Json& schema) {
    if (!content.contains(type)) {
        content[type] = {{"schema", schema}};
        return;
    }
    Json& known = content[type]["schema"];
    if (known == schema || known.empty()) return;
    if (schema.empty()) {
        known = schema;
        return;
    }
    if (!known.contains("anyOf")) known = Json{{"anyOf", Json::array({known})}};
    Json& any = known["anyOf"];
    if (std::ranges::find(any, schema) == any.end()) any.push_back(schema);
}

}  // namespace

void Responses::add(int status,
                    std::string_view description,
                    std::string_view media_type,
                    const Json& schema) {
    Json& response = by_status_[std::to_string(status)];
    if (!response.contains("description")) {
        response = Json{{"description", description}};
    } else if (const std::string said = response["description"];
               said.find(description) == std::string::npos) {
        response["description"] = said + ' ' + std::string{description};
    }
    if (!media_type.empty()) add_schema(response["content"], std::string{media_type}, schema);
}

void Responses::add_header(int status, const std::string& name) {
    by_status_[std::to_string(status)]["headers"][name] = {{"schema", {{"type", "string"}}}};
}

void Responses::add_example(int status, const std::string& name, const Json& value) {
    const auto response = by_status_.find(std::to_string(status));
    if (response == by_status_.end() || !response->contains("content")) return;
    Json& body = (*response)["content"].front();
    body["examples"]
        ["example" + std::to_string(body.contains("examples") ? body["examples"].size() + 1 : 1)] = {
            {"summary", name}, {"value", value}};
}

void Responses::share(const char* status, const char* name) {
    if (!by_status_.contains(status)) by_status_[status] = shared_response(name);
}

Json Responses::json() && {
    std::map<std::string, Json> sorted;  // "default" is behind all digits
    for (auto& [status, response] : by_status_.items())
        sorted.emplace(status, std::move(response));
    Json ordered = Json::object();
    for (auto& [status, response] : sorted)
        ordered[status] = std::move(response);
    return ordered;
}

}  // namespace rest::openapi
