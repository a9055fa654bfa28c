#include "adapters/rest/method_error.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "adapters/rest/envelope.hpp"
#include "gateway/arguments.hpp"
#include "gateway/javascript.hpp"
#include "gateway/json.hpp"

namespace rest {
namespace {

namespace json = gateway::json;

class ObjectText {
public:
    void add(std::string_view name_literal, std::string_view value) {
        text_.append(text_.empty() ? "{" : ",").append(name_literal).append(":").append(value);
    }
    std::string text() && { return text_.empty() ? "{}" : std::move(text_) + '}'; }

private:
    std::string text_;
};

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

std::string stack_of(std::string_view error) {
    const auto line = first_stack_line(text_in(error, "name", "Error"), text_in(error, "message", ""));
    return text_in(error, "stack", line);
}

std::string error_text(const Dialect& dialect, std::string_view error) {
    ObjectText object;
    if (dialect.shows_stacks) object.add(R"("stack")", json::quoted(stack_of(error)));
    json::for_each_member(error, [&](std::string_view name, std::string_view value) {
        const auto key = json::unquoted(name);
        if (key == "stack" || (key == "name" && is_name_of_a_class(value))) return;
        object.add(name, value);
    });
    return std::move(object).text();
}

std::string object_text(const Dialect& dialect, std::string_view given) {
    ObjectText object;
    json::for_each_member(given, [&](std::string_view name, std::string_view value) {
        if (dialect.shows_stacks || json::unquoted(name) != "stack") object.add(name, value);
    });
    return std::move(object).text();
}

/// An exchange gives every error a name and a message; whatever else a method answers has seldom both.
bool is_error(std::string_view object) {
    return json::member(object, "message") && json::member(object, "name");
}

}  // namespace

std::string method_error_object(const Dialect& dialect, const gateway::Error& error) {
    const auto given = error.detail.view();
    if (!json::valid(given)) return message_object(dialect, error.message);
    if (gateway::is_object(given))
        return is_error(given) ? error_text(dialect, given) : object_text(dialect, given);
    if (gateway::is_array(given)) return gateway::javascript::object_of(given);
    if (const auto text = json::unquoted(given)) return R"({"message":)" + json::quoted(*text) + '}';
    return "{}";
}

}  // namespace rest
