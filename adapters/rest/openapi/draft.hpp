// An OpenAPI document while it is made: what its parts add to.
#pragma once

#include <string>

#include "gateway/documents/schemas.hpp"
#include "gateway/documents/unique_names.hpp"

namespace rest::openapi {

using Json = gateway::documents::Json;

struct Draft {
    Json paths = Json::object();
    Json tags = Json::array();
    gateway::documents::UniqueNames operation_ids;

    /// A tag is listed once, with the first description it is given.
    void add_tag(const std::string& name, const std::string& description = {});
};

}  // namespace rest::openapi
