// The outcome of a call in happner's envelope: its first result, or the status and words happner has for each
// failure in either dialect; what it never answers, a timeout, is 504. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "adapters/rest/dialect.hpp"
#include "adapters/rest/http_message.hpp"
#include "gateway/clock.hpp"
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

/// Does the mesh say no to who asks, rather than to what is asked?
/// Has the mesh refused who is acted for, and not who acts?
bool is_refused_for_another(const gateway::Error& error);
bool is_refusal(const gateway::Error& error);

HttpReply bad_origin(const Dialect& dialect);
/// Tokens have been refused too often, logins have failed too often: see TokenGuard, LoginGuard.
HttpReply too_many_tokens(const Dialect& dialect, gateway::Duration wait);
HttpReply too_many_logins(const Dialect& dialect, gateway::Duration wait);
HttpReply not_a_delegate(const Dialect& dialect);
HttpReply missing_component(const Dialect& dialect, std::string_view component);
HttpReply missing_method(const Dialect& dialect, const MethodName& name);

/// Of a method of the mesh. `delegated`: the call was made on behalf of another user.
HttpReply reply_of(const Dialect& dialect, const gateway::Outcome& outcome, bool delegated);
/// Of a method that a mapping file declares.
HttpReply reply_of(const Dialect& dialect, const gateway::Response& response);

HttpReply login_reply(const Dialect& dialect, const gateway::Result<gateway::Secret>& token);
HttpReply auth_login_reply(const Dialect& dialect, const gateway::Result<gateway::Secret>& token);
/// Neither generation lets anybody log out over HTTP, unless a node is configured so.
HttpReply logout_reply(const Dialect& dialect, const gateway::Secret& token);
HttpReply logout_refused(const Dialect& dialect, const gateway::Error& error);

/// Of /rest/describe, which a happner node protects like a page of its own: text, not the envelope.
HttpReply describe_refused(const Dialect& dialect, const gateway::Error& error);
HttpReply describe_without_token(const Dialect& dialect);

}  // namespace rest
