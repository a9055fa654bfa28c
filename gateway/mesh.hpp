// A happn mesh as the other edges see it: the embedded node, or a remote mesh the gateway has joined. Lives
// on the shard's thread. Every `done` is called exactly once, possibly before the function returns.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/ports.hpp"
#include "gateway/principal.hpp"

namespace gateway {

struct MethodDescription {
    std::vector<std::string> parameters;  // in order, with `callback` where the method lists it
    bool operator==(const MethodDescription&) const = default;
};

struct ComponentDescription {
    std::string version;
    std::map<std::string, MethodDescription> methods;
    bool operator==(const ComponentDescription&) const = default;
};

/// What `/mesh/schema/description` says.
struct MeshDescription {
    std::string domain;  // first segment of exchange and event paths
    std::map<std::string, ComponentDescription> components;
    bool operator==(const MeshDescription&) const = default;
};

struct MeshCall {
    MeshCall(
        std::string component_name, std::string method_name, Bytes arguments, Principal who, TimePoint until)
        : component{std::move(component_name)},
          method{std::move(method_name)},
          args{std::move(arguments)},
          principal{std::move(who)},
          deadline{until} {}

    std::string component;
    std::string method;
    Bytes args;  // a valid JSON array, by position
    Principal principal;
    std::string on_behalf_of;  // user name; empty: the principal itself
    TimePoint deadline;
};

struct MeshRight {
    std::string uri;
    Principal principal;
    std::string on_behalf_of;  // as in MeshCall
    TimePoint deadline;
};

struct Login {
    std::string username;
    Secret password;  // empty: by token
    Secret token;
};

/// Does the mesh ask who its clients are? `unknown` until it has been joined once: nobody may be taken for
/// admitted before that.
enum class Security : std::uint8_t { unknown, insecure, secure };

class Mesh : public Sink, public Source {
public:
    virtual std::string node_name() const = 0;  // the node's own name, not the domain
    virtual Security security() const = 0;
    /// Null until the mesh has been joined once.
    virtual std::shared_ptr<const MeshDescription> description() const = 0;

    /// Logs a user in by its own session and gives the mesh's token for it. The session is kept for that
    /// token's calls.
    virtual void login(Login login, std::function<void(Result<Secret>)> done) = 0;
    /// Gives the user name behind a credential, logging in if that has not been done; errors with
    /// Unauthorized.
    virtual void authenticate(Principal who,
                              TimePoint deadline,
                              std::function<void(Result<Principal>)> done) = 0;
    /// The user whom the mesh has lately told to be behind a token; empty: nobody is known. Asks nobody.
    virtual std::string user_of(const Secret& token) const {
        static_cast<void>(token);
        return {};
    }
    /// What the mesh has said of the session that this principal's calls are made by: a JSON object in the
    /// mesh's own shape, without credentials. Empty: nothing is known, or there are no users.
    virtual void session_of(Principal who, TimePoint deadline, std::function<void(Result<Bytes>)> done) {
        static_cast<void>(who), static_cast<void>(deadline);
        done(Bytes{});
    }
    /// Has this principal, or the one whom it acts for, the right that a call of `uri` needs? Nothing is
    /// called. `uri`: "component/method", or what else stands for a method there. The error is the mesh's
    /// refusal, or why it cannot be asked.
    virtual void may_call(MeshRight right, std::function<void(std::optional<Error>)> done) {
        static_cast<void>(right);
        done(std::nullopt);
    }
    /// Asks the mesh again what it offers; description() has then what it says. The error: it could not be
    /// asked, or has not answered by the deadline.
    virtual void refresh_description(TimePoint deadline, std::function<void(std::optional<Error>)> done) {
        static_cast<void>(deadline);
        done(std::nullopt);
    }
    /// The user leaves: the session of this principal's token is closed with all that is open under it, and
    /// nobody is known by the token any more; then the mesh is asked to revoke it. The error is what the mesh
    /// says instead, or why it cannot be asked.
    virtual void logout(Principal who, TimePoint deadline, std::function<void(std::optional<Error>)> done) {
        static_cast<void>(who), static_cast<void>(deadline);
        done(Error{Errc::not_found, "nobody can log out where nobody logs in"});
    }
    /// Calls a method. All results are in `answers`. Fails with the mesh's own error object in Error::detail.
    virtual void call(MeshCall call, std::function<void(Outcome)> done) = 0;
    /// The methods this principal may see, as the mesh says itself; `null` Result value: ask description().
    virtual void describe(Principal who,
                          TimePoint deadline,
                          std::function<void(Result<std::shared_ptr<const MeshDescription>>)> done) = 0;
};

}  // namespace gateway
