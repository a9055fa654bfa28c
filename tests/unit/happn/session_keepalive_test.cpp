// How a session knows that its mesh is still there.
#include <gtest/gtest.h>

#include "adapters/happn/session_fsm.hpp"
#include "tests/unit/happn/conversation.hpp"
#include "tests/unit/happn/session_records.hpp"

namespace happn::test {
namespace {

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

}  // namespace
}  // namespace happn::test
