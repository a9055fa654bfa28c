// A mesh and routes that answer at once, for the fuzz targets of HTTP.
#pragma once

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/dispatcher.hpp"
#include "gateway/json.hpp"
#include "gateway/mesh.hpp"
#include "gateway/metrics.hpp"

namespace gateway::fuzz {

class EchoMesh final : public Mesh {
public:
    explicit EchoMesh(bool is_secure) : secure_{is_secure} {
        auto made = std::make_shared<MeshDescription>();
        made->components["c"].methods["m"].parameters = {"a", "b", "$restParams", "$req_headers", "callback"};
        description_ = std::move(made);
    }
    std::string node_name() const override { return "mesh"; }
    Security security() const override { return secure_ ? Security::secure : Security::insecure; }
    std::shared_ptr<const MeshDescription> description() const override { return description_; }
    void login(Login login, std::function<void(Result<Secret>)> done) override {
        done(Secret{login.username});
    }
    void authenticate(Principal who, TimePoint, std::function<void(Result<Principal>)> done) override {
        done(std::move(who));
    }
    void call(MeshCall call, std::function<void(Outcome)> done) override {
        ++calls;
        if (!json::valid(call.args.view())) std::abort();  // arguments are spliced: they must stay JSON
        if (call.component == "security") std::abort();
        Outcome outcome;
        outcome.answers.push_back(call.args);
        done(std::move(outcome));
    }
    void describe(Principal,
                  TimePoint,
                  std::function<void(Result<std::shared_ptr<const MeshDescription>>)> done) override {
        done(description_);
    }
    void deliver(DeliveryId, Output) override {}
    void apply(std::shared_ptr<const RoutingTable>) override {}
    ConnectionState state() const override { return {}; }

    std::size_t calls = 0;

private:
    bool secure_;
    std::shared_ptr<const MeshDescription> description_;
};

class NoSinks final : public SinkDirectory {
public:
    Sink* broker(std::string_view) override { return nullptr; }
    Sink* mesh(std::string_view) override { return nullptr; }
};

inline Route echo_route(std::string method, std::string_view path, HttpSource::Body body) {
    Route route;
    route.name = std::string{path};
    HttpSource source;
    source.method = std::move(method);
    source.path = AddressPattern::parse(path, AddressKind::http).value();
    source.body = body;
    source.auth = HttpSource::Auth::optional;
    QueryParameter number;
    number.name = "n";
    number.type = ValueType::number;
    source.query.push_back(number);
    Scope scope;
    scope.source = Scope::Source::http;
    scope.captures = source.path.names();
    Target target;
    target.rule = AnswerTarget{ObjectMap{Template::parse("{payload|default('none')}", scope).value()}};
    route.source = std::move(source);
    route.targets.push_back(std::move(target));
    return route;
}

inline std::vector<Route> echo_routes() {
    std::vector<Route> routes;
    routes.push_back(echo_route("POST", "/json/{device}", HttpSource::Body::json));
    routes.push_back(echo_route("POST", "/form/{n:int}", HttpSource::Body::form));
    routes.push_back(echo_route("POST", "/text/x-{part}.txt", HttpSource::Body::text));
    routes.push_back(echo_route("PUT", "/bytes/{rest...}", HttpSource::Body::bytes));
    return routes;
}

}  // namespace gateway::fuzz
