#include "adapters/happn/session_fsm.hpp"

#include <gtest/gtest.h>

#include "tests/unit/happn/conversation.hpp"

namespace happn::test {
namespace {

using gateway::Errc;
using State = SessionFsm::State;

// --- set-up --------------------------------------------------------------------------------------

TEST(SessionFsm, AnnouncesTheNewestProtocolFirst) {
    Conversation mesh;
    mesh.open();
    const auto frame = mesh.expect("configure-session");
    EXPECT_EQ(frame, json::parse(R"({"action":"configure-session","eventId":1,
        "data":{"protocol":"happn_4","version":"13.12.1","browser":false}})"));
    EXPECT_EQ(mesh.fsm.state(), State::configuring);
}

TEST(SessionFsm, LogsInToAnInsecureMeshWithoutSendingItsPassword) {
    Conversation mesh{secure_settings()};
    mesh.open();
    mesh.reply(mesh.expect("configure-session"));
    mesh.reply(mesh.expect("describe"), {{"name", "TestNode"}, {"secure", false}});
    const auto login = mesh.expect("login");
    EXPECT_FALSE(login["data"].contains("password"));
    EXPECT_FALSE(login["data"].contains("username"));
    mesh.reply(login, Conversation::login_answer());
    EXPECT_TRUE(mesh.fsm.ready());
    EXPECT_EQ(mesh.port.ready, 1);
    EXPECT_EQ(mesh.fsm.facts().id, session_id);
    EXPECT_EQ(mesh.fsm.facts().node_name, "TestNode");
    EXPECT_TRUE(mesh.fsm.facts().modern());
}

TEST(SessionFsm, LogsInToASecureMeshByPassword) {
    Conversation mesh{secure_settings()};
    mesh.open();
    mesh.reply(mesh.expect("configure-session"));
    mesh.reply(mesh.expect("describe"), {{"name", "TestNode"}, {"secure", true}});
    const auto login = mesh.expect("login");
    EXPECT_EQ(login["data"]["username"], "tester");
    EXPECT_EQ(login["data"]["password"], "pw");
    EXPECT_EQ(login["data"]["protocol"], "happn_4");
    mesh.reply(login, Conversation::login_answer(true));
    EXPECT_EQ(mesh.fsm.facts().username, "tester");
    EXPECT_EQ(mesh.fsm.facts().token.reveal(), "the.token");
}

TEST(SessionFsm, LogsInByTokenWithoutAPassword) {
    SessionSettings settings;
    settings.token = gateway::Secret{"abc"};
    Conversation mesh{settings};
    mesh.open();
    mesh.reply(mesh.expect("configure-session"));
    mesh.reply(mesh.expect("describe"), {{"name", "TestNode"}, {"secure", true}});
    const auto login = mesh.expect("login");
    EXPECT_EQ(login["data"]["token"], "abc");
    EXPECT_FALSE(login["data"].contains("password"));
}

TEST(SessionFsm, FallsBackToTheOldProtocolOnTheSameSocketAfterTwoSecondsOfSilence) {
    Conversation mesh;
    mesh.open();
    mesh.expect("configure-session");
    mesh.pass(1999ms);
    EXPECT_TRUE(mesh.port.sent.empty());
    mesh.pass(1ms);
    const auto second = mesh.expect("configure-session");
    EXPECT_EQ(second["data"], json::parse(R"({"protocol":"happn_1.3.0"})"));
    EXPECT_EQ(second["eventId"], 2);
    mesh.reply(second);
    const auto describe = mesh.expect("describe");
    EXPECT_FALSE(describe.contains("data"));
    EXPECT_EQ(mesh.port.dropped, 0);
    mesh.reply(describe, {{"secure", false}});
    mesh.reply(mesh.expect("login"), Conversation::login_answer());
    EXPECT_FALSE(mesh.fsm.facts().modern());
}

TEST(SessionFsm, AMeshThatAnswersTheBetterProtocolLateIsAskedForItAgain) {
    Conversation mesh;
    mesh.open();
    const auto first = mesh.expect("configure-session");
    mesh.pass(2s);
    const auto second = mesh.expect("configure-session");
    mesh.reply(first);
    const auto third = mesh.expect("configure-session");
    EXPECT_EQ(third["data"]["protocol"], "happn_4");
    mesh.reply(second);
    EXPECT_TRUE(mesh.port.sent.empty());
    mesh.reply(third);
    mesh.expect("describe");
    EXPECT_EQ(mesh.fsm.facts().protocol, "happn_4");
}

TEST(SessionFsm, RefusesAMeshThatEncryptsPayloads) {
    Conversation mesh{secure_settings()};
    mesh.open();
    mesh.reply(mesh.expect("configure-session"));
    mesh.reply(mesh.expect("describe"), {{"secure", true}, {"encryptPayloads", true}});
    EXPECT_EQ(mesh.port.dropped, 1);
    EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::refused);
    EXPECT_NE(mesh.fsm.ending().error.message.find("encryptPayloads"), std::string::npos);
    EXPECT_TRUE(mesh.port.sent.empty());
}

TEST(SessionFsm, NeedsACredentialForASecureMesh) {
    Conversation mesh;
    mesh.open();
    mesh.reply(mesh.expect("configure-session"));
    mesh.reply(mesh.expect("describe"), {{"secure", true}});
    EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::refused);
    EXPECT_EQ(mesh.fsm.ending().error.errc, Errc::unauthorized);
}

