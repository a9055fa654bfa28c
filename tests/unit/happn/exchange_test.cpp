#include "adapters/happn/exchange.hpp"

#include <gtest/gtest.h>

#include "tests/unit/happn/conversation.hpp"

namespace happn::test {
namespace {

using gateway::Errc;
using gateway::Outcome;

const std::string sid = session_id;

ExchangeCall call_of(const std::string& component, const std::string& method, std::string args = "[]") {
    ExchangeCall call;
    call.domain = "TestNode";
    call.component = component;
    call.method = method;
    call.args = gateway::Bytes{std::move(args)};
    return call;
}

struct Ended {
    Exchange::OnOutcome done() {
        return [this](Outcome outcome) {
            ++times;
            result = std::move(outcome);
        };
    }
    int times = 0;
    Outcome result;
};

class ExchangeTest : public testing::Test {
protected:
    static constexpr const char* wide = "/_exchange/responses/b7a3f8f0-0000-4000-8000-000000000001/";

    void answer(const json& request, const json& data, const std::string& channel) {
        const auto path = request["data"]["callbackAddress"].get<std::string>();
        mesh.publish(channel, path, data);
    }

    Conversation mesh;
    Conversation old{old_settings()};
};

TEST_F(ExchangeTest, SubscribesBeforeItAsks) {
    mesh.join();
    Ended ended;
    mesh.exchange.call(call_of("componentName", "methodName", R"([1,"two"])"), mesh.now + 5s, ended.done());
    const auto on = mesh.expect("on");
    EXPECT_EQ(on["path"], std::string{"/SET@"} + wide + "*/*/*/*");
    EXPECT_TRUE(mesh.port.sent.empty());
    mesh.reply(on, {{"id", "r"}});
    const auto set = mesh.expect("set");
    EXPECT_EQ(set["path"], "/_exchange/requests/TestNode/componentName/methodName");
    EXPECT_EQ(set["data"],
              (json{{"callbackAddress", std::string{wide} + "TestNode/componentName/methodName/1"},
                    {"args", {1, "two"}},
                    {"origin", {{"id", sid}}}}));
    EXPECT_EQ(set["options"], json::parse(R"({"noStore":true,"noDataResponse":true})"));
}

TEST_F(ExchangeTest, OldMeshesAreSubscribedToWithOneStar) {
    old.join();
    Ended ended;
    old.exchange.call(call_of("c", "m"), old.now + 5s, ended.done());
    const auto on = old.expect("on");
    EXPECT_EQ(on["path"], std::string{"/SET@"} + wide + "*");
    old.reply(on, json::object());
    EXPECT_EQ(old.expect("set")["options"], json::parse(R"({"noStore":true})"));
}

TEST_F(ExchangeTest, OneSubscriptionServesAllCallsOfAnInsecureSession) {
    mesh.join();
    Ended first;
    Ended second;
    Ended third;
    mesh.exchange.call(call_of("a", "m"), mesh.now + 5s, first.done());
    mesh.exchange.call(call_of("b", "m"), mesh.now + 5s, second.done());
    mesh.reply(mesh.expect("on"), {{"id", "r"}});
    mesh.expect("set");
    mesh.expect("set");
    mesh.exchange.call(call_of("c", "m"), mesh.now + 5s, third.done());
    mesh.expect("set");
    EXPECT_TRUE(mesh.port.sent.empty());
}

TEST_F(ExchangeTest, ASecureSessionSubscribesForEachMethodAndNamesItsUser) {
    Conversation secure{secure_settings()};
    secure.join(true);
    Ended first;
    Ended second;
    secure.exchange.call(call_of("c", "m"), secure.now + 5s, first.done());
    const auto on = secure.expect("on");
    EXPECT_EQ(on["path"], "/SET@/_exchange/responses/TestNode/c/m/" + sid + "/*");
    secure.reply(on, {{"id", "r"}});
    const auto set = secure.expect("set");
    EXPECT_EQ(set["data"]["callbackAddress"], "/_exchange/responses/TestNode/c/m/" + sid + "/1");
    EXPECT_EQ(set["data"]["origin"], (json{{"id", sid}, {"username", "tester"}}));
    secure.exchange.call(call_of("c", "other"), secure.now + 5s, second.done());
    EXPECT_EQ(secure.expect("on")["path"], "/SET@/_exchange/responses/TestNode/c/other/" + sid + "/*");
}

TEST_F(ExchangeTest, DelegationIsAnOptionOfTheRequest) {
    mesh.join();
    Ended ended;
    auto call = call_of("c", "m");
    call.on_behalf_of = "ann";
    mesh.exchange.call(call, mesh.now + 5s, ended.done());
    mesh.reply(mesh.expect("on"), {{"id", "r"}});
    EXPECT_EQ(mesh.expect("set")["options"]["onBehalfOf"], "ann");
}

void answer_in(Conversation& mesh, const json& request, const std::string& channel) {
    mesh.publish(channel,
                 request["data"]["callbackAddress"].get<std::string>(),
                 {{"status", "ok"}, {"args", {nullptr, 5}}});
}

/// Makes one call and gives its request and channel, with the mesh having accepted it.
std::pair<json, std::string> made(Conversation& mesh, Ended& ended, const ExchangeCall& call) {
    mesh.exchange.call(call, mesh.now + 5s, ended.done());
    const auto on = mesh.expect("on");
    mesh.reply(on, {{"id", "r"}});
    return {mesh.expect("set"), on["path"].get<std::string>()};
}

TEST_F(ExchangeTest, GivesAllResultsUntouched) {
    mesh.join();
    Ended ended;
    const auto [set, channel] = made(mesh, ended, call_of("c", "m"));
    mesh.hear_text(
        R"({"data":{"status":"ok","args":[null,1.50,"two",{"three":3}]},"_meta":{"type":"data","channel":")" +
        channel + R"(","path":)" + set["data"]["callbackAddress"].dump() + "}}");
    ASSERT_EQ(ended.times, 1);
    ASSERT_FALSE(ended.result.error);
    ASSERT_EQ(ended.result.answers.size(), 3u);
    EXPECT_EQ(ended.result.answers[0].view(), "1.50");
    EXPECT_EQ(ended.result.answers[2].view(), R"({"three":3})");
    EXPECT_EQ(ended.result.answer.bytes.view(), "1.50");
}

