// The `responses` of one operation, gathered: what comes under the same status is said together. Pure.
#pragma once

#include <string>
#include <string_view>

#include "adapters/rest/openapi/draft.hpp"

namespace rest::openapi {

class Responses {
public:
    /// An answer with this status. `media_type` empty: without a body. Another schema for the same status and
    /// type: either may come.
    void add(int status,
             std::string_view description,
             std::string_view media_type = {},
             const Json& schema = {});
    void add_header(int status, const std::string& name);
    /// An example of the body; nothing where that status and type are not described.
    void add_example(int status, const std::string& name, const Json& value);

    /// One of the document's shared responses, where nothing was said about that status.
    void share(const char* status, const char* name);

    /// In the order of their status, `default` last.
    Json json() &&;

private:
    Json by_status_ = Json::object();
};

}  // namespace rest::openapi
