// RemoteMesh in this process, on a real happner-2 mesh: what its tests have in common.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "adapters/happn/remote_mesh.hpp"
#include "adapters/happn/user_sessions.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/metrics.hpp"
#include "tests/support/js_peer.hpp"

namespace support {

using gateway::Errc;
using gateway::HappnTarget;
using gateway::Outcome;
using gateway::Principal;
using gateway::Result;
using nlohmann::json;
using namespace std::chrono_literals;

struct OneMesh final : gateway::SinkDirectory {
    gateway::Sink* broker(std::string_view) override { return nullptr; }
    gateway::Sink* mesh(std::string_view) override { return sink; }
    gateway::Sink* sink = nullptr;
};

struct Kind {
    const char* generation;
    bool secure;
};

class RemoteMeshTest : public testing::TestWithParam<Kind> {
protected:
    RemoteMeshTest()
        : js{{.generation = GetParam().generation, .secure = GetParam().secure}},
          dispatcher{{}, directory, metrics},
          mesh{io, settings(), {"test", "gateway-id", "0"}, dispatcher, metrics} {
        directory.sink = &mesh;
    }

    ~RemoteMeshTest() override {
        mesh.stop();
        io.poll();
    }

    gateway::MeshSettings settings() const {
        gateway::MeshSettings settings;
        settings.name = "site";
        settings.urls = {{{"127.0.0.1", js.port()}}};
        if (GetParam().secure) {
            settings.username = "_ADMIN";
            settings.password = gateway::Secret{"happn"};
        }
        settings.reconnect_max = 1s;
        return settings;
    }

    template <typename Condition>
    bool run_until(Condition condition, std::chrono::seconds limit = 30s) {
        const auto deadline = gateway::Clock::now() + limit;
        while (!condition() && gateway::Clock::now() < deadline) {
            io.restart();
            io.run_one_for(100ms);
        }
        return condition();
    }

    void join() {
        mesh.start();
        ASSERT_TRUE(run_until([this] { return mesh.state().ready; })) << mesh.state().detail;
    }

    /// Waits for what a function of the mesh hands to its `done`.
    template <typename Value, typename Start>
    Value await(Start start) {
        auto got = std::make_shared<std::optional<Value>>();
        start([got](Value value) { got->emplace(std::move(value)); });
        EXPECT_TRUE(run_until([got] { return got->has_value(); }));
        return got->has_value() ? std::move(**got)
                                : Value{gateway::Error{Errc::timeout, "the test waited too long"}};
    }

    Outcome call(const std::string& component,
                 const std::string& method,
                 const std::string& args,
                 const Principal& who = Principal::service()) {
        gateway::MeshCall wanted{component, method, gateway::Bytes{args}, who, gateway::Clock::now() + 20s};
        return await<Outcome>([&](auto done) { mesh.call(wanted, done); });
    }

    Principal log_in(const std::string& username, const std::string& password = "pw") {
        auto token = try_login(username, password);
        EXPECT_TRUE(token.has_value());
        return token ? Principal::bearer(*token) : Principal{};
    }

    Result<gateway::Secret> try_login(const std::string& username, const std::string& password) {
        return await<Result<gateway::Secret>>([&](auto done) {
            mesh.login({username, gateway::Secret{password}, {}}, done);
        });
    }

    using DescriptionResult = Result<std::shared_ptr<const gateway::MeshDescription>>;

    DescriptionResult describe(const Principal& who) {
        return await<DescriptionResult>(
            [&](auto done) { mesh.describe(who, gateway::Clock::now() + 10s, done); });
    }

    /// A route of the gateway with a fixed address, run as HTTP would.
    gateway::Response ask(HappnTarget::Verb verb,
                          const std::string& path,
                          const std::string& body = "null",
                          gateway::Consistency consistency = gateway::Consistency::transactional) {
        gateway::Route route;
        route.name = "test";
        gateway::HttpSource source;
        source.method = "POST";
        source.path = *gateway::AddressPattern::parse("/test", gateway::AddressKind::http);
        route.source = source;
        gateway::Target target;
        HappnTarget rule;
        rule.verb = verb;
        rule.mesh = "site";
        rule.consistency = consistency;
        rule.path = *gateway::AddressTemplate::parse(path, gateway::AddressTemplate::Kind::happn, {}, true);
        target.rule = rule;
        target.as = gateway::As::service;
        route.targets = {target};
        gateway::Message message;
        message.payload.bytes = gateway::Bytes{body};
        message.payload.encoding = gateway::Encoding::json;
        message.properties = gateway::HttpProperties{};
        message.deadline = gateway::Clock::now() + 20s;
        std::optional<gateway::Response> response;
        dispatcher.run(route, {}, message, [&](gateway::Response&& given) { response = std::move(given); });
        EXPECT_TRUE(run_until([&] { return response.has_value(); }));
        return response.value_or(gateway::Response{});
    }

    bool secure() const { return GetParam().secure; }

    boost::asio::io_context io;
    JsMesh js;
    gateway::Metrics metrics;
    OneMesh directory;
    gateway::Dispatcher dispatcher;
    happn::RemoteMesh mesh;
};

inline std::string kind_name(const testing::TestParamInfo<Kind>& info) {
    return (info.param.secure ? "Secure_" : "Insecure_") + name_of_version(info.param.generation);
}

inline constexpr const char* generations[] = {"2.13.0", "5.2.1", "11.16.1", "13.1.1"};

inline std::vector<Kind> of_every_generation(bool secure) {
    std::vector<Kind> kinds;
    for (const auto* generation : generations)
        kinds.push_back({generation, secure});
    return kinds;
}

}  // namespace support
