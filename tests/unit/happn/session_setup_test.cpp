// A session up to the login: protocols, credentials, refusals; and every step of it failed in turn.
#include <gtest/gtest.h>

#include "adapters/happn/session_fsm.hpp"
#include "tests/unit/happn/conversation.hpp"
#include "tests/unit/happn/session_records.hpp"

namespace happn::test {
namespace {

using gateway::Errc;
using State = SessionFsm::State;

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
        EXPECT_EQ(mesh.fsm.trouble_of("/SET@/a"), "broken");
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

}  // namespace
}  // namespace happn::test
