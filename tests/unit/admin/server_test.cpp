#include "adapters/admin/server.hpp"

#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <nlohmann/json.hpp>

namespace admin {
namespace {

using Json = nlohmann::json;

gateway::ConnectionState connection(
    std::string kind, std::string name, bool required, bool ready, std::string detail) {
    gateway::ConnectionState state;
    state.kind = std::move(kind);
    state.name = std::move(name);
    state.required = required;
    state.ready = ready;
    state.detail = std::move(detail);
    return state;
}

Readiness all_ready() {
    return readiness_of({connection("broker", "local", true, true, "")});
}

Probes healthy() {
    Probes probes;
    probes.live = [] { return true; };
    probes.ready = [] { return all_ready(); };
    probes.metrics = [] { return std::string{"happn_gateway_up 1\n"}; };
    probes.routes = [] { return std::string{"[]"}; };
    return probes;
}

ServerOptions on_any_port() {
    ServerOptions options;
    options.version = "1.2.3";
    options.threads = 2;
    return options;
}

/// A started server and a client that talks to it.
struct Running {
    Running(ServerOptions options, Probes probes)
        : server{std::move(options), std::move(probes)},
          port{server.start().value()},
          client{"127.0.0.1", port} {
        client.set_keep_alive(false);
    }

    Server server;
    std::uint16_t port;
    httplib::Client client;
};

TEST(AdminServer, TellsWhetherItLives) {
    std::atomic<bool> alive = true;
    auto probes = healthy();
    probes.live = [&alive] { return alive.load(); };
    Running admin{on_any_port(), probes};

    EXPECT_EQ(admin.client.Get("/live")->status, 200);
    alive = false;
    EXPECT_EQ(admin.client.Get("/live")->status, 503);
}

TEST(AdminServer, IsReadyWhenEveryRequiredConnectionIs) {
    auto probes = healthy();
    probes.ready = [] {
        return readiness_of({connection("broker", "local", true, true, ""),
                             connection("mesh", "spare", false, false, "connecting")});
    };
    Running admin{on_any_port(), probes};

    const auto response = admin.client.Get("/ready");

    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->get_header_value("Content-Type"), "application/json");
    const auto body = Json::parse(response->body);
    EXPECT_EQ(body.at("ready"), true);
    EXPECT_EQ(body.at("connections").size(), 2u);
    EXPECT_TRUE(body.at("missing").empty());
}

TEST(AdminServer, NamesWhatIsMissingWhenNotReady) {
    auto probes = healthy();
    probes.ready = [] {
        return readiness_of({connection("broker", "local", true, true, ""),
                             connection("mesh", "site", true, false, "connecting: \"\xff\" refused")});
    };
    Running admin{on_any_port(), probes};

    const auto response = admin.client.Get("/ready");

    EXPECT_EQ(response->status, 503);
    const auto body = Json::parse(response->body);
    EXPECT_EQ(body.at("ready"), false);
    ASSERT_EQ(body.at("missing").size(), 1u);
    EXPECT_NE(body.at("missing")[0].get<std::string>().find("mesh site: connecting"), std::string::npos);
    EXPECT_EQ(body.at("connections")[1].at("name"), "site");
    EXPECT_EQ(body.at("connections")[1].at("ready"), false);
}

TEST(AdminServer, GivesMetricsAsPrometheusText) {
    Running admin{on_any_port(), healthy()};

    const auto response = admin.client.Get("/metrics");

    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->get_header_value("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(response->body, "happn_gateway_up 1\n");
}

TEST(AdminServer, SaysSoWhenTheShardDoesNotAnswer) {
    auto probes = healthy();
    probes.ready = []() -> std::optional<Readiness> { return std::nullopt; };
    probes.metrics = []() -> std::optional<std::string> { return std::nullopt; };
    probes.routes = probes.metrics;
    Running admin{on_any_port(), probes};

    for (const char* path : {"/ready", "/metrics", "/routes"}) {
        const auto response = admin.client.Get(path);
        EXPECT_EQ(response->status, 503) << path;
        EXPECT_TRUE(Json::parse(response->body).contains("message")) << path;
    }
}

TEST(AdminServer, TellsRoutesAndVersion) {
    Running admin{on_any_port(), healthy()};

    EXPECT_EQ(admin.client.Get("/routes")->body, "[]");
    EXPECT_EQ(Json::parse(admin.client.Get("/version")->body).at("version"), "1.2.3");
}

TEST(AdminServer, AnswersUnknownPathsWithAMessage) {
    Running admin{on_any_port(), healthy()};

    const auto response = admin.client.Get("/nothing");

    EXPECT_EQ(response->status, 404);
    EXPECT_EQ(Json::parse(response->body).at("message"), "there is nothing at /nothing");
}

TEST(AdminServer, RefusesEveryPathWithoutTheToken) {
    auto options = on_any_port();
    options.token = gateway::Secret{"s3cret"};
    Running admin{options, healthy()};

    for (const char* path : {"/live", "/ready", "/metrics", "/routes", "/version", "/nothing"}) {
        const auto response = admin.client.Get(path);
        EXPECT_EQ(response->status, 401) << path;
        EXPECT_TRUE(response->has_header("WWW-Authenticate")) << path;
        EXPECT_EQ(response->body.find("s3cret"), std::string::npos);
    }
}

TEST(AdminServer, TakesTheTokenAsBearerOnly) {
    auto options = on_any_port();
    options.token = gateway::Secret{"s3cret"};
    Running admin{options, healthy()};
    const auto status_with = [&admin](const std::string& authorization) {
        return admin.client.Get("/live", {{"Authorization", authorization}})->status;
    };

    EXPECT_EQ(status_with("Bearer s3cret"), 200);
    EXPECT_EQ(status_with("bearer s3cret"), 200);
    for (const char* wrong : {"s3cret",
                              "Bearer",
                              "Bearer ",
                              "Bearer s3cre",
                              "Bearer s3crets3cret",
                              "Bearer S3cret",
                              "Basic s3cret"}) {
        EXPECT_EQ(status_with(wrong), 401) << wrong;
    }
}

/// As a web page is whose name has been made to lead here.
int status_by(const std::string& name,
              Running& running,
              const std::string& path,
              const std::string& token = {}) {
    httplib::Headers headers{{"Host", name}};
    if (!token.empty()) headers.emplace("Authorization", "Bearer " + token);
    return running.client.Get(path, headers)->status;
}

TEST(AdminServer, WithoutATokenAnswersOnlyToNamesThatNoPageCanHave) {
    Running admin{on_any_port(), healthy()};

    for (const char* path : {"/live", "/ready", "/metrics", "/routes", "/version", "/nothing"})
        EXPECT_EQ(status_by("evil.example:8081", admin, path), 421) << path;
    for (const char* name : {"127.0.0.1:8081", "[::1]:8081", "localhost:8081", "LOCALHOST", "gateway"})
        EXPECT_EQ(status_by(name, admin, "/metrics"), 200) << name;
    const auto refusal = admin.client.Get("/routes", {{"Host", "evil.example"}});
    EXPECT_NE(Json::parse(refusal->body).at("message").get<std::string>().find("'evil.example'"),
              std::string::npos);
}

TEST(AdminServer, WhoShowsTheTokenMayUseAnyName) {
    auto options = on_any_port();
    options.token = gateway::Secret{"s3cret"};
    Running admin{options, healthy()};

    EXPECT_EQ(status_by("gateway.example", admin, "/metrics", "s3cret"), 200);
    EXPECT_EQ(status_by("gateway.example", admin, "/metrics"), 401);
}

TEST(AdminServer, HealthListenerAnswersToAnyName) {
    auto options = on_any_port();
    options.surface = ServerOptions::Surface::health;
    Running health{options, healthy()};

    for (const char* path : {"/live", "/ready", "/metrics"})
        EXPECT_EQ(status_by("gateway.plant.example", health, path), 200) << path;
}

TEST(AdminServer, HealthListenerHasThreeEndpointsAndNoToken) {
    auto options = on_any_port();
    options.surface = ServerOptions::Surface::health;
    options.token = gateway::Secret{"s3cret"};
    Running health{options, healthy()};

    EXPECT_EQ(health.client.Get("/live")->status, 200);
    EXPECT_EQ(health.client.Get("/ready")->status, 200);
    EXPECT_EQ(health.client.Get("/metrics")->status, 200);
    EXPECT_EQ(health.client.Get("/routes")->status, 404);
    EXPECT_EQ(health.client.Get("/version")->status, 404);
}

TEST(AdminServer, ATakenPortIsAnErrorThatNamesIt) {
    Running first{on_any_port(), healthy()};
    auto options = on_any_port();
    options.endpoint.port = first.port;
    Server second{options, healthy()};

    const auto started = second.start();

    ASSERT_TRUE(started.has_error());
    EXPECT_NE(started.error().message.find(std::to_string(first.port)), std::string::npos)
        << started.error().message;
}

TEST(AdminServer, StopsAtOnceAfterItsStart) {
    Server server{on_any_port(), healthy()};
    const auto port = server.start().value();

    server.stop();
    server.stop();

    EXPECT_FALSE(httplib::Client("127.0.0.1", port).Get("/live"));
}

}  // namespace
}  // namespace admin
