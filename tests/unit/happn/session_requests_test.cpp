// What a session asks of its mesh, and publications that wait for their subscribers.
#include <gtest/gtest.h>

#include "adapters/happn/session_fsm.hpp"
#include "tests/unit/happn/conversation.hpp"
#include "tests/unit/happn/session_records.hpp"

namespace happn::test {
namespace {

using gateway::Errc;

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

TEST(SessionFsm, OfWhatChangesSomethingNobodyKnowsWhetherItWasDoneWhenTheSessionIsLost) {
    Conversation mesh;
    mesh.join();
    Asked asked;
    SessionFsm::Ask set;
    set.action = "set";
    set.path = "/a";
    set.data = "1";
    set.changes = true;
    mesh.fsm.ask(set, mesh.now + 60s, asked.done());
    mesh.cut();
    ASSERT_TRUE(asked.error);
    EXPECT_EQ(asked.error->errc, Errc::timeout);
    EXPECT_EQ(asked.times, 1);
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

}  // namespace
}  // namespace happn::test
