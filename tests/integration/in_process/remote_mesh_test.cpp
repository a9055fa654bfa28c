// RemoteMesh in this process, against real happner-2 meshes of every generation, insecure and secure.
#include "adapters/happn/remote_mesh.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "adapters/happn/user_sessions.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/metrics.hpp"
#include "tests/support/js_peer.hpp"

namespace {

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
    support::JsMesh js;
    gateway::Metrics metrics;
    OneMesh directory;
    gateway::Dispatcher dispatcher;
    happn::RemoteMesh mesh;
};

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
    support::JsClient subscriber{support::happn_client_of(GetParam().generation)};
    subscriber.connect(js.port(),
                       secure() ? support::JsCredentials{"_ADMIN", "happn"} : support::JsCredentials{});
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
    EXPECT_EQ(waiting->error->errc, Errc::unavailable);
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

class InsecureMeshTest : public RemoteMeshTest {};

TEST_P(InsecureMeshTest, EveryoneIsServedAsThereIsNobodyToBe) {
    join();
    EXPECT_FALSE(call("componentName", "strMethod", "[]", Principal::anonymous()).error);
    const auto token = try_login("anyone", "anything");
    ASSERT_TRUE(token.has_value());
    EXPECT_FALSE(call("componentName", "strMethod", "[]", Principal::bearer(*token)).error);
    EXPECT_EQ(mesh.user_sessions(), 0u);
}

class SecureMeshTest : public RemoteMeshTest {};

TEST_P(SecureMeshTest, UsersActAsThemselves) {
    join();
    const auto user = log_in("user3");
    EXPECT_EQ(mesh.user_sessions(), 1u);
    const auto outcome = call("testTools", "answerAfter", R"([1,"x"])", user);
    ASSERT_FALSE(outcome.error) << outcome.error->message;
    EXPECT_EQ(json::parse(outcome.answer.bytes.view()), (json{{"value", "x"}, {"username", "user3"}}));

    const auto known = await<Result<Principal>>(
        [&](auto done) { mesh.authenticate(user, gateway::Clock::now() + 10s, done); });
    ASSERT_TRUE(known.has_value());
    EXPECT_EQ(known->username, "user3");
    EXPECT_EQ(mesh.user_sessions(), 1u);
}

TEST_P(SecureMeshTest, TheMeshRefusesNotTheGateway) {
    join();
    EXPECT_EQ(call("componentName", "strMethod", "[]", Principal::anonymous()).error->errc,
              Errc::unauthorized);
    EXPECT_EQ(try_login("tester", "wrong").error().errc, Errc::unauthorized);
    const auto stranger = Principal::bearer(gateway::Secret{"no.such.token"});
    EXPECT_EQ(call("componentName", "strMethod", "[]", stranger).error->errc, Errc::unauthorized);
    EXPECT_EQ(call("componentName", "strMethod", "[]", stranger).error->errc,
              Errc::unauthorized);  // remembered
    const auto nobody = log_in("nobody");
    EXPECT_EQ(call("componentName", "strMethod", "[]", nobody).error->errc, Errc::access_denied);
    EXPECT_EQ(call("nope", "nope", "[]", nobody).error->errc, Errc::access_denied);
    EXPECT_EQ(call("security", "listUsers", "[]").error->errc, Errc::access_denied);
}

TEST_P(SecureMeshTest, WhoHasNotBeenAcceptedYetHasOneOfAFewPlaces) {
    join();
    const auto tester = log_in("tester");
    std::size_t refused_at_once = 0;
    std::size_t refused = 0;
    const auto try_token = [&](const std::string& token, std::size_t& counter, Errc wanted) {
        const auto who = Principal::bearer(gateway::Secret{token});
        mesh.authenticate(
            who, gateway::Clock::now() + 20s, [&counter, wanted](const Result<Principal>& known) {
                if (known.has_error() && known.error().errc == wanted) ++counter;
            });
    };
    for (std::size_t i = 0; i < happn::UserSessions::max_strangers; ++i)
        try_token("guess" + std::to_string(i), refused, Errc::unauthorized);
    try_token("one guess more", refused_at_once, Errc::overloaded);
    EXPECT_EQ(refused_at_once, 1u);
    EXPECT_FALSE(call("componentName", "strMethod", "[]", tester).error.has_value()) << "the others go on";
    EXPECT_TRUE(run_until([&] { return refused == happn::UserSessions::max_strangers; }));
    EXPECT_EQ(mesh.user_sessions(), 1u);
    EXPECT_FALSE(call("componentName", "strMethod", "[]", log_in("user3")).error.has_value());
}

