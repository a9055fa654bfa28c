// A happner mesh without a network: methods are functions of their arguments, users have passwords, tokens
// and rights. It answers at once, or when the test says so. Remembers every call it was asked for.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/mesh.hpp"

namespace rest {

class FakeMesh final : public gateway::Mesh {
public:
    /// nullopt: the method never answers.
    using Method = std::function<std::optional<gateway::Outcome>(const nlohmann::ordered_json& args)>;

    struct User {
        std::string password;
        std::set<std::string> methods;  // "component/method"; "*": all
        bool may_describe = false;
        std::set<std::string> delegates_to = {};
    };

    void add(const std::string& component,
             const std::string& method,
             std::vector<std::string> parameters,
             Method answer) {
        description_.components[component].methods[method].parameters = std::move(parameters);
        methods_[component + '/' + method] = std::move(answer);
    }
    void add_user(const std::string& name, User user) { users_[name] = std::move(user); }

    static gateway::Outcome result(const nlohmann::ordered_json& value) { return results({value}); }
    static gateway::Outcome results(const std::vector<nlohmann::ordered_json>& values) {
        gateway::Outcome outcome;
        for (const auto& value : values)
            outcome.answers.emplace_back(value.dump());
        if (!outcome.answers.empty()) outcome.answer = {outcome.answers.front(), gateway::Encoding::json, {}};
        return outcome;
    }
    static gateway::Outcome failure(const std::string& error_object) {
        gateway::Error error{gateway::Errc::mesh_error, "the method failed"};
        error.detail = gateway::Bytes{error_object};
        return gateway::Outcome{error};
    }
    static std::string token_of(const std::string& user) { return "token-" + user; }

    // gateway::Mesh
    std::string node_name() const override { return "TestNode"; }
    gateway::Security security() const override {
        if (!joined) return gateway::Security::unknown;
        return is_secure ? gateway::Security::secure : gateway::Security::insecure;
    }
    std::shared_ptr<const gateway::MeshDescription> description() const override {
        return joined ? std::make_shared<const gateway::MeshDescription>(description_) : nullptr;
    }

    void login(gateway::Login login, std::function<void(gateway::Result<gateway::Secret>)> done) override {
        ++logins;
        const auto user = users_.find(login.username);
        const bool known = user != users_.end() && (login.password.reveal() == user->second.password ||
                                                    login.token.reveal() == token_of(login.username));
        if (is_secure && !known)
            return done(
                gateway::Error{gateway::Errc::unauthorized, "AccessDenied", 401, "Invalid credentials"});
        done(gateway::Secret{token_of(login.username)});
    }

    void authenticate(gateway::Principal who,
                      gateway::TimePoint deadline,
                      std::function<void(gateway::Result<gateway::Principal>)> done) override {
        ++authentications;
        last_authentication_until = deadline;
        if (!joined) return done(gateway::Error{gateway::Errc::unavailable, "the mesh is not connected"});
        if (takes_its_time) {
            verdicts.emplace_back(std::move(who), std::move(done));
        } else {
            judge(std::move(who), done);
        }
    }

    /// What takes_its_time has held back.
    void give_verdicts() {
        for (auto& [who, done] : std::exchange(verdicts, {}))
            judge(std::move(who), done);
    }

    std::string user_of(const gateway::Secret& token) const override {
        return sessions.contains(token.reveal()) ? sessions.at(token.reveal()) : std::string{};
    }

    void session_of(gateway::Principal who,
                    gateway::TimePoint,
                    std::function<void(gateway::Result<gateway::Bytes>)> done) override {
        const auto name = name_of(who);
        if (!name) return done(gateway::Error{gateway::Errc::unauthorized, "invalid session token"});
        done(gateway::Bytes{R"({"username":")" + *name + "\"}"});
    }

    void may_call(gateway::MeshRight right,
                  std::function<void(std::optional<gateway::Error>)> done) override {
        done(refusal_of(right.principal, right.on_behalf_of, right.uri));
    }