TEST_F(ExchangeTest, AnAnswerWithoutResultsIsNull) {
    for (const auto* const args : {"[]", "[null]"}) {
        const auto outcome = exchange_outcome(std::string{R"({"status":"ok","args":)"} + args + "}");
        EXPECT_FALSE(outcome.error);
        EXPECT_EQ(outcome.answer.bytes.view(), "null");
    }
}

TEST_F(ExchangeTest, WhatJavaScriptTakesForFalseIsNoError) {
    for (const std::string nothing : {"null", "false", "0", "-0.0", R"("")"}) {
        const auto outcome = exchange_outcome(R"({"status":"ok","args":[)" + nothing + R"(,"result"]})");
        EXPECT_FALSE(outcome.error) << nothing;
        EXPECT_EQ(outcome.answer.bytes.view(), R"("result")");
    }
    for (const std::string something : {"true", "42", R"("0")", "{}", "[]"})
        EXPECT_TRUE(exchange_outcome(R"({"status":"ok","args":[)" + something + "]}").error) << something;
}

TEST_F(ExchangeTest, TheAnswerMayComeBeforeTheMeshHasConfirmedTheRequest) {
    mesh.join();
    Ended ended;
    const auto [set, channel] = made(mesh, ended, call_of("c", "m"));
    answer(set, {{"status", "ok"}, {"args", {nullptr, 5}}}, channel);
    EXPECT_EQ(ended.times, 1);
    mesh.reply(set);
    EXPECT_EQ(ended.times, 1);
    EXPECT_EQ(mesh.port.counts["happn_late_replies"], 0);
}

TEST_F(ExchangeTest, AnyOtherStatusIsAnErrorWithItsDetail) {
    struct Case {
        const char* data;
        const char* name;
        int code;
        Errc errc;
    };
    for (const auto& [data, name, code, errc] :
         {Case{R"({"status":"error","args":[{"message":"errr","name":"Error","code":418,"extra":{"x":1}}]})",
               "Error",
               418,
               Errc::mesh_error},
          Case{R"({"status":"failed","args":[{"message":"thrown","name":"TypeError"}]})",
               "TypeError",
               0,
               Errc::mesh_error},
          Case{
              R"({"args":[{"name":"bad endpoint","message":"Call to unconfigured component: [nope.nope]"}]})",
              "NotFound",
              0,
              Errc::not_found},
          Case{R"({"status":"failed","args":[{"message":"Call to unconfigured method 'c.nope()'"}]})",
               "NotFound",
               0,
               Errc::not_found},
          Case{R"({"status":"error","args":[{"message":"no","name":"AccessDenied","code":403}]})",
               "AccessDenied",
               403,
               Errc::mesh_error},
          Case{R"({"status":"error","args":[{"message":"no","name":"AccessDenied","code":401}]})",
               "AccessDenied",
               401,
               Errc::mesh_error},
          Case{R"({"status":"error","args":[{"message":"Bad path, said the method"}]})",
               "MeshError",
               0,
               Errc::mesh_error},
          Case{R"({"status":"error"})", "MeshError", 0, Errc::mesh_error}}) {
        const auto outcome = exchange_outcome(data);
        ASSERT_TRUE(outcome.error) << data;
        EXPECT_EQ(outcome.error->name, name) << data;
        EXPECT_EQ(outcome.error->code, code) << data;
        EXPECT_EQ(outcome.error->errc, errc) << data;
    }
    const auto outcome =
        exchange_outcome(R"({"status":"error","args":[{"message":"errr","extra":{"x":1}}]})");
    EXPECT_EQ(outcome.error->detail.view(), R"({"message":"errr","extra":{"x":1}})");
}

