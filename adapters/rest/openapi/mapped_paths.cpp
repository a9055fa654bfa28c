#include "adapters/rest/openapi/mapped_paths.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "adapters/rest/openapi/mapped_operation.hpp"
#include "adapters/rest/openapi/path_template.hpp"
#include "gateway/documents/route_facts.hpp"

namespace rest::openapi {
namespace {

using gateway::HttpSource;
using gateway::Route;

const HttpSource& source_of(const Route& route) {
    return std::get<HttpSource>(route.source);
}

bool may_use(const HttpSource& source, Caller caller) {
    return caller != Caller::stranger || source.auth != HttpSource::Auth::required;
}

/// All routes of one path, as OpenAPI sees paths.
struct Group {
    std::string shape;
    std::vector<const Route*> routes;  // the first one's names are used
};

std::vector<Group> groups_of(const View& view) {
    std::vector<Group> groups;
    for (const Route& route : view.table.routes()) {
        const auto* source = std::get_if<HttpSource>(&route.source);
        if (source == nullptr || !may_use(*source, view.caller)) continue;
        const std::string shape = path_shape(source->path);
        auto group = std::ranges::find(groups, shape, &Group::shape);
        if (group == groups.end()) group = groups.insert(groups.end(), {shape, {}});
        group->routes.push_back(&route);
    }
    return groups;
}

/// In the order in which they are tried.
std::vector<const Route*> routes_of(const Group& group, const std::string& method) {
    std::vector<const Route*> routes;
    std::ranges::copy_if(group.routes, std::back_inserter(routes), [&](const Route* route) {
        return source_of(*route).method == method;
    });
    std::ranges::stable_sort(routes, [](const Route* a, const Route* b) {
        return source_of(*a).path.more_specific_than(source_of(*b).path);
    });
    return routes;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    return text;
}

}  // namespace

void add_mapped_paths(Draft& draft, const View& view) {
    for (const Group& group : groups_of(view)) {
        const auto& path = source_of(*group.routes.front()).path;
        Json& item = draft.paths[path_text(path)];
        for (const Route* route : group.routes) {
            const std::string method = lower(source_of(*route).method);
            if (item.contains(method)) continue;
            draft.add_tag(gateway::documents::file_of(*route));
            item[method] =
                mapped_operation(routes_of(group, source_of(*route).method), path.names(), draft, view);
        }
    }
}

}  // namespace rest::openapi