TEST(SessionFsm, ARefusedLoginIsNotTriedAgainSoon) {
    for (const int code : {401, 403}) {
        Conversation mesh{secure_settings()};
        mesh.open();
        mesh.reply(mesh.expect("configure-session"));
        mesh.reply(mesh.expect("describe"), {{"secure", true}});
        mesh.reply_error(mesh.expect("login"),
                         {{"name", "AccessDenied"}, {"code", code}, {"message", "Invalid credentials"}});
        EXPECT_EQ(mesh.port.dropped, 1);
        EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::refused);
        EXPECT_EQ(mesh.fsm.ending().error.errc, Errc::unauthorized);
        EXPECT_EQ(mesh.fsm.ending().error.code, code);
        EXPECT_EQ(mesh.fsm.ending().error.message, "Invalid credentials");
    }
}

// --- every step, failed in turn ------------------------------------------------------------------

/// Goes on until the session waits for the answer to `step`, and gives that request.
json walk_to(Conversation& mesh, State step) {
    SessionFsm::Subscribe kept;
    kept.channel = "/SET@/a";
    mesh.fsm.subscribe(kept, [](const Publication&) {}, {});
    mesh.open();
    const auto configure = mesh.expect("configure-session");
    if (step == State::configuring) return configure;
    mesh.reply(configure);
    const auto describe = mesh.expect("describe");
    if (step == State::describing) return describe;
    mesh.reply(describe, {{"secure", false}});
    const auto login = mesh.expect("login");
    if (step == State::logging_in) return login;
    mesh.reply(login, Conversation::login_answer());
    return mesh.expect("on");
}

class EachStep : public testing::TestWithParam<State> {};

TEST_P(EachStep, ACutLeavesTheSessionClosedAndAbleToComeBack) {
    Conversation mesh;
    walk_to(mesh, GetParam());
    mesh.cut();
    EXPECT_EQ(mesh.fsm.state(), State::closed);
    EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::lost);
    EXPECT_FALSE(mesh.fsm.next_deadline().has_value());
    mesh.join();
    EXPECT_TRUE(mesh.fsm.ready());
    EXPECT_TRUE(mesh.fsm.subscribed("/SET@/a"));
}

TEST_P(EachStep, SilenceEndsTheSession) {
    Conversation mesh{old_settings()};
    walk_to(mesh, GetParam());
    mesh.pass(10s);
    EXPECT_EQ(mesh.port.dropped, 1);
    EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::lost);
    EXPECT_NE(mesh.fsm.ending().error.message.find("no answer"), std::string::npos);
}

TEST_P(EachStep, AnErrorEndsTheSessionOrLeavesTheRestWorking) {
    Conversation mesh;
    mesh.reply_error(walk_to(mesh, GetParam()),
                     {{"name", "SystemError"}, {"code", 500}, {"message", "broken"}});
    if (GetParam() == State::subscribing) {
        EXPECT_TRUE(mesh.fsm.ready());
        ASSERT_EQ(mesh.fsm.refused_channels().size(), 1u);
        EXPECT_EQ(mesh.fsm.refused_channels()[0].second, "broken");
    } else {
        EXPECT_EQ(mesh.port.dropped, 1);
        EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::lost);
        EXPECT_NE(mesh.fsm.ending().error.message.find("broken"), std::string::npos);
    }
}

TEST_P(EachStep, GarbageChangesNothing) {
    Conversation mesh;
    const auto request = walk_to(mesh, GetParam());
    const auto state = mesh.fsm.state();
    for (const auto* const text :
         {"",
          "{",
          "null",
          "[]",
          "[[[]]]",
          R"({"_meta":5})",
          R"({"_meta":{"eventId":"x","status":"ok"}})",
          "\xff\xfe",
          R"({"data":{},"_meta":{"type":"response","status":"ok","eventId":99999}})",
          R"({"data":null,"_meta":{"type":"response","status":"ok","published":false},"__outbound":true})"}) {
        mesh.hear_text(text);
    }
    EXPECT_EQ(mesh.fsm.state(), state);
    EXPECT_EQ(mesh.port.dropped, 0);
    EXPECT_TRUE(mesh.port.sent.empty());
    EXPECT_GT(mesh.port.counts["happn_frames_invalid"], 0);
    if (state == State::logging_in) {
        mesh.reply(request, Conversation::login_answer());
        EXPECT_EQ(mesh.fsm.state(), State::subscribing);
    }
}

INSTANTIATE_TEST_SUITE_P(
    SessionFsm,
    EachStep,
    testing::Values(State::configuring, State::describing, State::logging_in, State::subscribing));

TEST(SessionFsm, ALoginWithoutASessionIdIsAFailure) {
    Conversation mesh;
    mesh.reply(walk_to(mesh, State::logging_in), {{"happn", {{"name", "x"}}}});
    EXPECT_EQ(mesh.port.dropped, 1);
    EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::lost);
}

// --- keepalive -----------------------------------------------------------------------------------

