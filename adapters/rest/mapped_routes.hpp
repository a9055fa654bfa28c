// HTTP requests that mapping files declare: from path and method to a message for the dispatcher, and its
// response back. Shard's thread; owned by HttpSurface; the dispatcher and the mesh outlive it, and what they
// answer after its end is dropped.
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "adapters/rest/cors.hpp"
#include "adapters/rest/http_message.hpp"
#include "adapters/rest/keyed_requests.hpp"
#include "adapters/rest/mapped_reply.hpp"
#include "adapters/rest/streams/stream_format.hpp"
#include "adapters/rest/token_guard.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/mesh.hpp"
#include "gateway/settings.hpp"

namespace rest {

class MappedRoutes {
public:
    MappedRoutes(gateway::RestSettings settings,
                 gateway::Dispatcher& dispatcher,
                 gateway::Mesh& authority,
                 TokenGuard& tokens,
                 KeyedRequests keyed);

    /// `query`: decoded, with the token if it holds one.
    void handle(const HttpRequest& request, Query query, Respond respond);

    /// Why a request with this head and a body gets nothing, whatever that is; nullopt: that depends.
    std::optional<HttpReply> refusal_of_head(const HttpRequest& head, const Query& query) const;

    /// Of the route this request would take; nullopt: it has none of its own.
    std::optional<std::size_t> max_body(const HttpRequest& head) const;
    /// What the route this request would take lets the page that sends it read.
    OriginGrant grant_of(const HttpRequest& request) const;

private:
    struct Caller {
        gateway::Principal who;
        gateway::TimePoint since;  // he waits
    };
    struct Prepared {
        std::variant<gateway::Message, HttpReply> what;  // or why not
        std::optional<StreamFormat> format;              // of a stream
        std::string if_none_match;                       // entity tags that the client has; empty: none
        std::optional<KeyedRequest> keyed;               // not to be executed twice
        TextForm texts = TextForm::plain;
    };

    const gateway::HttpMatch& match_of(const HttpRequest& request) const;
    const gateway::HttpSource* source_of(const HttpRequest& request) const;
    /// nullopt: there is a route.
    std::optional<HttpReply> unmatched(const gateway::HttpMatch& match, const HttpRequest& request) const;
    /// With what the route that this request would take lets pages of other origins read.
    HttpReply granted(HttpReply reply, const HttpRequest& request) const;
    void authenticate(gateway::Secret token,
                      gateway::Duration longest_wait,
                      const HttpRequest& request,
                      Query query,
                      Respond respond);
    void serve_as(Caller caller, const HttpRequest& request, Query query, Respond respond);
    void serve(
        const gateway::Route& route, Caller caller, const HttpRequest& request, Query query, Respond respond);
    /// Asked of both, head and whole request: what the body says plays no part.
    std::optional<HttpReply> refusal_of(const gateway::Route& route,
                                        const HttpRequest& head,
                                        bool has_token) const;
    static Prepared prepare(const HttpRequest& request, Query query, const gateway::Route& route);

    /// Null: the request has no key. nullopt: it has been answered.
    std::optional<std::shared_ptr<KeyedExecution>> begin(const gateway::Route& route,
                                                         const Prepared& prepared,
                                                         const Respond& respond);
    void run(const gateway::Route& route, gateway::Captures captures, Prepared prepared, Respond respond);
    /// nullopt also where the mesh or the route asks for none.
    std::optional<gateway::Secret> token_of(const HttpRequest& request,
                                            const Query& query,
                                            const gateway::HttpSource& source) const;

    gateway::RestSettings settings_;
    gateway::Dispatcher& dispatcher_;
    gateway::Mesh& authority_;
    TokenGuard& tokens_;
    KeyedRequests keyed_;
    std::shared_ptr<char> alive_ = std::make_shared<char>();  // callbacks hold it weakly
};

}  // namespace rest
