// Calls of mesh methods as messages: a `set` on /_exchange/requests/DOMAIN/COMPONENT/METHOD that names a
// callback address, answered by a publication there (docs/happn.md). Pure.
#pragma once

#include <string>

#include "gateway/documents/channel_address.hpp"
#include "gateway/mesh.hpp"

namespace gateway::documents {

/// `method` is "component/method", a template. `domain` empty: a parameter.
ChannelAddress exchange_address(const std::string& domain, const std::string& method);

/// A method's arguments by position.
Json arguments_list(const CallSource& method);

Json arguments_list(const MethodDescription& method);

/// `arguments` is the schema of the list.
Json exchange_request(Json arguments);
/// JSON text of a request with these arguments, an object by name or a list; empty of empty.
std::string exchange_request_example(const CallSource& method, const std::string& arguments);

/// `result` is the schema of what the method returns.
Json exchange_answer(Json result);

/// Where a request says where it is to be answered: an AsyncAPI runtime expression.
inline constexpr const char* exchange_reply_location = "$message.payload#/callbackAddress";

}  // namespace gateway::documents
