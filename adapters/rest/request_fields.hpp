// What `$req_...` parameters of a mesh's method are given: the fields of the request as Node's HTTP server
// and connect have them (measured on happner-2 13.1.1), without credentials. Pure.
#pragma once

#include <string>
#include <string_view>

#include "adapters/rest/http_message.hpp"

namespace rest {

/// JSON of `url` (below /rest/method), `originalUrl`, `uri` (as url.parse gives it), `method`, `headers` or
/// `body`; of any other field null, as there. `body`: the JSON that the call was read from.
std::string request_field(std::string_view name, const HttpRequest& request, std::string_view body);

}  // namespace rest