TEST(SessionFsm, AnswersTheServersPingWithTheSameNumber) {
    Conversation mesh;
    mesh.join();
    mesh.hear_text(R"("primus::ping::1795373968745")");
    EXPECT_EQ(mesh.expect_control(), "primus::pong::1795373968745");
}

TEST(SessionFsm, PingsEveryTwentyFiveSeconds) {
    Conversation mesh;
    mesh.join();
    EXPECT_EQ(mesh.fsm.next_deadline(), mesh.now + 25s);
    for (int round = 0; round < 3; ++round) {
        mesh.pass(25s);
        const auto ping = mesh.expect_control().get<std::string>();
        EXPECT_TRUE(ping.starts_with("primus::ping::")) << ping;
        mesh.hear(json("primus::pong::" + ping.substr(14)));
        mesh.pass(0s);
    }
    EXPECT_EQ(mesh.port.dropped, 0);
}

TEST(SessionFsm, GivesASilentMeshUpTenSecondsAfterThePing) {
    Conversation mesh;
    mesh.join();
    mesh.pass(25s);
    mesh.expect_control();
    mesh.pass(9999ms);
    EXPECT_EQ(mesh.port.dropped, 0);
    mesh.pass(1ms);
    EXPECT_EQ(mesh.port.dropped, 1);
    EXPECT_NE(mesh.fsm.ending().error.message.find("silent"), std::string::npos);
}

TEST(SessionFsm, DoesNotPingAgainWhileItWaitsForAnAnswer) {
    SessionSettings settings;
    settings.ping_interval = 1s;
    settings.pong_timeout = 3s;
    Conversation mesh{settings};
    mesh.join();
    mesh.pass(1s);
    mesh.expect_control();
    mesh.pass(2s);
    EXPECT_TRUE(mesh.port.sent.empty());
    EXPECT_EQ(mesh.fsm.next_deadline(), mesh.now + 1s);
    mesh.pass(1s);
    EXPECT_EQ(mesh.port.dropped, 1) << "given up after the timeout, not after a ping that puts it off";
}

TEST(SessionFsm, AnythingHeardCountsAsALifeSign) {
    Conversation mesh;
    mesh.join();
    mesh.pass(25s);
    mesh.hear_text(R"("primus::ping::1")");
    mesh.pass(10s);
    EXPECT_EQ(mesh.port.dropped, 0);
}

// --- asking --------------------------------------------------------------------------------------

struct Asked {
    SessionFsm::OnAnswer done() {
        return [this](const SessionFsm::Answer& answer) {
            ++times;
            if (answer) {
                data = std::string{(*answer)->data};
                items = std::string{(*answer)->items};
            } else {
                error = answer.error();
            }
        };
    }
    int times = 0;
    std::string data, items;
    std::optional<gateway::Error> error;
};

SessionFsm::Ask get(std::string_view path) {
    SessionFsm::Ask ask;
    ask.action = "get";
    ask.path = path;
    ask.data = "null";
    ask.options = "{}";
    return ask;
}

TEST(SessionFsm, CarriesTheSessionIdAndGrowingEventIds) {
    Conversation mesh;
    mesh.join();
    Asked asked;
    mesh.fsm.ask(get("/a"), mesh.now + 5s, asked.done());
    EXPECT_EQ(mesh.expect("get"),
              (json{{"action", "get"},
                    {"eventId", 4},
                    {"path", "/a"},
                    {"data", nullptr},
                    {"sessionId", session_id},
                    {"options", json::object()}}));
}

TEST(SessionFsm, MatchesAnswersByEventIdAlone) {
    Conversation mesh;
    mesh.join();
    Asked first;
    Asked second;
    mesh.fsm.ask(get("/a"), mesh.now + 5s, first.done());
    mesh.fsm.ask(get("/*"), mesh.now + 5s, second.done());
    const auto one = mesh.expect("get");
    const auto two = mesh.expect("get");
    mesh.hear_text(R"([{"x":1},{"type":"response","status":"ok","eventId":)" + two["eventId"].dump() + "}]");
    EXPECT_EQ(first.times, 0);
    EXPECT_EQ(second.items, R"({"x":1})");
    mesh.reply(one, {{"y", 2}});
    EXPECT_EQ(first.data, R"({"y":2})");
    mesh.reply(one, {{"y", 3}});
    EXPECT_EQ(first.times, 1);
    EXPECT_EQ(mesh.port.counts["happn_late_replies"], 1);
}

TEST(SessionFsm, HandsTheMeshsErrorOn) {
    Conversation mesh;
    mesh.join();
    Asked asked;
    mesh.fsm.ask(get("/a"), mesh.now + 5s, asked.done());
    mesh.reply_error(
        mesh.expect("get"),
        {{"name", "AccessDenied"}, {"code", 403}, {"message", "unauthorized"}, {"reason", "because"}});
    ASSERT_TRUE(asked.error);
    EXPECT_EQ(asked.error->errc, Errc::access_denied);
    EXPECT_EQ(asked.error->code, 403);
    EXPECT_EQ(json::parse(asked.error->detail.view())["reason"], "because");
}

TEST(SessionFsm, AnAnswerWithoutStatusIsAnError) {
    Conversation mesh;
    mesh.join();
    Asked asked;
    mesh.fsm.ask(get("/a"), mesh.now + 5s, asked.done());
    mesh.hear({{"data", 1}, {"_meta", {{"type", "response"}, {"eventId", mesh.expect("get")["eventId"]}}}});
    EXPECT_TRUE(asked.error);
}

