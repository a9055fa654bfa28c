// /openapi.json: the HTTP interface described, for the caller who asks. A document is made once for each
// table, mesh description and kind of caller, and kept for a while. On a secure mesh a caller without a token
// sees what needs none; a caller with one, the methods that the mesh lists for it. Shard's thread; owned by
// HttpSurface; what the mesh answers after its end is dropped.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "adapters/rest/happner_rest.hpp"
#include "adapters/rest/http_message.hpp"
#include "adapters/rest/openapi/view.hpp"
#include "adapters/rest/token_guard.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/mesh.hpp"
#include "gateway/settings.hpp"

namespace rest {

struct OpenApiSettings {
    gateway::RestSettings rest;
    gateway::Duration timeout{};  // for the mesh to say what a user may see
    std::string title;
    std::string version;
};

class OpenApiEndpoint {
public:
    static constexpr std::size_t max_documents = 16;  // kept at once; users with the same rights share one

    OpenApiEndpoint(OpenApiSettings settings,
                    gateway::Dispatcher& dispatcher,
                    gateway::Mesh& addressed,
                    TokenGuard& tokens);

    void handle(const HttpRequest& request, const Query& query, Respond respond);

    /// Methods that it does not know.
    static std::optional<HttpReply> refusal_of(const HttpRequest& head);

private:
    using Description = std::shared_ptr<const gateway::MeshDescription>;
    struct Made {
        std::shared_ptr<const gateway::RoutingTable> table;
        Description mesh;
        openapi::Caller caller;
        gateway::Bytes body;
        std::string tag;
    };

    void ask_mesh(gateway::Secret token, const HttpRequest& request, Respond respond);
    void describe_to(gateway::Principal user,
                     gateway::TimePoint until,
                     std::string if_none_match,
                     Respond respond);
    HttpReply reply(openapi::Caller caller, const Description& mesh, std::string_view if_none_match);
    const Made& made_for(openapi::Caller caller, const Description& mesh);
    Made make(openapi::Caller caller, const Description& mesh) const;

    OpenApiSettings settings_;
    gateway::Dispatcher& dispatcher_;
    gateway::Mesh& mesh_;
    TokenGuard& tokens_;
    std::list<Made> made_;                                    // the latest asked for first
    std::shared_ptr<char> alive_ = std::make_shared<char>();  // callbacks hold it weakly
};

}  // namespace rest
