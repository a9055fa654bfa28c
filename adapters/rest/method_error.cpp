#include "adapters/rest/method_error.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "adapters/rest/envelope.hpp"
#include "gateway/arguments.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

namespace json = gateway::json;

/// A stack that the mesh gave as something else than text is none.
std::string text_in(std::string_view object, std::string_view key, std::string otherwise) {
    const auto found = json::member(object, key);
    const auto text = found ? json::unquoted(*found) : std::nullopt;
    return text ? *text : std::move(otherwise);
}

/// Of JavaScript's own classes (ECMAScript, 20.5).
bool is_name_of_a_class(std::string_view name_literal) {
    constexpr std::array<std::string_view, 9> classes{"Error",
                                                      "AggregateError",
                                                      "EvalError",
                                                      "RangeError",
                                                      "ReferenceError",
                                                      "SuppressedError",
                                                      "SyntaxError",
                                                      "TypeError",
                                                      "URIError"};
    const auto name = json::unquoted(name_literal);
    return name && std::ranges::find(classes, *name) != classes.end();
}

std::string stack_of(std::string_view object, const std::string& message) {
    return text_in(object, "stack", first_stack_line(text_in(object, "name", "Error"), message));
}

}  // namespace

std::string method_error_object(const Dialect& dialect, const gateway::Error& error) {
    const auto given = error.detail.view();
    if (!json::valid(given) || !gateway::is_object(given)) return message_object(dialect, error.message);
    const std::string message = text_in(given, "message", error.message);
    std::string object;
    const auto add = [&object](std::string_view name_literal, std::string_view value) {
        object.append(object.empty() ? "{" : ",").append(name_literal).append(":").append(value);
    };
    if (dialect.shows_stacks) add(R"("stack")", json::quoted(stack_of(given, message)));
    json::for_each_member(given, [&](std::string_view name, std::string_view value) {
        const auto key = json::unquoted(name);
        if (key == "stack" || (key == "name" && is_name_of_a_class(value))) return;
        add(name, value);
    });
    if (!json::member(given, "message")) add(R"("message")", json::quoted(message));
    return object + '}';
}

}  // namespace rest
