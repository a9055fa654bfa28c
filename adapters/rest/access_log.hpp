// One line for each HTTP request, as `key=value` pairs at level info. No query and no header that may carry a
// credential is in it. Callable on the shard's thread.
#pragma once

#include <cstddef>
#include <string>

#include "adapters/rest/http_message.hpp"
#include "gateway/clock.hpp"

namespace rest {

struct Access {
    const HttpRequest& request;
    std::string_view user;  // empty: nobody is known
    int status;
    std::size_t bytes;  // of the body that was sent
    gateway::Duration took;
    std::string_view id;  // of the request
};

std::string access_line(const Access& access);
void log_access(const Access& access);

/// The client's own X-Request-Id, if it is one that a log can show, or `made`.
std::string_view request_id(const HttpRequest& request, std::string_view made);

}  // namespace rest
