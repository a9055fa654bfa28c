// Everything that an HTTP request can reach: what a happner node serves (/version /ping /primus /auth /rest),
// the routes of mapping files, and /openapi.json, which describes both. No sockets: requests in, replies out.
// Shard's thread; owned by the front door.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/rest/happner_rest.hpp"
#include "adapters/rest/http_message.hpp"
#include "adapters/rest/known_hosts.hpp"
#include "adapters/rest/mapped_routes.hpp"
#include "adapters/rest/openapi_endpoint.hpp"
#include "adapters/rest/rest_path.hpp"
#include "adapters/rest/token_guard.hpp"
#include "gateway/listener_settings.hpp"
#include "gateway/metrics.hpp"
#include "gateway/settings.hpp"

namespace rest {

struct SurfaceSettings {
    gateway::Limits limits;
    gateway::Timeouts timeouts;
    gateway::RestSettings rest;
    std::string happn_version;  // /version, as a happn-3 server of that version says it
    std::string title = {};     // of /openapi.json: the gateway's name
    std::string version = {};   // of /openapi.json: the gateway's version
    gateway::IdempotencySettings idempotency = {};
};

class HttpSurface {
public:
    HttpSurface(SurfaceSettings settings,
                gateway::Dispatcher& dispatcher,
                gateway::Mesh& addressed,
                gateway::Metrics& metrics);

    /// `respond` is called once, now or later, unless the surface, the dispatcher or the mesh ends before:
    /// then it is dropped.
    void handle(const HttpRequest& request, Respond respond);

    /// Why a request with this head and a body gets nothing, whatever that says; nullopt: that depends on
    /// more.
    std::optional<HttpReply> refusal_of_head(const HttpRequest& head) const;

    /// Is what is wrong with the body of such a request said before what is wrong with its head? Of paths
    /// that are happner's own, as happner does it.
    bool hears_body_first(const HttpRequest& head) const;

    /// Lets a page of another origin read a reply that is none of the surface's own, if it may read those.
    void open_to_page(const HttpRequest& head, HttpReply& reply) const;

    /// Who has sent an answered request, for the access log; empty: nobody is known.
    std::string user_of(const HttpRequest& request) const;

    /// How large the body of a request with this head may be.
    std::size_t max_body(const HttpRequest& head) const;

private:
    void serve_rest(const HttpRequest& request, const RestPath& path, const Query& query, Respond respond);
    bool serve_node(const HttpRequest& request, std::string_view path, const Query& query, Respond& respond);
    std::optional<HttpReply> refusal_of_name(const HttpRequest& request) const;
    std::optional<HttpReply> refusal_of_rest(const HttpRequest& head,
                                             const RestPath& path,
                                             const Query& query) const;
    std::optional<HttpReply> not_served(std::string_view path) const;
    std::optional<RestPath> rest_path(std::string_view path) const;

    SurfaceSettings settings_;
    gateway::Mesh& mesh_;
    gateway::Metrics& metrics_;
    KnownHosts hosts_;
    TokenGuard tokens_;  // for all ways
    HappnerRest happner_;
    MappedRoutes routes_;
    OpenApiEndpoint openapi_;
};

/// Does a websocket upgrade of this path reach the happn node? `/primus`, `/primus/` and anything below.
bool is_primus_path(std::string_view path);

}  // namespace rest
