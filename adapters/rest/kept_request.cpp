#include "adapters/rest/kept_request.hpp"

namespace rest {

KeptRequest::KeptRequest(const HttpRequest& request, std::string_view json) : request_{request} {
    for (auto* text :
         {&request_.method, &request_.target, &request_.body, &request_.ip, &request_.scheme, &request_.host})
        *text = keep(*text);
    for (Header& header : request_.headers)
        header = {keep(header.name), keep(header.value)};
    const bool is_whole = json.data() == request.body.data() && json.size() == request.body.size();
    json_ = is_whole ? request_.body : keep(json);
}

}  // namespace rest