TEST_P(SecureMeshTest, SaysWhoMightCallAMethodWithoutCallingIt) {
    join();
    const auto refusal = [&](const std::string& uri, const Principal& who) {
        std::optional<std::optional<gateway::Error>> answer;
        mesh.may_call({uri, who, {}, gateway::Clock::now() + 20s}, [&](auto given) { answer = given; });
        EXPECT_TRUE(run_until([&] { return answer.has_value(); }));
        return answer && *answer ? std::optional{(*answer)->errc} : std::nullopt;
    };
    const auto tester = log_in("tester"), nobody = log_in("nobody");
    for (const std::string method : {"answerAfter", "nope"}) {
        EXPECT_EQ(refusal("testTools/" + method, tester), std::nullopt) << method;
        EXPECT_EQ(refusal("testTools/" + method, nobody), Errc::access_denied) << method;
    }
    EXPECT_EQ(refusal("security/listUsers", tester), Errc::access_denied);
    EXPECT_EQ(refusal("test*/x", tester), Errc::not_found);
    EXPECT_EQ(call("testTools", "callCount", "[]", tester).answer.bytes.view(), "0");
}

TEST_P(SecureMeshTest, DescribesWhatAUserMaySee) {
    join();
    EXPECT_EQ(describe(Principal::anonymous()).error().errc, Errc::unauthorized);
    EXPECT_EQ(describe(log_in("nobody")).error().errc, Errc::access_denied);
    const auto some = describe(log_in("tester"));
    ASSERT_TRUE(some.has_value());
    EXPECT_TRUE((*some)->components.at("componentName").methods.contains("methodName"));
}

/// Two users' calls at once, answered in another order than asked: each gets its own answer.
TEST_P(SecureMeshTest, NobodySeesAnAnswerOfSomebodyElse) {
    join();
    constexpr int users = 10;
    constexpr int calls_each = 10;
    std::vector<Principal> principals;
    for (int user = 0; user < users; ++user) {
        principals.push_back(log_in("user" + std::to_string(user)));
    }
    std::vector<std::pair<std::string, Outcome>> answered;
    for (int call = 0; call < calls_each; ++call) {
        for (int user = 0; user < users; ++user) {
            const auto mine = std::to_string(user) + "/" + std::to_string(call);
            gateway::MeshCall wanted{"testTools",
                                     "answerAfter",
                                     gateway::Bytes{json::array({(calls_each - call) * 5, mine}).dump()},
                                     principals[static_cast<std::size_t>(user)],
                                     gateway::Clock::now() + 20s};
            mesh.call(wanted, [&answered, mine](Outcome outcome) {
                answered.emplace_back(mine, std::move(outcome));
            });
        }
    }
    ASSERT_TRUE(run_until([&] { return answered.size() == users * calls_each; }));
    for (const auto& [mine, outcome] : answered) {
        ASSERT_FALSE(outcome.error) << outcome.error->message;
        EXPECT_EQ(json::parse(outcome.answer.bytes.view()),
                  (json{{"value", mine}, {"username", "user" + mine.substr(0, 1)}}));
    }
    EXPECT_EQ(mesh.user_sessions(), static_cast<std::size_t>(users));
}

std::string kind_name(const testing::TestParamInfo<Kind>& info) {
    return (info.param.secure ? "Secure_" : "Insecure_") + support::name_of_version(info.param.generation);
}

constexpr const char* generations[] = {"2.13.0", "5.2.1", "11.16.1", "13.1.1"};

std::vector<Kind> of_every_generation(bool secure) {
    std::vector<Kind> kinds;
    for (const auto* generation : generations)
        kinds.push_back({generation, secure});
    return kinds;
}

// Insecure ones of the generations in between differ in nothing that these tests see.
constexpr Kind oldest_insecure{"2.13.0", false};
constexpr Kind newest_insecure{"13.1.1", false};

INSTANTIATE_TEST_SUITE_P(Secure, RemoteMeshTest, testing::ValuesIn(of_every_generation(true)), kind_name);
INSTANTIATE_TEST_SUITE_P(Insecure,
                         RemoteMeshTest,
                         testing::Values(oldest_insecure, newest_insecure),
                         kind_name);
INSTANTIATE_TEST_SUITE_P(Insecure,
                         InsecureMeshTest,
                         testing::ValuesIn(of_every_generation(false)),
                         kind_name);
INSTANTIATE_TEST_SUITE_P(Secure, SecureMeshTest, testing::ValuesIn(of_every_generation(true)), kind_name);

}  // namespace
