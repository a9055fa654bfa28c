// What a service's response is to the route that asked. Pure.
#pragma once

#include <string>

#include "gateway/http_target.hpp"
#include "gateway/ports.hpp"

namespace services {

struct ServiceResponse {
    int status = 0;
    std::string content_type;
    std::string body;  // unpacked
};

/// A status within `ok`: JSON, text or bytes, by the content type; null without a body. Any other status:
/// HttpError with that code and, as its detail, {name, code, message, body}, so that callers see the
/// service's own words. JSON that is none is an HttpError, too.
gateway::Outcome outcome_of(const gateway::HttpTarget& rule, ServiceResponse response);

}  // namespace services