TEST(SessionFsm, ARequestEndsAtItsDeadline) {
    Conversation mesh;
    mesh.join();
    Asked asked;
    mesh.fsm.ask(get("/a"), mesh.now + 5s, asked.done());
    EXPECT_EQ(mesh.fsm.next_deadline(), mesh.now + 5s);
    mesh.pass(4999ms);
    EXPECT_EQ(asked.times, 0);
    mesh.pass(1ms);
    ASSERT_TRUE(asked.error);
    EXPECT_EQ(asked.error->errc, Errc::timeout);
    EXPECT_EQ(mesh.fsm.pending(), 0u);
}

TEST(SessionFsm, AllThatWaitsFailsAtOnceWhenTheSessionIsLost) {
    Conversation mesh;
    mesh.join();
    Asked first;
    Asked second;
    mesh.fsm.ask(get("/a"), mesh.now + 60s, first.done());
    mesh.fsm.ask(get("/b"), mesh.now + 60s, second.done());
    mesh.cut();
    for (const auto* const asked : {&first, &second}) {
        ASSERT_TRUE(asked->error);
        EXPECT_EQ(asked->error->errc, Errc::unavailable);
        EXPECT_EQ(asked->times, 1);
    }
}

TEST(SessionFsm, RefusesToAskWhileNotConnected) {
    Conversation mesh;
    Asked asked;
    mesh.fsm.ask(get("/a"), mesh.now + 60s, asked.done());
    ASSERT_TRUE(asked.error);
    EXPECT_EQ(asked.error->errc, Errc::unavailable);
}

TEST(SessionFsm, BoundsWhatWaits) {
    SessionSettings settings;
    settings.max_pending = 1;
    Conversation mesh{settings};
    mesh.join();
    Asked first;
    Asked second;
    mesh.fsm.ask(get("/a"), mesh.now + 5s, first.done());
    mesh.fsm.ask(get("/b"), mesh.now + 5s, second.done());
    EXPECT_EQ(first.times, 0);
    ASSERT_TRUE(second.error);
    EXPECT_EQ(second.error->errc, Errc::overloaded);
}

TEST(SessionFsm, AHandlerMayAskAgainWhileTheSessionIsBeingLost) {
    Conversation mesh;
    mesh.join();
    Asked again;
    mesh.fsm.ask(get("/a"), mesh.now + 60s, [&](const SessionFsm::Answer&) {
        mesh.fsm.ask(get("/b"), mesh.now + 60s, again.done());
    });
    mesh.cut();
    ASSERT_TRUE(again.error);
    EXPECT_EQ(again.error->errc, Errc::unavailable);
}

// --- subscriptions -------------------------------------------------------------------------------

struct Heard {
    SessionFsm::OnPublication handler() {
        return [this](const Publication& publication) {
            paths.emplace_back(publication.path);
            data.emplace_back(publication.data);
            last_removed = publication.removed;
            last_initial = publication.initial;
        };
    }
    std::vector<std::string> paths, data;
    bool last_removed = false;
    bool last_initial = false;
};

SessionFsm::Subscribe channel(std::string name) {
    SessionFsm::Subscribe subscription;
    subscription.channel = std::move(name);
    return subscription;
}

TEST(SessionFsm, SubscribesInTheDialectOfTheMesh) {
    Conversation modern;
    modern.join();
    modern.fsm.subscribe(channel("/ALL@/t/*"), [](const Publication&) {}, {});
    EXPECT_EQ(modern.expect("on")["options"],
              json::parse(R"({"event_type":"all","count":0,"timeout":60000})"));

    Conversation old{old_settings()};
    old.join();
    old.fsm.subscribe(channel("/SET@/t/*"), [](const Publication&) {}, {});
    EXPECT_EQ(old.expect("on")["options"],
              json::parse(R"({"event_type":"set","count":0,"listenerId":0,"refCount":1,"timeout":60000})"));
}

TEST(SessionFsm, AsksForEnoughDepthBelowADoubleStar) {
    Conversation mesh;
    mesh.join();
    mesh.fsm.subscribe(channel("/SET@/t/**"), [](const Publication&) {}, {});
    EXPECT_GE(mesh.expect("on")["options"]["depth"], 32);
}

TEST(SessionFsm, DispatchesPublicationsByTheirChannel) {
    Conversation mesh;
    Heard wide;
    Heard narrow;
    mesh.fsm.subscribe(channel("/ALL@/t/*"), wide.handler(), {});
    mesh.fsm.subscribe(channel("/SET@/t/a"), narrow.handler(), {});
    mesh.join();
    mesh.publish("/SET@/t/a", "/t/a", {{"a", 1}});
    mesh.publish("/ALL@/t/*", "/t/b", {{"removed", 1}}, {{"action", "/REMOVE@/t/b"}});
    mesh.publish("/ALL@/other", "/other", 1);
    EXPECT_EQ(narrow.data, std::vector<std::string>{R"({"a":1})"});
    EXPECT_EQ(wide.paths, std::vector<std::string>{"/t/b"});
    EXPECT_TRUE(wide.last_removed);
    EXPECT_EQ(mesh.port.counts["happn_publications_unmatched"], 1);
}

