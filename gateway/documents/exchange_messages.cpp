#include "gateway/documents/exchange_messages.hpp"

#include "gateway/arguments.hpp"

namespace gateway::documents {
namespace {

constexpr const char* json_type = "application/json";
constexpr std::string_view callback_name = "callback";  // happner's own last argument

}  // namespace

ChannelAddress exchange_address(const std::string& domain, const std::string& method) {
    ChannelAddress address =
        channel_address("/_exchange/requests/" + (domain.empty() ? "{domain}" : domain) + '/' + method);
    if (domain.empty())
        address.parameters["domain"]["description"] = "The mesh's domain: the node's name where it has none.";
    return address;
}

Json arguments_list(const CallSource& method) {
    Json list{{"type", "array"}};
    for (const Parameter& parameter : method.parameters) {
        Json schema = schema_of(parameter);
        schema["title"] = parameter.name;
        list["prefixItems"].push_back(std::move(schema));
    }
    return list;
}

Json arguments_list(const MethodDescription& method) {
    Json list{{"type", "array"}};
    for (const std::string& parameter : method.parameters) {
        if (parameter != callback_name) list["prefixItems"].push_back({{"title", parameter}});
    }
    return list;
}

Json exchange_request(Json arguments) {
    return {{"contentType", json_type},
            {"payload",
             {{"type", "object"},
              {"properties",
               {{"args", std::move(arguments)},
                {"callbackAddress",
                 {{"type", "string"},
                  {"description", "A path of the caller's own session, which listens to it."}}},
                {"origin",
                 {{"type", "object"},
                  {"properties", {{"id", {{"type", "string"}}}, {"username", {{"type", "string"}}}}}}}}},
              {"required", {"args", "callbackAddress", "origin"}}}}};
}

std::string exchange_request_example(const CallSource& method, const std::string& arguments) {
    if (arguments.empty()) return {};
    const std::string list =
        is_array(arguments) ? arguments : positional_arguments(arguments, method.parameters);
    return R"({"args":)" + list +
           R"(,"callbackAddress":"/_exchange/responses/SESSION/DOMAIN/COMPONENT/METHOD/1","origin":{"id":"SESSION"}})";
}

Json exchange_answer(Json result) {
    return {{"contentType", json_type},
            {"payload",
             {{"type", "object"},
              {"properties",
               {{"status", {{"enum", {"ok", "error", "failed"}}}},
                {"args",
                 {{"type", "array"},
                  {"description", "The error or null, and the results."},
                  {"prefixItems",
                   Json::array({Json{{"description", "null, or the error."}}, std::move(result)})}}}}},
              {"required", {"status", "args"}}}}};
}

}  // namespace gateway::documents
