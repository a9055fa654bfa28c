// The outcome of a call in happner's envelope: its first result, or the status and words happner has for each
// failure (measured on happner-2 13.1.1; what it never answers, a timeout, is 504). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "adapters/rest/http_message.hpp"
#include "gateway/error.hpp"
#include "gateway/ports.hpp"
#include "gateway/principal.hpp"
#include "gateway/response.hpp"

namespace rest {

struct MethodName {
    std::string component;
    std::string method;
    std::string text() const { return component + '/' + method; }
};

HttpReply bad_origin();
/// Tokens have been refused too often: see LoginLimit.
HttpReply too_many_tokens();
HttpReply not_a_delegate();
HttpReply missing_component(std::string_view component);
HttpReply missing_method(const MethodName& name);

/// Of a method of the mesh. `delegated`: the call was made on behalf of another user.
HttpReply reply_of(const gateway::Outcome& outcome, const MethodName& name, bool delegated);
/// Of a method that a mapping file declares.
HttpReply reply_of(const gateway::Response& response, const MethodName& name);

HttpReply login_reply(const gateway::Result<gateway::Secret>& token);
HttpReply auth_login_reply(const gateway::Result<gateway::Secret>& token);

/// Of /rest/describe, which a happner node protects like a page of its own: text, not the envelope.
HttpReply describe_refused(const gateway::Error& error);
HttpReply describe_without_token();

}  // namespace rest
