#include "adapters/rest/openapi/document.hpp"

#include "adapters/rest/openapi/draft.hpp"
#include "adapters/rest/openapi/mapped_paths.hpp"
#include "adapters/rest/openapi/mirror_paths.hpp"
#include "adapters/rest/openapi/shared_parts.hpp"

namespace rest::openapi {
namespace {

constexpr int compact_indent = -1;  // in nlohmann's words
constexpr int people_indent = 2;

std::string description_of(Caller caller) {
    switch (caller) {
        case Caller::stranger:
            return "What can be used without a token. Log in at `/rest/login`, and ask for this document "
                   "with "
                   "the token to see the rest.";
        case Caller::user:
            return "What this token's user may see.";
        case Caller::anybody:
        case Caller::unknown:
            break;
    }
    return "Resources that mapping files declare, and the methods of mesh components.";
}

}  // namespace

std::string document(const View& view, Layout layout) {
    Draft draft;
    add_mapped_paths(draft, view);
    add_mirror_paths(draft, view);
    Json root{{"openapi", "3.1.0"},
              {"info",
               {{"title", view.title.empty() ? "happn-gateway" : view.title},
                {"description", description_of(view.caller)},
                {"version", view.version.empty() ? "0" : view.version}}},
              {"servers", Json::array({{{"url", view.server}}})},
              {"tags", std::move(draft.tags)},
              {"paths", std::move(draft.paths)},
              {"components", shared_parts(view)}};
    const int indent = layout == Layout::compact ? compact_indent : people_indent;
    return root.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rest::openapi
