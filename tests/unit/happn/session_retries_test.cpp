// Subscriptions that the mesh does not answer, or refuses: they are tried again until it has them, and it has
// each of them once.
#include <gtest/gtest.h>

#include "adapters/happn/session_fsm.hpp"
#include "tests/unit/happn/conversation.hpp"
#include "tests/unit/happn/session_records.hpp"

namespace happn::test {
namespace {

using gateway::Errc;

constexpr const char* name = "/SET@/a";
const json denied{{"name", "AccessDenied"}, {"code", 403}, {"message", "unauthorized"}};

/// A session that has asked for one subscription, once it was ready.
class SubscribedTo : public Conversation {
public:
    explicit SubscribedTo(SessionSettings settings = {}, bool keep = true)
        : Conversation{std::move(settings)} {
        join();
        auto wanted = channel(name);
        wanted.keep = keep;
        wanted.initial = true;
        wanted.on_refused = [this](const gateway::Error&) { ++refused; };
        wanted.on_made = [this] { ++made_later; };
        fsm.subscribe(std::move(wanted), heard.handler(), asked.done());
    }

    bool made() const { return fsm.subscribed(name); }
    std::string_view trouble() const { return fsm.trouble_of(name); }
    void expect_nothing() { EXPECT_TRUE(port.sent.empty()) << port.sent.front().dump(); }

    /// Newer meshes name what they have taken.
    void take(const json& on, const std::string& reference) {
        const json answer = fsm.facts().modern() ? json{{"id", reference}} : json::object();
        reply(on, answer);
    }

