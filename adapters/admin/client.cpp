#include "adapters/admin/client.hpp"

#include <httplib.h>

#include <nlohmann/json.hpp>

namespace admin {
namespace {

using gateway::Errc;
using gateway::Error;

constexpr std::time_t connect_seconds = 5;
constexpr std::time_t answer_seconds = 600;  // to replay a whole spool

std::string place_of(const gateway::Endpoint& endpoint) {
    const bool is_v6 = endpoint.host.find(':') != std::string::npos;
    return (is_v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

httplib::Client connected_to(const gateway::Endpoint& endpoint) {
    httplib::Client client{endpoint.host, endpoint.port};
    client.set_connection_timeout(connect_seconds);
    client.set_read_timeout(answer_seconds);
    return client;
}

httplib::Headers headers_with(const gateway::Secret& token) {
    if (token.empty()) return {};
    return {{"Authorization", "Bearer " + token.reveal()}};
}

std::string message_in(const httplib::Response& response) {
    const auto body = nlohmann::json::parse(response.body, nullptr, false);
    if (body.is_object() && body.contains("message") && body["message"].is_string())
        return body["message"].get<std::string>();
    return "it answered with status " + std::to_string(response.status);
}

gateway::Result<std::string> body_of(const httplib::Result& result, const gateway::Endpoint& endpoint) {
    if (!result)
        return Error{Errc::unavailable,
                     "no answer from an admin listener at " + place_of(endpoint) + ": " +
                         httplib::to_string(result.error())};
    if (result->status != 200) {
        const auto name = gateway::error_name(Errc::http_error);
        return Error{Errc::http_error, std::string{name}, result->status, message_in(*result)};
    }
    return result->body;
}

}  // namespace

gateway::Result<std::string> Client::get(const std::string& path_and_query) const {
    return body_of(connected_to(endpoint_).Get(path_and_query, headers_with(token_)), endpoint_);
}

gateway::Result<std::string> Client::post(const std::string& path, const std::string& json) const {
    auto client = connected_to(endpoint_);
    return body_of(client.Post(path, headers_with(token_), json, "application/json"), endpoint_);
}

std::string percent_encoded(const std::string& text) {
    return httplib::detail::encode_query_param(text);
}

}  // namespace admin
