// A surface over a fake mesh: requests in, replies out, no sockets.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/rest/http_surface.hpp"
#include "tests/unit/core/recording_sinks.hpp"
#include "tests/unit/core/table_builder.hpp"
#include "tests/unit/rest/fake_mesh.hpp"

namespace rest {

using Headers = std::vector<std::pair<std::string, std::string>>;

class SurfaceTest : public testing::Test {
protected:
    SurfaceTest() { add_recorded_components(mesh); }

    void make_secure() {
        mesh.is_secure = true;
        mesh.add_user("_ADMIN", {"happn", {"*"}, true, {"tester", "nobody"}});
        mesh.add_user("tester", {"pw", {"componentName/methodName"}});
        mesh.add_user("nobody", {"pw", {}});
    }

    void use(std::vector<gateway::Route> routes) { dispatcher.apply(gateway::table_of(std::move(routes))); }

    void set(gateway::RestSettings rest) {
        settings.rest = std::move(rest);
        made.reset();
    }

    HttpSurface& surface() {
        if (!made) made = std::make_unique<HttpSurface>(settings, dispatcher, mesh, metrics);
        return *made;
    }

    /// The reply, if it came at once.
    std::optional<HttpReply> send(std::string method,
                                  std::string target,
                                  Headers headers = {},
                                  std::string body = {}) {
        HttpRequest request;
        request.method = method;
        request.target = target;
        for (const auto& [name, value] : headers)
            request.headers.push_back({name, value});
        request.body = body;
        request.ip = from;
        surface().handle(request, [this](HttpReply&& reply) {
            EXPECT_TRUE(many_answers || !late.has_value()) << "answered twice";
            late = std::move(reply);
        });
        return std::exchange(late, std::nullopt);
    }

    HttpReply ask(std::string method, std::string target, Headers headers = {}, std::string body = {}) {
        auto reply = send(method, target, std::move(headers), std::move(body));
        if (reply) return *std::move(reply);
        ADD_FAILURE() << method << ' ' << target << " was not answered";
        return {};
    }

    HttpReply post(std::string target, std::string body, Headers headers = {}) {
        headers.emplace_back("Content-Type", "application/json");
        return ask("POST", std::move(target), std::move(headers), std::move(body));
    }

    static nlohmann::json json_of(const HttpReply& reply) {
        return nlohmann::json::parse(reply.body.view(), nullptr, false);
    }

    static std::string header_of(const HttpReply& reply, std::string_view name) {
        for (const auto& [key, value] : reply.headers) {
            if (equal_ignoring_case(key, name)) return value;
        }
        return {};
    }

    static std::pair<std::string, std::string> bearer(const std::string& user) {
        return {"Authorization", "Bearer " + FakeMesh::token_of(user)};
    }

    FakeMesh mesh;
    gateway::RecordingSinks sinks;
    gateway::Metrics metrics;
    gateway::Dispatcher dispatcher{{.gateway_name = "gw", .gateway_id = "cafe0000cafe0000"}, sinks, metrics};
    SurfaceSettings settings{{}, {}, {}, "13.12.1"};
    std::string from = "127.0.0.1";
    std::unique_ptr<HttpSurface> made;
    std::optional<HttpReply> late;
    bool many_answers = false;  // of several requests may come at once
};

}  // namespace rest