TEST(SessionFsm, KeepsSubscriptionsFreeForThoseWhoDoNotYield) {
    SessionSettings settings;
    settings.max_subscriptions = 3;
    settings.reserved_subscriptions = 1;
    Conversation mesh{settings};
    mesh.join();
    std::vector<std::string> refused;
    const auto subscribe = [&](const char* name, bool yields) {
        auto wanted = channel(name);
        wanted.yields = yields;
        mesh.fsm.subscribe(
            std::move(wanted),
            [](const Publication&) {},
            [&, name](const auto& answer) {
                if (!answer && answer.error().errc == gateway::Errc::overloaded) refused.emplace_back(name);
            });
    };
    subscribe("/SET@/a", true);
    subscribe("/SET@/b", true);
    subscribe("/SET@/c", true);
    EXPECT_EQ(refused, std::vector<std::string>{"/SET@/c"});
    subscribe("/SET@/d", false);
    EXPECT_EQ(refused.size(), 1U) << "it takes the reserved one";
    subscribe("/SET@/e", false);
    EXPECT_EQ(refused.size(), 2U);
}

TEST(SessionFsm, SubscribesAgainAfterAReconnect) {
    Conversation mesh;
    Heard heard;
    mesh.fsm.subscribe(channel("/SET@/t/a"), heard.handler(), {});
    mesh.join();
    mesh.cut();
    mesh.open();
    mesh.reply(mesh.expect("configure-session"));
    mesh.reply(mesh.expect("describe"), {{"secure", false}});
    mesh.reply(mesh.expect("login"), Conversation::login_answer());
    EXPECT_FALSE(mesh.fsm.ready());
    const auto on = mesh.expect("on");
    EXPECT_EQ(on["path"], "/SET@/t/a");
    mesh.reply(on, {{"id", "r"}});
    EXPECT_TRUE(mesh.fsm.ready());
    mesh.publish("/SET@/t/a", "/t/a", 7);
    EXPECT_EQ(heard.data, std::vector<std::string>{"7"});
}

TEST(SessionFsm, ForgetsSubscriptionsThatBelongToOneSession) {
    Conversation mesh;
    mesh.join();
    auto response = channel("/SET@/_exchange/responses/x/*");
    response.keep = false;
    Asked asked;
    mesh.fsm.subscribe(
        response, [](const Publication&) {}, asked.done());
    mesh.cut();
    ASSERT_TRUE(asked.error);
    mesh.open();
    mesh.reply(mesh.expect("configure-session"));
    mesh.reply(mesh.expect("describe"), {{"secure", false}});
    mesh.reply(mesh.expect("login"), Conversation::login_answer());
    EXPECT_TRUE(mesh.port.sent.empty());
    EXPECT_TRUE(mesh.fsm.ready());
}

TEST(SessionFsm, DeliversStoredValuesFirstWhereTheyAreAskedFor) {
    Conversation mesh;
    mesh.join();
    Heard heard;
    auto subscription = channel("/SET@/d/*");
    subscription.initial = true;
    mesh.fsm.subscribe(subscription, heard.handler(), {});
    const auto on = mesh.expect("on");
    EXPECT_EQ(on["options"]["initialCallback"], true);
    mesh.reply(
        on,
        json::array({{{"x", 1}, {"_meta", {{"path", "/d/a"}}}}, {{"x", 2}, {"_meta", {{"path", "/d/b"}}}}}));
    EXPECT_EQ(heard.paths, (std::vector<std::string>{"/d/a", "/d/b"}));
    EXPECT_TRUE(heard.last_initial);
}

TEST(SessionFsm, AStoredValueOfAPlainChannelMayComeWithoutItsPath) {
    Conversation mesh{old_settings()};
    mesh.join();
    Heard heard;
    auto subscription = channel("/ALL@/d/a");
    subscription.initial = true;
    mesh.fsm.subscribe(subscription, heard.handler(), {});
    mesh.reply(mesh.expect("on"), json::array({{{"x", 1}, {"_meta", {{"published", true}}}}}));
    EXPECT_EQ(heard.paths, std::vector<std::string>{"/d/a"});
}

TEST(SessionFsm, UnsubscribesByReferenceOrByListener) {
    Conversation modern;
    modern.join();
    modern.fsm.subscribe(channel("/SET@/a"), [](const Publication&) {}, {});
    modern.reply(modern.expect("on"), {{"id", "ref"}});
    modern.fsm.unsubscribe("/SET@/a");
    const auto off = modern.expect("off");
    EXPECT_EQ(off["path"], "/SET@/a");
    EXPECT_EQ(off["options"]["referenceId"], "ref");

    Conversation old{old_settings()};
    old.join();
    old.fsm.subscribe(channel("/SET@/a"), [](const Publication&) {}, {});
    old.reply(old.expect("on"), json::object());
    old.fsm.unsubscribe("/SET@/a");
    EXPECT_EQ(old.expect("off")["options"], json::parse(R"({"refCount":1,"listenerId":0,"timeout":60000})"));
}

