// Why a session ends, and whether it comes back.
#include <gtest/gtest.h>

#include "adapters/happn/session_fsm.hpp"
#include "tests/unit/happn/conversation.hpp"

namespace happn::test {
namespace {

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