    void refresh_description(gateway::TimePoint,
                             std::function<void(std::optional<gateway::Error>)> done) override {
        ++refreshes;
        if (on_refresh) on_refresh();
        done(unread);
    }

    void logout(gateway::Principal who,
                gateway::TimePoint,
                std::function<void(std::optional<gateway::Error>)> done) override {
        logged_out.push_back(who.token->reveal());
        done(unrevoked);
    }

    void call(gateway::MeshCall call, std::function<void(gateway::Outcome)> done) override {
        calls.push_back(call);
        if (auto refused = refusal_of(call.principal, call.on_behalf_of, call.component + '/' + call.method))
            return done(gateway::Outcome{*std::move(refused)});
        const auto method = methods_.find(call.component + '/' + call.method);
        if (method == methods_.end())
            return done(gateway::Outcome{
                gateway::Error{gateway::Errc::mesh_error, "bad endpoint", 0, "unconfigured"}});
        auto outcome = method->second(nlohmann::ordered_json::parse(call.args.view()));
        if (outcome) return done(*std::move(outcome));
        waiting.push_back(std::move(done));
    }

    void describe(
        gateway::Principal who,
        gateway::TimePoint,
        std::function<void(gateway::Result<std::shared_ptr<const gateway::MeshDescription>>)> done) override {
        using Visible = std::shared_ptr<const gateway::MeshDescription>;
        if (!is_secure) return done(Visible{});
        const auto name = name_of(who);
        if (!name) return done(gateway::Error{gateway::Errc::unauthorized, "invalid token"});
        if (!users_[*name].may_describe)
            return done(gateway::Error{gateway::Errc::access_denied, "unauthorized"});
        done(description());
    }

    void deliver(gateway::DeliveryId, gateway::Output) override {}
    void apply(std::shared_ptr<const gateway::RoutingTable>) override {}
    gateway::ConnectionState state() const override { return {}; }

    bool is_secure = false;
    bool joined = true;
    int logins = 0;
    int authentications = 0;
    gateway::TimePoint last_authentication_until;
    int refreshes = 0;
    std::function<void()> on_refresh;      // what the mesh has come to offer since it was last asked
    std::optional<gateway::Error> unread;  // why it cannot be asked what it offers
    bool takes_its_time = false;           // to say whose a token is
    std::vector<std::pair<gateway::Principal, std::function<void(gateway::Result<gateway::Principal>)>>>
        verdicts;
    std::vector<std::string> logged_out;      // tokens
    std::optional<gateway::Error> unrevoked;  // why the mesh does not revoke them
    std::vector<gateway::MeshCall> calls;
    std::map<std::string, std::string> sessions;  // token -> user that it is known to be of
    std::deque<std::function<void(gateway::Outcome)>> waiting;

private:
    void judge(gateway::Principal who, const std::function<void(gateway::Result<gateway::Principal>)>& done) {
        const auto name = name_of(who);
        if (!name) return done(gateway::Error{gateway::Errc::unauthorized, "invalid session token"});
        who.username = *name;
        done(std::move(who));
    }

    std::optional<std::string> name_of(const gateway::Principal& who) const {
        if (!who.token) return std::nullopt;
        for (const auto& [name, user] : users_) {
            if (who.token->reveal() == token_of(name)) return name;
        }
        return std::nullopt;
    }