TEST(SessionFsm, ASubscriptionGivenUpBeforeItsAnswerIsEndedWhenTheAnswerComes) {
    Conversation mesh;
    mesh.join();
    mesh.fsm.subscribe(channel("/SET@/a"), [](const Publication&) {}, {});
    const auto first = mesh.expect("on");
    mesh.fsm.unsubscribe("/SET@/a");
    EXPECT_TRUE(mesh.port.sent.empty());
    mesh.fsm.subscribe(channel("/SET@/a"), [](const Publication&) {}, {});
    const auto second = mesh.expect("on");
    mesh.reply(first, {{"id", "ref-1"}});
    EXPECT_EQ(mesh.expect("off")["options"]["referenceId"], "ref-1");
    EXPECT_FALSE(mesh.fsm.subscribed("/SET@/a"));
    mesh.reply(second, {{"id", "ref-2"}});
    EXPECT_TRUE(mesh.fsm.subscribed("/SET@/a"));
    EXPECT_TRUE(mesh.port.sent.empty());
}

TEST(SessionFsm, ASubscriptionAfterALongSilenceHasItsWholeTimeToBeAnswered) {
    Conversation mesh;
    mesh.join();
    mesh.now += 11s;
    Asked asked;
    mesh.fsm.subscribe(
        channel("/SET@/a"), [](const Publication&) {}, asked.done());
    const auto on = mesh.expect("on");
    mesh.pass(9s);
    EXPECT_FALSE(asked.error);
    mesh.reply(on, {{"id", "r"}});
    EXPECT_TRUE(mesh.fsm.subscribed("/SET@/a"));
    EXPECT_EQ(mesh.port.counts["happn_late_replies"], 0);
}

TEST(SessionFsm, TheEndOfASubscriptionAfterALongSilenceIsNoLateReply) {
    Conversation mesh;
    mesh.fsm.subscribe(channel("/SET@/a"), [](const Publication&) {}, {});
    mesh.join();
    mesh.now += 11s;
    mesh.fsm.unsubscribe("/SET@/a");
    const auto off = mesh.expect("off");
    mesh.pass(1s);
    mesh.reply(off);
    EXPECT_EQ(mesh.port.counts["happn_late_replies"], 0);
}

TEST(SessionFsm, AcknowledgesWhereThePublisherWaitsForIt) {
    Conversation mesh;
    mesh.fsm.subscribe(channel("/SET@/a"), [](const Publication&) {}, {});
    mesh.join();
    mesh.publish("/SET@/a", "/a", 1, {{"consistency", 3}, {"publicationId", "p-7"}});
    const auto ack = mesh.expect("ack");
    EXPECT_EQ(ack["data"], "p-7");
    EXPECT_EQ(ack["sessionId"], session_id);
}

/// A session with a handler that keeps the receipt of what was published to it.
struct Keeper {
    Keeper() {
        mesh.fsm.subscribe(channel("/SET@/a"),
                           [this](const Publication& publication) {
                               receipt = publication.receipt;
                               if (receipt) receipt->share();
                           },
                           {});
        mesh.join();
    }
    void publish(int consistency) {
        mesh.publish("/SET@/a", "/a", 1, {{"consistency", consistency}, {"publicationId", "p-7"}});
    }

    Conversation mesh;
    std::shared_ptr<gateway::Receipt> receipt;
};

TEST(SessionFsm, AcknowledgesWhenEverybodyWhoWasHandedThePublicationHasDeliveredIt) {
    Keeper keeper;
    keeper.publish(3);
    ASSERT_NE(keeper.receipt, nullptr);
    EXPECT_TRUE(keeper.mesh.port.sent.empty());
    keeper.receipt->end(gateway::Fate::delivered);
    EXPECT_EQ(keeper.mesh.expect("ack")["data"], "p-7");
}

TEST(SessionFsm, DoesNotAcknowledgeWhatCouldNotBeDelivered) {
    Keeper keeper;
    keeper.publish(3);
    keeper.receipt->end(gateway::Fate::dropped);
    EXPECT_TRUE(keeper.mesh.port.sent.empty());
}

TEST(SessionFsm, AcknowledgesNothingThatAnEarlierSessionWasSent) {
    Keeper keeper;
    keeper.publish(3);
    keeper.mesh.fsm.on_closed("cut");
    keeper.receipt->end(gateway::Fate::delivered);
    EXPECT_TRUE(keeper.mesh.port.sent.empty());
}

TEST(SessionFsm, GivesNoReceiptWhereNobodyWaitsForIt) {
    Keeper keeper;
    keeper.publish(2);
    EXPECT_EQ(keeper.receipt, nullptr);
}

TEST(SessionFsm, AHandlerMayUnsubscribeItself) {
    Conversation mesh;
    int times = 0;
    mesh.fsm.subscribe(channel("/SET@/a"),
                       [&](const Publication&) {
                           ++times;
                           mesh.fsm.unsubscribe("/SET@/a");
                       },
                       {});
    mesh.join();
    mesh.publish("/SET@/a", "/a", 1);
    mesh.publish("/SET@/a", "/a", 2);
    EXPECT_EQ(times, 1);
}

// --- publications that wait for their subscribers ------------------------------------------------