    Asked asked;
    Heard heard;
    int refused = 0;
    int made_later = 0;
};

TEST(SubscriptionWithoutAnAnswer, IsTriedAgainUntilTheMeshHasIt) {
    SubscribedTo mesh;
    mesh.expect("on");
    mesh.pass(10s);
    ASSERT_TRUE(mesh.asked.error);
    EXPECT_EQ(mesh.asked.error->errc, Errc::timeout);
    EXPECT_FALSE(mesh.trouble().empty());
    mesh.pass(999ms);
    mesh.expect_nothing();
    EXPECT_EQ(mesh.fsm.next_deadline(), mesh.now + 1ms);
    mesh.pass(1ms);
    mesh.take(mesh.expect("on"), "r");
    EXPECT_TRUE(mesh.made());
    EXPECT_TRUE(mesh.trouble().empty());
    EXPECT_EQ(mesh.asked.times, 1) << "it was told once, that it took too long";
    EXPECT_EQ(mesh.made_later, 1);
    EXPECT_EQ(mesh.refused, 0) << "the mesh has said nothing";
    EXPECT_TRUE(mesh.fsm.ready()) << "others go on meanwhile";
}

TEST(SubscriptionWithoutAnAnswer, WaitsTwiceAsLongEachTimeAndNotForEver) {
    SessionSettings settings;
    settings.ping_interval = 24h;
    SubscribedTo mesh{settings};
    for (const auto pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
        mesh.expect("on");
        mesh.pass(10s);
        mesh.pass(pause - 1ms);
        mesh.expect_nothing();
        mesh.pass(1ms);
    }
    mesh.take(mesh.expect("on"), "r");
    EXPECT_TRUE(mesh.made());
    mesh.pass(1min);
    mesh.expect_nothing();
}

TEST(SubscriptionWithoutAnAnswer, IsMadeByALateAnswerToo) {
    SubscribedTo mesh;
    const auto first = mesh.expect("on");
    mesh.pass(10s);
    mesh.reply(first, json::array({{{"x", 1}, {"_meta", {{"path", "/a"}}}}}), {{"referenceId", "late"}});
    EXPECT_TRUE(mesh.made());
    EXPECT_EQ(mesh.heard.paths, std::vector<std::string>{"/a"}) << "with what is stored";
    EXPECT_EQ(mesh.made_later, 1);
    mesh.pass(10s);
    mesh.expect_nothing();
    mesh.fsm.unsubscribe(name);
    EXPECT_EQ(mesh.expect("off")["options"]["referenceId"], "late");
}

TEST(SubscriptionWithoutAnAnswer, IsHeldOnceByAMeshThatAnswersEveryTryInTheEnd) {
    SubscribedTo mesh;
    const auto first = mesh.expect("on");
    mesh.pass(10s);
    mesh.pass(1s);
    const auto second = mesh.expect("on");
    mesh.take(first, "r1");
    EXPECT_TRUE(mesh.made());
    mesh.take(second, "r2");
    EXPECT_EQ(mesh.expect("off")["options"]["referenceId"], "r1");
    EXPECT_TRUE(mesh.made());
    EXPECT_EQ(mesh.made_later, 1);
    mesh.fsm.unsubscribe(name);
    EXPECT_EQ(mesh.expect("off")["options"]["referenceId"], "r2");
    mesh.expect_nothing();
}

TEST(SubscriptionWithoutAnAnswer, IsHeldOnceByAnOldMeshTooWhichCountsListeners) {
    SubscribedTo mesh{old_settings()};
    const auto first = mesh.expect("on");
    mesh.pass(10s);
    mesh.pass(1s);
    const auto second = mesh.expect("on");
    EXPECT_NE(first["options"]["listenerId"], second["options"]["listenerId"]);
    mesh.take(first, "");
    mesh.take(second, "");
    EXPECT_EQ(mesh.expect("off")["options"]["listenerId"], first["options"]["listenerId"]);
    EXPECT_TRUE(mesh.made());
    mesh.fsm.unsubscribe(name);
    EXPECT_EQ(mesh.expect("off")["options"]["listenerId"], second["options"]["listenerId"]);
    mesh.expect_nothing();
}

TEST(SubscriptionWithoutAnAnswer, StaysMadeWhenAFurtherTryIsNotAnswered) {
    SubscribedTo mesh;
    const auto first = mesh.expect("on");
    mesh.pass(10s);
    mesh.pass(1s);
    const auto second = mesh.expect("on");
    mesh.take(first, "r1");
    mesh.pass(10s);
    EXPECT_TRUE(mesh.made());
    EXPECT_EQ(mesh.port.dropped, 0);
    mesh.take(second, "r2");
    EXPECT_EQ(mesh.expect("off")["options"]["referenceId"], "r1");
}

TEST(SubscriptionWithoutAnAnswer, ThatIsGivenUpIsEndedWhenItsAnswerComes) {
    for (const bool keep : {true, false}) {
        SubscribedTo mesh{{}, keep};
        const auto on = mesh.expect("on");
        mesh.pass(10s);
        mesh.fsm.unsubscribe(name);
        mesh.take(on, "r");
        EXPECT_EQ(mesh.expect("off")["options"]["referenceId"], "r");
        mesh.pass(24s);
        EXPECT_TRUE(mesh.port.sent.empty() || mesh.port.sent.front().is_string()) << "pings only";
    }
}

TEST(SubscriptionWithoutAnAnswer, ThatIsNotKeptIsNotTriedAgain) {
    SubscribedTo mesh{{}, false};
    mesh.expect("on");
    mesh.pass(10s);
    EXPECT_EQ(mesh.asked.times, 1);
    mesh.pass(14s);
    mesh.expect_nothing();
}

TEST(SubscriptionWithoutAnAnswer, IsMadeAsAnyOtherAfterAReconnect) {
    SubscribedTo mesh;
    const auto on = mesh.expect("on");
    mesh.pass(10s);
    mesh.cut();
    mesh.join();
    EXPECT_TRUE(mesh.made());
    mesh.take(on, "of the former session");
    mesh.pass(20s);
    mesh.expect_nothing();
}

TEST(SubscriptionWithoutAnAnswer, IsRefusedWhenThatIsTheLateAnswer) {
    SubscribedTo mesh{secure_settings()};
    const auto on = mesh.expect("on");
    mesh.pass(10s);
    mesh.reply_error(on, denied);
    EXPECT_EQ(mesh.trouble(), "unauthorized");
    EXPECT_EQ(mesh.refused, 1);
    mesh.pass(10s);
    mesh.expect_nothing();
}

TEST(SubscriptionThatIsRefused, IsTriedAgainNowAndThenForOldMeshesDoNotTellOfNewRights) {
    SessionSettings settings = old_settings();
    settings.ping_interval = 24h;
    SubscribedTo mesh{settings};
    mesh.reply_error(mesh.expect("on"), denied);
    ASSERT_TRUE(mesh.asked.error);
    EXPECT_EQ(mesh.asked.error->errc, Errc::access_denied);
    for (int refused = 1; refused < 4; ++refused) {
        EXPECT_EQ(mesh.trouble(), "unauthorized");
        mesh.pass(59s);
        mesh.expect_nothing();
        mesh.pass(1s);
        mesh.reply_error(mesh.expect("on"), denied);
        EXPECT_EQ(mesh.refused, refused);
    }
    mesh.pass(60s);
    mesh.take(mesh.expect("on"), "");
    EXPECT_TRUE(mesh.made());
    EXPECT_EQ(mesh.made_later, 1);
}

TEST(SubscriptionThatIsRefused, IsTriedAtOnceWhenTheMeshTellsOfNewRights) {
    SubscribedTo mesh{secure_settings()};
    mesh.reply_error(mesh.expect("on"), denied);
    mesh.hear({{"_meta", {{"type", "system"}}}, {"eventKey", "security-data-changed"}, {"data", {}}});
    mesh.take(mesh.expect("on"), "r");
    EXPECT_TRUE(mesh.made());
    mesh.pass(24s);
    mesh.expect_nothing();
}

TEST(SubscriptionThatIsRefused, IsTriedAgainSoonWhereTooMuchWasAskedAtOnce) {
    SessionSettings settings;
    settings.max_pending = 1;
    SubscribedTo mesh{settings};
    Asked other;
    mesh.fsm.subscribe(
        channel("/SET@/b"), [](const Publication&) {}, other.done());
    ASSERT_TRUE(other.error);
    EXPECT_EQ(other.error->errc, Errc::overloaded);
    mesh.take(mesh.expect("on"), "r1");
    mesh.pass(1s);
    mesh.take(mesh.expect("on"), "r2");
    EXPECT_TRUE(mesh.fsm.subscribed("/SET@/b"));
}

}  // namespace
}  // namespace happn::test
