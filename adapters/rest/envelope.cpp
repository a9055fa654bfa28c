#include "adapters/rest/envelope.hpp"

#include "adapters/rest/http_status.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

using gateway::Bytes;
using gateway::json::append_quoted;

constexpr std::string_view null_literal = "null";

std::string envelope(const Dialect& dialect,
                     std::string_view message,
                     std::string_view data,
                     std::string_view error) {
    std::string body;
    body.reserve(message.size() + data.size() + error.size() + 48);
    body += R"({"message":)";
    append_quoted(body, message);
    body += dialect.between;
    body += R"("data":)";
    body += data;
    body += dialect.between;
    body += R"("error":)";
    body += error;
    body += '}';
    return body;
}

}  // namespace

std::string first_stack_line(std::string_view name, std::string_view message) {
    std::string line{name};
    return message.empty() ? line : line.append(": ").append(message);
}

std::string message_object(const Dialect& dialect, std::string_view text) {
    std::string object = "{";
    if (dialect.shows_stacks) {
        object += R"("stack":)";
        append_quoted(object, first_stack_line("Error", text));
        object += ',';
    }
    object += R"("message":)";
    append_quoted(object, text);
    object += '}';
    return object;
}

HttpReply success(const Dialect& dialect, std::string_view message, std::string_view data) {
    return HttpReply{
        200, json_type, Bytes{envelope(dialect, message, data.empty() ? null_literal : data, null_literal)}};
}

HttpReply failure(const Dialect& dialect,
                  int status,
                  std::string_view message,
                  std::string_view error_message) {
    return failure_with(dialect, status, message, message_object(dialect, error_message));
}

HttpReply failure_with(const Dialect& dialect,
                       int status,
                       std::string_view message,
                       std::string_view error_object) {
    HttpReply reply{status, json_type, Bytes{envelope(dialect, message, null_literal, error_object)}};
    add_retry_after(reply);
    return reply;
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