struct Acknowledged {
    SessionFsm::OnAnswer on_accepted() {
        return [this](const SessionFsm::Answer& answer) {
            ++accepted;
            error = answer ? std::nullopt : std::optional{answer.error()};
        };
    }
    SessionFsm::OnAcknowledged on_acknowledged() {
        return [this](std::optional<gateway::Error> why) {
            ++acknowledged;
            error = std::move(why);
        };
    }
    void ask(Conversation& mesh) {
        SessionFsm::Ask set;
        set.action = "set";
        set.path = "/a";
        set.data = "1";
        mesh.fsm.ask_acknowledged(set, mesh.now + 5s, on_accepted(), on_acknowledged());
    }

    int accepted = 0;
    int acknowledged = 0;
    std::optional<gateway::Error> error;
};

json ack_of(const json& request, const char* status) {
    return {{"action", "publication-ack"},
            {"status", status},
            {"_meta", {{"type", "ack"}, {"eventId", request["eventId"]}}}};
}

TEST(SessionFsm, AnAcknowledgedPublicationIsAcceptedFirst) {
    Conversation mesh;
    mesh.join();
    Acknowledged set;
    set.ask(mesh);
    const auto request = mesh.expect("set");
    mesh.reply(request);
    EXPECT_EQ(set.accepted, 1);
    EXPECT_EQ(set.acknowledged, 0);
    mesh.hear(ack_of(request, "ok"));
    EXPECT_EQ(set.acknowledged, 1);
    EXPECT_FALSE(set.error);
    EXPECT_EQ(mesh.fsm.pending(), 0u);
}

TEST(SessionFsm, AnAcknowledgementMayOvertakeTheAnswer) {
    Conversation mesh;
    mesh.join();
    Acknowledged set;
    set.ask(mesh);
    const auto request = mesh.expect("set");
    mesh.hear(ack_of(request, "ok"));
    EXPECT_EQ(set.accepted + set.acknowledged, 0);
    mesh.reply(request);
    EXPECT_EQ(set.accepted, 1);
    EXPECT_EQ(set.acknowledged, 1);
    EXPECT_FALSE(set.error);
}

TEST(SessionFsm, ASecondAnswerIsNoAcknowledgementAndDoesNoHarm) {
    for (const bool ok : {true, false}) {
        Conversation mesh;
        mesh.join();
        Acknowledged set;
        set.ask(mesh);
        const auto request = mesh.expect("set");
        mesh.reply(request);
        ok ? mesh.reply(request) : mesh.reply_error(request, {{"name", "Error"}, {"message", "no"}});
        EXPECT_EQ(set.accepted, 1);
        EXPECT_EQ(set.acknowledged, 0);
        EXPECT_EQ(mesh.port.counts["happn_late_replies"], 1);
        mesh.hear(ack_of(request, "ok"));
        EXPECT_EQ(set.acknowledged, 1);
        EXPECT_FALSE(set.error);
    }
}

TEST(SessionFsm, APublicationThatNotEverybodyAcknowledgesFails) {
    Conversation mesh;
    mesh.join();
    Acknowledged set;
    set.ask(mesh);
    const auto request = mesh.expect("set");
    mesh.reply(request);
    mesh.hear(ack_of(request, "error"));
    EXPECT_EQ(set.acknowledged, 1);
    ASSERT_TRUE(set.error);
    EXPECT_EQ(set.error->errc, Errc::mesh_error);
}

TEST(SessionFsm, WhatIsNotAcknowledgedEndsOnceWithItsDeadlineOrItsSession) {
    Conversation mesh;
    mesh.join();
    Acknowledged late;
    late.ask(mesh);
    mesh.reply(mesh.expect("set"));
    mesh.pass(5s);
    EXPECT_EQ(late.acknowledged, 1);
    EXPECT_EQ(late.error.value().errc, Errc::timeout);
    Acknowledged cut;
    cut.ask(mesh);
    mesh.reply(mesh.expect("set"));
    mesh.cut();
    EXPECT_EQ(cut.acknowledged, 1);
    EXPECT_EQ(cut.error.value().errc, Errc::unavailable);
    EXPECT_EQ(late.acknowledged, 1);
}

TEST(SessionFsm, ARefusedPublicationIsNeverAcknowledged) {
    Conversation mesh;
    mesh.join();
    Acknowledged set;
    set.ask(mesh);
    mesh.reply_error(mesh.expect("set"), {{"name", "AccessDenied"}, {"code", 403}});
    EXPECT_EQ(set.accepted, 1);
    EXPECT_EQ(set.acknowledged, 0);
    EXPECT_EQ(set.error.value().errc, Errc::access_denied);
    EXPECT_EQ(mesh.fsm.pending(), 0u);
}

// --- rights that change --------------------------------------------------------------------------

const json rights_changed{{"_meta", {{"type", "system"}}},
                          {"eventKey", "security-data-changed"},
                          {"data", {{"whatHappnd", "permission-removed"}}}};

TEST(SessionFsm, SubscribesAgainWhenRightsHaveChangedAndGivesUpTheFormer) {
    Conversation mesh{secure_settings()};
    mesh.fsm.subscribe(channel("/SET@/a"), [](const Publication&) {}, {});
    mesh.join(true);
    mesh.hear(rights_changed);
    mesh.reply(mesh.expect("on"), {{"id", "again"}});
    EXPECT_EQ(mesh.expect("off")["options"]["referenceId"], "ref-1");
    EXPECT_TRUE(mesh.fsm.subscribed("/SET@/a"));
    EXPECT_TRUE(mesh.port.sent.empty());
}