TEST_F(ExchangeTest, SubscribesAnewWhereTheRightToItsAnswersHadBeenTakenAway) {
    Conversation secure{secure_settings()};
    secure.join(true);
    Ended first;
    const auto [set, channel] = made(secure, first, call_of("c", "m"));
    answer_in(secure, set, channel);
    secure.hear(
        {{"_meta", {{"type", "system"}}}, {"eventKey", "security-data-changed"}, {"data", json::object()}});
    secure.reply_error(secure.expect("on"), {{"name", "AccessDenied"}, {"code", 403}});
    Ended second;
    const auto [again, same_channel] = made(secure, second, call_of("c", "m"));
    answer_in(secure, again, same_channel);
    EXPECT_EQ(second.times, 1);
    EXPECT_FALSE(second.result.error);
}

TEST_F(ExchangeTest, ARefusedRequestEndsTheCall) {
    mesh.join();
    Ended ended;
    const auto [set, channel] = made(mesh, ended, call_of("c", "m"));
    mesh.reply_error(set, {{"name", "AccessDenied"}, {"code", 403}, {"message", "unauthorized"}});
    ASSERT_TRUE(ended.result.error);
    EXPECT_EQ(ended.result.error->errc, Errc::access_denied);
}

TEST_F(ExchangeTest, ARefusedSubscriptionEndsTheCallsThatWaitForIt) {
    mesh.join();
    Ended first;
    Ended second;
    mesh.exchange.call(call_of("c", "m"), mesh.now + 5s, first.done());
    mesh.exchange.call(call_of("c", "m"), mesh.now + 5s, second.done());
    mesh.reply_error(mesh.expect("on"),
                     {{"name", "AccessDenied"}, {"code", 403}, {"message", "unauthorized"}});
    for (const auto* const ended : {&first, &second}) {
        ASSERT_TRUE(ended->result.error);
        EXPECT_EQ(ended->result.error->errc, Errc::access_denied);
    }
    Ended later;  // it may be allowed by now
    mesh.exchange.call(call_of("c", "m"), mesh.now + 5s, later.done());
    mesh.expect("on");
}

TEST_F(ExchangeTest, ACallEndsAtItsDeadlineAndALateAnswerIsDroppedAndCounted) {
    mesh.join();
    Ended ended;
    const auto [set, channel] = made(mesh, ended, call_of("c", "neverMethod"));
    mesh.reply(set);
    mesh.pass(5s);
    ASSERT_TRUE(ended.result.error);
    EXPECT_EQ(ended.result.error->errc, Errc::timeout);
    answer(set, {{"status", "ok"}, {"args", {nullptr, 5}}}, channel);
    EXPECT_EQ(ended.times, 1);
    EXPECT_EQ(mesh.port.counts["happn_late_replies"], 1);
}

TEST_F(ExchangeTest, AnAnswerIsMatchedByItsWholePath) {
    mesh.join();
    Ended ended;
    const auto [set, channel] = made(mesh, ended, call_of("c", "m"));
    mesh.publish(
        channel, std::string{wide} + "TestNode/c/other/1", {{"status", "ok"}, {"args", {nullptr, 5}}});
    EXPECT_EQ(ended.times, 0);
    EXPECT_EQ(mesh.port.counts["happn_late_replies"], 1);
}

TEST_F(ExchangeTest, AnswersMayOvertakeEachOther) {
    mesh.join();
    Ended first;
    Ended second;
    const auto [one, channel] = made(mesh, first, call_of("c", "m"));
    mesh.exchange.call(call_of("c", "m"), mesh.now + 5s, second.done());
    const auto two = mesh.expect("set");
    answer(two, {{"status", "ok"}, {"args", {nullptr, "second"}}}, channel);
    answer(one, {{"status", "ok"}, {"args", {nullptr, "first"}}}, channel);
    EXPECT_EQ(first.result.answer.bytes.view(), R"("first")");
    EXPECT_EQ(second.result.answer.bytes.view(), R"("second")");
}

