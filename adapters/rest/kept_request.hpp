// A request that outlives handle(), for who must look at it again when the mesh has answered. Shard's thread.
#pragma once

#include <deque>
#include <string>

#include "adapters/rest/http_message.hpp"

namespace rest {

class KeptRequest {
public:
    /// `json`: the body of the call that it makes, wherever that was found in it.
    KeptRequest(const HttpRequest& request, std::string_view json);
    KeptRequest(const KeptRequest&) = delete;
    KeptRequest& operator=(const KeptRequest&) = delete;

    const HttpRequest& request() const { return request_; }
    std::string_view json() const { return json_; }

private:
    std::string_view keep(std::string_view text) { return texts_.emplace_back(text); }

    std::deque<std::string> texts_;  // which request_ borrows
    HttpRequest request_;
    std::string_view json_;
};

}  // namespace rest
