// RemoteMesh in this process, against real happner-2 meshes of every generation, insecure and secure.
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "tests/integration/in_process/live_mesh.hpp"

namespace support {
namespace {

TEST_P(RemoteMeshTest, JoinsTheMeshAndLearnsWhatItOffers) {
    EXPECT_FALSE(mesh.state().ready);
    EXPECT_EQ(mesh.security(), gateway::Security::unknown);
    join();
    EXPECT_EQ(mesh.node_name(), "TestNode");
    EXPECT_EQ(mesh.security(), secure() ? gateway::Security::secure : gateway::Security::insecure);
    ASSERT_TRUE(mesh.description());
    EXPECT_EQ(mesh.description()->domain, "TestNode");
    const auto& methods = mesh.description()->components.at("componentName").methods;
    EXPECT_EQ(methods.at("methodName").parameters, (std::vector<std::string>{"a", "b", "callback"}));
}

TEST_P(RemoteMeshTest, CallsMethods) {
    join();
    const auto outcome = call("componentName", "methodName", R"([1,"two"])");
    ASSERT_FALSE(outcome.error) << outcome.error->message;
    EXPECT_EQ(json::parse(outcome.answer.bytes.view()), (json{{"a", 1}, {"b", "two"}}));
    const auto several = call("componentName", "multi", "[]");
    ASSERT_EQ(several.answers.size(), 3u);
    EXPECT_EQ(json::parse(several.answers[2].view()), (json{{"three", 3}}));
}

TEST_P(RemoteMeshTest, HandsOnTheErrorsOfMethods) {
    join();
    const auto outcome = call("componentName", "erroringMethodName", "[]");
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->message, "errr");
    EXPECT_EQ(outcome.error->code, 418);
    EXPECT_EQ(json::parse(outcome.error->detail.view())["extra"], (json{{"x", 1}}));
}

TEST_P(RemoteMeshTest, SaysSoWhenThereIsNoSuchMethodOrComponent) {
    join();
    const auto method = call("componentName", "nope", "[]");
    ASSERT_TRUE(method.error);
    EXPECT_EQ(method.error->errc, Errc::not_found) << method.error->message;
    const auto component = call("nope", "nope", "[]");
    ASSERT_TRUE(component.error);
    EXPECT_EQ(component.error->errc, Errc::not_found) << component.error->message;
}

TEST_P(RemoteMeshTest, StoresReadsAndRemoves) {
    join();
    EXPECT_FALSE(ask(HappnTarget::Verb::set, "/t/a", "21.50").error);
    EXPECT_FALSE(ask(HappnTarget::Verb::set, "/t/b", R"({"n":2})").error);
    EXPECT_EQ(ask(HappnTarget::Verb::get, "/t/a").body.bytes.view(), "21.5");
    const auto all = json::parse(ask(HappnTarget::Verb::get, "/t/*").body.bytes.view());
    EXPECT_EQ(all.size(), 2u);
    EXPECT_EQ(ask(HappnTarget::Verb::remove, "/t/a").body.bytes.view(), "1");
    EXPECT_EQ(ask(HappnTarget::Verb::get, "/t/a").body.bytes.view(), "null");
}

TEST_P(RemoteMeshTest, AnAcknowledgedSetIsDoneWhenItsSubscribersHaveIt) {
    join();
    JsClient subscriber{happn_client_of(GetParam().generation)};
    subscriber.connect(js.port(), secure() ? JsCredentials{"_ADMIN", "happn"} : JsCredentials{});
    const int heard = subscriber.on("/t/acknowledged", "set");
    const auto answer =
        ask(HappnTarget::Verb::set, "/t/acknowledged", "7", gateway::Consistency::acknowledged);
    EXPECT_FALSE(answer.error) << answer.error->message;
    EXPECT_EQ(subscriber.wait_message(heard).at("data").at("value"), 7);
}

/// Stored before, then set, then set again after the mesh has come back: what is set at /in/x arrives at
/// /out/x.
std::shared_ptr<const gateway::RoutingTable> in_to_out() {
    gateway::Route route;
    route.name = "in-to-out";
    gateway::HappnSource source;
    source.mesh = "site";
    source.path = *gateway::AddressPattern::parse("/in/{name}", gateway::AddressKind::happn);
    source.initial = true;
    route.source = source;
    gateway::Scope scope;
    scope.source = gateway::Scope::Source::happn;
    scope.captures = source.path.names();
    gateway::Target target;
    HappnTarget rule;
    rule.mesh = "site";
    rule.path = *gateway::AddressTemplate::parse("/out/{name}", gateway::AddressTemplate::Kind::happn, scope);
    target.rule = rule;
    target.as = gateway::As::service;
    route.targets = {target};
    return std::make_shared<gateway::RoutingTable>(std::vector<gateway::Route>{route},
                                                   std::map<std::string, gateway::ComponentRule>{});
}

TEST_P(RemoteMeshTest, BringsPublicationsToItsRoutesStoredValuesFirst) {
    join();
    ASSERT_FALSE(ask(HappnTarget::Verb::set, "/in/stored", "1").error);
    const auto table = in_to_out();
    dispatcher.apply(table);
    mesh.apply(table);
    EXPECT_TRUE(
        run_until([&] { return ask(HappnTarget::Verb::get, "/out/stored").body.bytes.view() == "1"; }));
    ASSERT_FALSE(ask(HappnTarget::Verb::set, "/in/fresh", "[2]").error);
    EXPECT_TRUE(
        run_until([&] { return ask(HappnTarget::Verb::get, "/out/fresh").body.bytes.view() == "[2]"; }));
    EXPECT_TRUE(mesh.state().ready) << mesh.state().detail;
}

TEST_P(RemoteMeshTest, ComesBackWhenTheMeshDoesAndLetsNobodyWait) {
    join();
    const auto table = in_to_out();
    dispatcher.apply(table);
    mesh.apply(table);
    std::optional<Outcome> waiting;
    gateway::MeshCall never{"componentName",
                            "neverMethod",
                            gateway::Bytes::literal("[]"),
                            Principal::service(),
                            gateway::Clock::now() + 100s};
    mesh.call(never, [&](Outcome outcome) { waiting = std::move(outcome); });
    ASSERT_FALSE(
        call("componentName", "strMethod", "[]").error);  // sent later, so the other one is under way
    js.kill();
    ASSERT_TRUE(run_until([&] { return waiting.has_value(); }));
    ASSERT_TRUE(waiting->error);
    EXPECT_EQ(waiting->error->errc, Errc::timeout) << "it may have run";
    EXPECT_FALSE(mesh.state().ready);
    EXPECT_EQ(call("componentName", "strMethod", "[]").error->errc, Errc::unavailable);

    js.start();
    ASSERT_TRUE(run_until([&] { return mesh.state().ready; })) << mesh.state().detail;
    EXPECT_EQ(mesh.state().reconnects, 1u);
    EXPECT_FALSE(call("componentName", "strMethod", "[]").error);
    ASSERT_FALSE(ask(HappnTarget::Verb::set, "/in/again", "3").error);
    EXPECT_TRUE(
        run_until([&] { return ask(HappnTarget::Verb::get, "/out/again").body.bytes.view() == "3"; }));
}

TEST_P(RemoteMeshTest, DescribesItself) {
    join();
    const auto all = describe(Principal::service());
    ASSERT_TRUE(all.has_value());
    EXPECT_TRUE((*all)->components.at("componentName").methods.contains("methodName"));
}

// Insecure ones of the generations in between differ in nothing that these tests see.
constexpr Kind oldest_insecure{"2.13.0", false};
constexpr Kind newest_insecure{"13.1.1", false};

INSTANTIATE_TEST_SUITE_P(Secure, RemoteMeshTest, testing::ValuesIn(of_every_generation(true)), kind_name);
INSTANTIATE_TEST_SUITE_P(Insecure,
                         RemoteMeshTest,
                         testing::Values(oldest_insecure, newest_insecure),
                         kind_name);

}  // namespace
}  // namespace support