TEST_F(ExchangeTest, OfACallThatWasSentNobodyKnowsWhetherItHasRunWhenTheSessionIsLost) {
    mesh.join();
    Ended sent;
    Ended accepted;
    made(mesh, sent, call_of("c", "m"));
    mesh.exchange.call(call_of("c", "n"), mesh.now + 5s, accepted.done());
    mesh.reply(mesh.expect("set"));
    mesh.cut();
    for (const Ended* ended : {&sent, &accepted}) {
        EXPECT_EQ(ended->times, 1);
        ASSERT_TRUE(ended->result.error);
        EXPECT_EQ(ended->result.error->errc, Errc::timeout);
    }
    EXPECT_EQ(sent.result.error->message, "c/m has not answered: the connection to the mesh was lost: cut");
}

TEST_F(ExchangeTest, ACallThatWaitsForItsSubscriptionHasNotRunWhenTheSessionIsLost) {
    mesh.join();
    Ended waiting;
    mesh.exchange.call(call_of("c", "m"), mesh.now + 5s, waiting.done());
    mesh.expect("on");
    mesh.cut();
    ASSERT_TRUE(waiting.result.error);
    EXPECT_EQ(waiting.result.error->errc, Errc::unavailable);
}

TEST_F(ExchangeTest, AllCallsFailAtOnceWhenTheSessionIsLostAndNewOnesUseTheNewSession) {
    mesh.join();
    Ended waiting;
    Ended unsubscribed;
    made(mesh, waiting, call_of("c", "m"));
    mesh.cut();
    EXPECT_EQ(waiting.times, 1);
    mesh.exchange.call(call_of("c", "m"), mesh.now + 5s, unsubscribed.done());
    ASSERT_TRUE(unsubscribed.result.error);
    mesh.join();
    Ended again;
    mesh.exchange.call(call_of("c", "m"), mesh.now + 5s, again.done());
    mesh.expect("on");
}

TEST_F(ExchangeTest, OldMeshesNeverAnswerForAComponentTheyDoNotHave) {
    old.join();
    Ended ended;
    auto call = call_of("nope", "nope");
    call.described = false;
    const auto [set, channel] = made(old, ended, call);
    EXPECT_EQ(ended.times, 0);
    old.reply(set);  // accepted: the user may call it, so the refusal may say why
    ASSERT_TRUE(ended.result.error);
    EXPECT_EQ(ended.result.error->errc, Errc::not_found);
    EXPECT_EQ(ended.result.error->name, "NotFound");
    EXPECT_EQ(ended.result.error->message, "Call to unconfigured component: [nope.nope]");
}

TEST_F(ExchangeTest, GivesUpTheIdleSubscriptionThatWasUsedLongestAgo) {
    Conversation secure{secure_settings()};
    secure.join(true);
    Ended waiting;
    const auto [busy, busy_channel] = made(secure, waiting, call_of("c", "busy"));
    std::string first_idle;
    for (std::size_t i = 1; i < max_response_channels; ++i) {
        Ended ended;
        const auto [set, channel] = made(secure, ended, call_of("c", "m" + std::to_string(i)));
        answer_in(secure, set, channel);
        ASSERT_EQ(ended.times, 1);
        first_idle = first_idle.empty() ? channel : first_idle;
    }
    Ended last;
    secure.exchange.call(call_of("c", "one-more"), secure.now + 5s, last.done());
    EXPECT_EQ(secure.expect("off")["path"], first_idle);
    secure.reply(secure.expect("on"), {{"id", "r"}});
    secure.expect("set");
    EXPECT_TRUE(secure.port.sent.empty());
    answer_in(secure, busy, busy_channel);
    EXPECT_EQ(waiting.times, 1);
}

TEST_F(ExchangeTest, BoundsTheCallsThatWait) {
    SessionSettings settings;
    settings.max_pending = 1;
    Conversation small{settings};
    small.join();
    Ended first;
    Ended second;
    small.exchange.call(call_of("c", "m"), small.now + 5s, first.done());
    small.exchange.call(call_of("c", "m"), small.now + 5s, second.done());
    ASSERT_TRUE(second.result.error);
    EXPECT_EQ(second.result.error->errc, Errc::overloaded);
}

}  // namespace
}  // namespace happn::test
