// Whatever a stranger sends over HTTP, behind the parser: the surface with mapped routes and the mirror over
// a mesh that answers at once. It must not crash, must answer each request exactly once, and must not let the
// answer break the framing.
#include <cstdlib>
#include <string>
#include <vector>

#include "adapters/rest/http_surface.hpp"
#include "adapters/rest/reply_writer.hpp"
#include "gateway/json.hpp"

namespace {

using namespace gateway;

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

private:
    bool secure_;
    std::shared_ptr<const MeshDescription> description_;
};

class NoSinks final : public SinkDirectory {
public:
    Sink* broker(std::string_view) override { return nullptr; }
    Sink* mesh(std::string_view) override { return nullptr; }
};

Route echo_route(std::string method, std::string_view path, HttpSource::Body body) {
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

struct World {
    explicit World(bool is_secure) : mesh{is_secure} {
        std::vector<Route> routes;
        routes.push_back(echo_route("POST", "/json/{device}", HttpSource::Body::json));
        routes.push_back(echo_route("POST", "/form/{n:int}", HttpSource::Body::form));
        routes.push_back(echo_route("POST", "/text/x-{part}.txt", HttpSource::Body::text));
        routes.push_back(echo_route("PUT", "/bytes/{rest...}", HttpSource::Body::bytes));
        dispatcher.apply(
            std::make_shared<const RoutingTable>(std::move(routes), std::map<std::string, ComponentRule>{}));
    }
    EchoMesh mesh;
    NoSinks sinks;
    Metrics metrics;
    Dispatcher dispatcher{{}, sinks, metrics};
    rest::HttpSurface surface{{{}, {}, {}, "13.12.1"}, dispatcher, mesh};
};

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return line;
}

}  // namespace

/// Input: method, target, header lines, an empty line, the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static World insecure{false};
    static World guarded{true};
    std::string_view text{reinterpret_cast<const char*>(data), size};
    rest::HttpRequest request;
    request.method = take_line(text);
    request.target = take_line(text);
    for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
        const auto colon = line.find(':');
        if (colon != std::string_view::npos)
            request.headers.push_back({line.substr(0, colon), line.substr(colon + 1)});
    }
    request.body = text;
    request.ip = "127.0.0.1";
    for (World* world : {&insecure, &guarded}) {
        int replies = 0;
        std::string out;
        world->surface.handle(request, [&](rest::HttpReply&& reply) {
            ++replies;
            rest::append_reply(out, reply, {}, "now");
            const auto end = out.find("\r\n\r\n");
            const bool bodiless = reply.status == 204 || reply.status == 304;
            if (!bodiless && out.size() - end - 4 != reply.body.size())
                std::abort();  // a header split the head
            if (reply.content_type == rest::json_type && !json::valid(reply.body.view())) std::abort();
        });
        if (replies != 1) std::abort();
    }
    return 0;
}
