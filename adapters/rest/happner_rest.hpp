// The mirror of happner's REST component: /rest/login, /rest/describe, /rest/method/..., /auth/login, in the
// shapes and status codes of the generation that `rest.dialect` names, against the mesh that `rest.mesh`
// names and the components that mapping files declare. The mesh is the authority: it is asked as the caller,
// and its refusal is handed back. Shard's thread; owned by HttpSurface; the dispatcher and the mesh outlive
// it, and what they answer after its end is dropped.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/rest/allow_list.hpp"
#include "adapters/rest/call_body.hpp"
#include "adapters/rest/call_outcome.hpp"
#include "adapters/rest/call_path.hpp"
#include "adapters/rest/dialect.hpp"
#include "adapters/rest/http_message.hpp"
#include "adapters/rest/kept_request.hpp"
#include "adapters/rest/login_guard.hpp"
#include "adapters/rest/token_guard.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/mesh.hpp"
#include "gateway/settings.hpp"

namespace rest {

class HappnerRest {
public:
    HappnerRest(gateway::RestSettings settings,
                gateway::Duration timeout,
                std::size_t max_body,  // bytes, once it is decoded
                gateway::Dispatcher& dispatcher,
                gateway::Mesh& addressed,
                TokenGuard& tokens);

    void login(const HttpRequest& request, const Query& query, Respond respond);
    /// /auth/login?username=&password= of a secure node.
    void auth_login(const HttpRequest& request, const Query& query, Respond respond);
    /// /auth/logout of a secure node: the token's session ends here at once, whether the mesh revokes it or
    /// not.
    void logout(const HttpRequest& request, const Query& query, Respond respond);
    void describe(const HttpRequest& request, const Query& query, Respond respond);
    /// `call_path`: what follows /rest/method, without the slash between, still percent-encoded.
    void method(const HttpRequest& request, std::string_view call_path, const Query& query, Respond respond);

    // What speaks against a request whatever its body says, from its head alone; nullopt: that depends.
    std::optional<HttpReply> refusal_of_page(  // that a secure node shows to its users alone
        const HttpRequest& head,
        const Query& query) const;
    std::optional<HttpReply> refusal_of_call(const HttpRequest& head,
                                             std::string_view call_path,
                                             const Query& query) const;

    /// OPTIONS on any of these: 204. happner would do what was asked for, which no preflight means.
    HttpReply options() const;

private:
    enum class Owner : std::uint8_t { nobody, gateway, mesh };  // of a method
    struct Offer {                                              // as it is now: good until the next wait
        Owner owner = Owner::nobody;
        std::vector<std::string> parameters;
        const gateway::Route* route = nullptr;  // of a method of the gateway
    };
    struct Call {
        MethodName name;
        std::optional<std::string> mesh;          // that the path names
        std::optional<std::string> as;            // a JSON value
        std::string uri;                          // "component/method", as the path has it
        std::shared_ptr<const KeptRequest> kept;  // what is offered may change until it is called
        bool has_texts = false;                   // for arguments: they came by a plain query
        CallArguments args;
        gateway::Principal principal;
        std::string on_behalf_of;
        gateway::TimePoint began;
        gateway::TimePoint deadline;  // of what the mesh is asked on the way, and of its method
    };
    using LoginShape = HttpReply (*)(const Dialect&, const gateway::Result<gateway::Secret>&);

    /// nullopt: a secure mesh, and the request has no token; or an insecure one, and a page of another
    /// origin.
    std::optional<gateway::Principal> principal_of(const HttpRequest& request, const Query& query) const;
    /// Of a call: on an insecure mesh nullopt as well for a browser that hides whose page makes it.
    std::optional<gateway::Principal> caller_of(const HttpRequest& request, const Query& query) const;
    using OnCaller = std::function<void(gateway::Result<gateway::Principal>, Respond)>;
    /// Goes on with the caller as the mesh knows him, or with what the mesh says instead. Who guesses tokens
    /// is answered here.
    void with_caller(const HttpRequest& request,
                     gateway::Principal who,
                     gateway::TimePoint until,
                     Respond respond,
                     OnCaller next);
    void log_in(gateway::Login login, const HttpRequest& request, LoginShape shape, Respond respond);
    HttpReply incomplete_login(std::string_view what) const;
    HttpReply too_long() const;
    std::optional<HttpReply> refusal_of_caller(const std::optional<gateway::Principal>& principal,
                                               const CallPath& path) const;
    std::optional<HttpReply> refusal_of(const MethodName& name, const std::optional<std::string>& mesh) const;
    void describe_to(gateway::Principal caller, gateway::TimePoint until, Respond respond);
    Offer offer_of(const MethodName& name) const;
    void serve(Call call, Respond respond);
    void call_own(const gateway::Route& route, Call call, Respond respond);
    void call_described(Call call, Respond respond);
    void call_mesh(Call call, Respond respond);
    void fill_in_session(Call call, Respond respond);
    using OnAllowed = std::function<void(Call, Respond)>;
    bool needs_its_path(const Call& call) const;
    void when_allowed(Call call, Respond respond, OnAllowed next);
    void serve_allowed(Call call, Respond respond);
    void serve_offered(const Offer& offer, Call call, Respond respond);
    void look_again(Call call, Respond respond);
    HttpReply missing_reply(const MethodName& name) const;

    const Dialect& dialect_;
    gateway::RestSettings settings_;
    AllowList allow_;
    gateway::Duration timeout_;
    std::size_t max_body_;
    gateway::Dispatcher& dispatcher_;
    gateway::Mesh& mesh_;
    LoginGuard logins_;
    TokenGuard& tokens_;
    std::shared_ptr<char> alive_ = std::make_shared<char>();  // callbacks hold it weakly
};

}  // namespace rest
