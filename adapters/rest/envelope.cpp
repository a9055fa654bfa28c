#include "adapters/rest/envelope.hpp"

#include <nlohmann/json.hpp>

#include "adapters/rest/http_status.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

using gateway::Bytes;
using gateway::json::append_quoted;

std::string only_message(std::string_view text) {
    std::string object = R"({"message":)";
    append_quoted(object, text);
    object += '}';
    return object;
}

}  // namespace

HttpReply success(std::string_view message, std::string_view data) {
    std::string body;
    body.reserve(message.size() + data.size() + 48);
    body += R"({"message":)";
    append_quoted(body, message);
    body += R"(,"data":)";
    body += data.empty() ? std::string_view{"null"} : data;
    body += R"(,"error":null})";
    return HttpReply{200, json_type, Bytes{std::move(body)}};
}

HttpReply failure(int status, std::string_view message, std::string_view error_message) {
    return failure_with(status, message, only_message(error_message));
}

HttpReply failure_with(int status, std::string_view message, std::string_view error_object) {
    std::string body = R"({"message":)";
    append_quoted(body, message);
    body += R"(,"data":null,"error":)";
    body += error_object;
    body += '}';
    HttpReply reply{status, json_type, Bytes{std::move(body)}};
    add_retry_after(reply);
    return reply;
}

std::string method_error_object(const gateway::Error& error) {
    auto object = nlohmann::ordered_json::parse(error.detail.view(), nullptr, false);
    if (!object.is_object()) return only_message(error.message);
    object.erase("name");
    object.erase("stack");
    if (!object.contains("message")) object["message"] = error.message;
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string error_object(std::string_view name, int code, std::string_view message) {
    std::string object = R"({"name":)";
    append_quoted(object, name);
    if (code != 0) object += R"(,"code":)" + std::to_string(code);
    object += R"(,"message":)";
    append_quoted(object, message);
    object += '}';
    return object;
}

}  // namespace rest