TEST(SessionFsm, IsLostWhenTheMeshDoesNotAnswerASubscriptionThatIsMadeAgain) {
    Conversation mesh{secure_settings()};
    mesh.fsm.subscribe(channel("/SET@/a"), [](const Publication&) {}, {});
    mesh.join(true);
    mesh.hear(rights_changed);
    mesh.expect("on");
    mesh.pass(10s);
    EXPECT_EQ(mesh.port.dropped, 1);
    EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::lost);
}

TEST(SessionFsm, ASubscriptionThatLosesItsRightIsRefusedUntilTheRightIsBack) {
    Conversation mesh{secure_settings()};
    mesh.fsm.subscribe(channel("/SET@/a"), [](const Publication&) {}, {});
    mesh.join(true);
    mesh.hear(rights_changed);
    mesh.reply_error(mesh.expect("on"),
                     {{"name", "AccessDenied"}, {"code", 403}, {"message", "unauthorized"}});
    EXPECT_FALSE(mesh.fsm.subscribed("/SET@/a"));
    EXPECT_EQ(mesh.fsm.refused_channels().size(), 1u);
    mesh.hear(rights_changed);
    mesh.reply(mesh.expect("on"), {{"id", "back"}});
    EXPECT_TRUE(mesh.fsm.subscribed("/SET@/a"));
    EXPECT_TRUE(mesh.fsm.refused_channels().empty());
    EXPECT_TRUE(mesh.port.sent.empty());
}

// --- endings -------------------------------------------------------------------------------------

TEST(SessionFsm, StaysAwayWhenToldSo) {
    Conversation mesh;
    mesh.join();
    mesh.hear({{"_meta", {{"type", "system"}}},
               {"eventKey", "server-side-disconnect"},
               {"data", {{"reason", "reconnect-false"}}}});
    mesh.hear_text(R"("primus::server::close")");
    EXPECT_EQ(mesh.port.dropped, 1);
    EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::dismissed);
    EXPECT_NE(mesh.fsm.ending().error.message.find("reconnect-false"), std::string::npos);
}

TEST(SessionFsm, ComesBackSoonWhenOnlyItsTokenIsOver) {
    for (const auto* const reason :
         {"token-revoked", "token-expired", "inactivity-threshold", "usage-limit"}) {
        Conversation mesh;
        mesh.join();
        mesh.hear({{"_meta", {{"type", "system"}}},
                   {"eventKey", "server-side-disconnect"},
                   {"data", {{"reason", reason}}}});
        mesh.hear_text(R"("primus::server::close")");
        EXPECT_EQ(mesh.port.dropped, 1);
        EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::lost);
        EXPECT_NE(mesh.fsm.ending().error.message.find(reason), std::string::npos);
        mesh.cut();
        mesh.join();
        EXPECT_TRUE(mesh.fsm.ready());
    }
}

TEST(SessionFsm, AbandonedItIsLostAndComesBack) {
    Conversation mesh;
    mesh.join();
    mesh.fsm.abandon("revoked");
    EXPECT_EQ(mesh.port.dropped, 1);
    mesh.cut();
    EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::lost);
    EXPECT_EQ(mesh.fsm.ending().error.message, "revoked");
}

TEST(SessionFsm, AMeshThatStopsMayBeComeBackTo) {
    Conversation mesh{old_settings()};
    mesh.join();
    mesh.hear_text(
        R"({"_meta":{"type":"system"},"eventKey":"server-side-disconnect","data":"server-side-disconnect","__outbound":true})");
    mesh.cut();
    EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::lost);
    EXPECT_NE(mesh.fsm.ending().error.message.find("server-side-disconnect"), std::string::npos);
}

TEST(SessionFsm, AFailedConnectDoesNotRepeatAnOlderReason) {
    Conversation mesh{secure_settings()};
    mesh.open();
    mesh.reply(mesh.expect("configure-session"));
    mesh.reply(mesh.expect("describe"), {{"secure", true}});
    mesh.reply_error(mesh.expect("login"), {{"name", "AccessDenied"}, {"code", 401}, {"message", "no"}});
    mesh.fsm.on_closed("closed");
    EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::refused);
    mesh.fsm.on_closed("cannot connect: Connection refused");
    EXPECT_EQ(mesh.fsm.ending().kind, Ending::Kind::lost);
    EXPECT_EQ(mesh.fsm.ending().error.message, "cannot connect: Connection refused");
}

TEST(SessionFsm, SaysGoodbyeToOldMeshesAndWaitsForTheAnswer) {
    Conversation mesh{old_settings()};
    mesh.join();
    mesh.fsm.disconnect(mesh.now);
    const auto goodbye = mesh.expect("disconnect");
    EXPECT_EQ(mesh.port.dropped, 0);
    mesh.reply(goodbye);
    EXPECT_EQ(mesh.port.dropped, 1);
}

TEST(SessionFsm, LeavesNewerMeshesAtOnceAsTheyDoNotAnswer) {
    Conversation mesh;
    mesh.join();
    mesh.fsm.disconnect(mesh.now);
    EXPECT_TRUE(mesh.port.sent.empty());
    EXPECT_EQ(mesh.port.dropped, 1);
}

}  // namespace
}  // namespace happn::test
