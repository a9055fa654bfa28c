#include "adapters/rest/envelope.hpp"

#include <optional>
#include <utility>

#include "adapters/rest/http_status.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

using gateway::Bytes;
using gateway::json::append_quoted;
using gateway::json::quoted;

constexpr std::string_view null_literal = "null";

std::string stack_of(std::string_view name, std::string_view message) {
    return std::string{name} + ": " + std::string{message};
}

/// A stack that the mesh gave as something else than text is none.
std::string text_in(std::string_view object, std::string_view key, std::string otherwise) {
    const auto found = gateway::json::member(object, key);
    const auto text = found ? gateway::json::unquoted(*found) : std::nullopt;
    return text ? *text : std::move(otherwise);
}

std::string only_message(const Dialect& dialect, std::string_view text) {
    std::string object = "{";
    if (dialect.shows_stacks) {
        object += R"("stack":)";
        append_quoted(object, stack_of("Error", text));
        object += ',';
    }
    object += R"("message":)";
    append_quoted(object, text);
    object += '}';
    return object;
}

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

HttpReply success(const Dialect& dialect, std::string_view message, std::string_view data) {
    return HttpReply{
        200, json_type, Bytes{envelope(dialect, message, data.empty() ? null_literal : data, null_literal)}};
}

HttpReply failure(const Dialect& dialect,
                  int status,
                  std::string_view message,
                  std::string_view error_message) {
    return failure_with(dialect, status, message, only_message(dialect, error_message));
}

HttpReply failure_with(const Dialect& dialect,
                       int status,
                       std::string_view message,
                       std::string_view error_object) {
    HttpReply reply{status, json_type, Bytes{envelope(dialect, message, null_literal, error_object)}};
    add_retry_after(reply);
    return reply;
}

std::string method_error_object(const Dialect& dialect, const gateway::Error& error) {
    const auto given = error.detail.view();
    if (!gateway::json::valid(given)) return only_message(dialect, error.message);
    const std::string message = text_in(given, "message", error.message);
    std::string object;
    const auto add = [&object](std::string_view name_literal, std::string_view value) {
        object.append(object.empty() ? "{" : ",").append(name_literal).append(":").append(value);
    };
    if (dialect.shows_stacks)
        add(R"("stack")",
            quoted(text_in(given, "stack", stack_of(text_in(given, "name", "Error"), message))));
    const bool is_object =
        gateway::json::for_each_member(given, [&](std::string_view name, std::string_view value) {
            const auto key = gateway::json::unquoted(name);
            if (key != "name" && key != "stack") add(name, value);
        });
    if (!is_object) return only_message(dialect, error.message);
    if (!gateway::json::member(given, "message")) add(R"("message")", quoted(message));
    return object + '}';
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