    /// In the words of happn-3 13.12.1.
    std::optional<gateway::Error> refusal_of(const gateway::Principal& who,
                                             const std::string& on_behalf_of,
                                             const std::string& method) {
        if (!is_secure) return std::nullopt;
        const auto name = name_of(who);
        if (!name) return gateway::Error{gateway::Errc::unauthorized, "no such session"};
        gateway::Error denied{gateway::Errc::access_denied, "AccessDenied", 403, "unauthorized"};
        const bool delegated = !on_behalf_of.empty() && on_behalf_of != "_ADMIN";  // as happn-3 has it
        const std::string& acting = delegated ? on_behalf_of : *name;
        if (delegated && !users_[*name].delegates_to.contains(on_behalf_of)) {
            denied.detail = gateway::Bytes::literal(
                R"({"reason":"session attempting to act on behalf of is not authorized request on behalf of unauthorised user: x"})");
            return denied;
        }
        const auto& rights = users_[acting].methods;
        if (rights.contains("*") || rights.contains(method)) return std::nullopt;
        if (delegated)
            denied.detail = gateway::Bytes{R"({"reason":"request on behalf of unauthorised user: )" +
                                           on_behalf_of + "\"}"};
        return denied;
    }

    gateway::MeshDescription description_;
    std::map<std::string, Method> methods_;
    std::map<std::string, User> users_;
};

/// The components of the mesh that the captures were recorded on.
inline void add_recorded_components(FakeMesh& mesh) {
    using Json = nlohmann::ordered_json;
    const auto arg = [](const Json& args, std::size_t i) {
        return i < args.size() ? args[i] : Json(nullptr);
    };
    const auto type_of = [](const Json& value) {
        if (value.is_number()) return "number";
        if (value.is_string()) return "string";
        return value.is_boolean() ? "boolean" : "object";
    };
    const std::string c = "componentName";
    mesh.add(c, "methodName", {"a", "b", "callback"}, [=](const Json& args) {
        return FakeMesh::result({{"a", arg(args, 0)}, {"b", arg(args, 1)}});
    });
    mesh.add(c, "dataMethod", {"p1", "p2", "callback"}, [=](const Json& args) {
        const Json p1 = arg(args, 0), p2 = arg(args, 1);
        return FakeMesh::result(Json::array({p1, p2, type_of(p1), type_of(p2)}));
    });
    mesh.add(c, "erroringMethodName", {"callback"}, [](const Json&) {
        return FakeMesh::failure(R"({"message":"errr","name":"Error","code":418,"extra":{"x":1}})");
    });
    mesh.add(c, "throwMethod", {"callback"}, [](const Json&) {
        return FakeMesh::failure(R"({"message":"thrown","name":"TypeError"})");
    });
    mesh.add(c, "promiseMethod", {"opts"}, [=](const Json& args) {
        return FakeMesh::result({{"got", arg(args, 0)}});
    });
    mesh.add(c, "promiseReject", {"opts"}, [=](const Json& args) {
        return FakeMesh::failure(R"({"message":"rejected )" + arg(args, 0).dump() + R"(","name":"Error"})");
    });
    mesh.add(c, "neverMethod", {"callback"}, [](const Json&) { return std::nullopt; });
    mesh.add(c, "restParams", {"$restParams", "callback"}, [=](const Json& args) {
        return FakeMesh::result({{"restParams", arg(args, 0)}});
    });
    mesh.add(c, "multi", {"callback"}, [](const Json&) {
        return FakeMesh::results({1, "two", {{"three", 3}}});
    });
    mesh.add(c, "bufMethod", {"callback"}, [](const Json&) {
        return FakeMesh::result({{"type", "Buffer"}, {"data", {104, 105}}});
    });
    mesh.add(c, "nullMethod", {"callback"}, [](const Json&) { return FakeMesh::result(nullptr); });
    mesh.add(c, "undefMethod", {"callback"}, [](const Json&) { return FakeMesh::results({}); });
    mesh.add(c, "strMethod", {"callback"}, [](const Json&) { return FakeMesh::result("str"); });
    mesh.add("data", "get", {"path", "parameters", "callback"}, [](const Json&) {
        return FakeMesh::result(nullptr);
    });
    mesh.add("security", "listUsers", {"callback"}, [](const Json&) { return FakeMesh::result("secret"); });
    mesh.add("system", "inform", {"callback"}, [](const Json&) { return FakeMesh::result(nullptr); });
}

}  // namespace rest
