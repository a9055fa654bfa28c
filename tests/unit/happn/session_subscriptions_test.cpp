// The subscriptions of a session: over reconnects, and when rights change.
#include <gtest/gtest.h>

#include "adapters/happn/session_fsm.hpp"
#include "tests/unit/happn/conversation.hpp"
#include "tests/unit/happn/session_records.hpp"

namespace happn::test {
namespace {

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
    EXPECT_EQ(mesh.fsm.trouble_of("/SET@/a"), "unauthorized");
    mesh.hear(rights_changed);
    mesh.reply(mesh.expect("on"), {{"id", "back"}});
    EXPECT_TRUE(mesh.fsm.subscribed("/SET@/a"));
    EXPECT_EQ(mesh.fsm.trouble_of("/SET@/a"), "");
    EXPECT_TRUE(mesh.port.sent.empty());
}

}  // namespace
}  // namespace happn::test
