#include "adapters/rest/openapi/draft.hpp"

#include <algorithm>

namespace rest::openapi {

void Draft::add_tag(const std::string& name, const std::string& description) {
    if (std::ranges::any_of(tags, [&](const Json& tag) { return tag["name"] == name; })) return;
    Json tag{{"name", name}};
    if (!description.empty()) tag["description"] = description;
    tags.push_back(std::move(tag));
}

}  // namespace rest::openapi
