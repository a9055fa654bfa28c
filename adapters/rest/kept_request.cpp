#include "adapters/rest/kept_request.hpp"

namespace rest {

KeptRequest::KeptRequest(const HttpRequest& request, std::string_view json)
    : request_{request}, json_{keep(json)} {
    for (auto* text :
         {&request_.method, &request_.target, &request_.body, &request_.ip, &request_.scheme, &request_.host})
        *text = keep(*text);
    for (Header& header : request_.headers)
        header = {keep(header.name), keep(header.value)};
}

}  // namespace rest
