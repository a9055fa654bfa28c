// One line for each HTTP request, as `key=value` pairs at level info. No query and no header that may carry a
// credential is in it. Callable on the shard's thread.
#pragma once

#include <cstddef>
#include <string>

#include "adapters/rest/http_message.hpp"
#include "gateway/clock.hpp"

namespace rest {

/// What a line says of the request. It borrows nothing: a websocket is answered when its request has gone.
struct Access {
    std::string method;
    std::string path;
    std::string client;
    std::string user;  // empty: nobody is known
    std::string id;
    gateway::TimePoint began;
};

/// What has been sent, and when.
struct AccessAnswer {
    int status = 0;
    std::size_t bytes = 0;  // of the body
    gateway::TimePoint at;
};

std::string access_line(const Access& access, const AccessAnswer& answer);
/// The answer is sent now.
void log_access(const Access& access, int status, std::size_t bytes);

/// The client's own X-Request-Id, if it is one that a log can show, or `made`.
std::string_view request_id(const HttpRequest& request, std::string_view made);

}  // namespace rest
