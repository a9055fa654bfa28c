// What a call of happner's REST mirror brings: a JSON body, or a query that stands for one, and from it the
// positional arguments of an exchange call, in either dialect. No tree is built on the way of a JSON body.
// Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/rest/dialect.hpp"
#include "adapters/rest/http_message.hpp"

namespace rest {

/// A valid JSON object or array: borrowed from the request's body, or owned.
class CallBody {
public:
    static CallBody borrowed(std::string_view json) { return CallBody{json, {}}; }
    static CallBody owned(std::string json) { return CallBody{{}, std::move(json)}; }
    /// Of a plain query, which has no other type than text.
    static CallBody of_texts(std::string json) {
        CallBody body{{}, std::move(json)};
        body.has_texts_ = true;
        return body;
    }
    std::string_view json() const { return owned_.empty() ? borrowed_ : std::string_view{owned_}; }
    /// The arguments are texts, whatever their sender meant by them.
    bool has_texts() const { return has_texts_; }

private:
    CallBody(std::string_view view, std::string text) : borrowed_{view}, owned_{std::move(text)} {}
    std::string_view borrowed_;
    std::string owned_;
    bool has_texts_ = false;
};

/// GET: the query, or the body that `encoded_parameters` holds. Other methods: the body if its Content-Type
/// is application/json and complete, else {}; in UTF-8; in gzip or deflate, or plain, of at most `max_body`
/// bytes. On failure nullopt, and `refusal` is what to answer.
std::optional<CallBody> read_call_body(const Dialect& dialect,
                                       std::size_t max_body,
                                       const HttpRequest& request,
                                       const std::vector<gateway::NameValue>& query,
                                       HttpReply& refusal);

struct CallArguments {
    std::string json;                       // an array
    std::optional<std::size_t> session_at;  // where it has `null` for a `$userSession`

    void set_session(std::string_view session);
};

/// `parameters` of the body in the order of the method's; missing ones null, others dropped, `callback` left
/// out. An array (the body itself, or its `parameters`) goes by position where the dialect has that, else it
/// is nothing. `$restParams` is the whole of `parameters` without credentials, `$req_...` a field of the
/// request, `$userSession` null until set_session(), other `$` names what `parameters` has under them.
CallArguments call_arguments(const Dialect& dialect,
                             std::string_view body,
                             const std::vector<std::string>& parameters,
                             const HttpRequest& request);

/// The member `name` of the body's `parameters` (or, without those, of the body) if it is a string.
std::optional<std::string> text_parameter(std::string_view body, std::string_view name);

}  // namespace rest
