// Listeners that share a subscription: who joins later, and wants what is stored, gets it without a gap for
// the others.
#include "adapters/happn/channel_listeners.hpp"

#include <gmock/gmock.h>

#include "conversation.hpp"

namespace happn {
namespace {

using test::Conversation;
using test::json;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr const char* channel = "/SET@/d/*";

class ChannelListenersTest : public testing::Test {
protected:
    ChannelListenersTest() { mesh.join(); }

    /// What a listener has heard, stored values in brackets.
    using Heard = std::vector<std::string>;
    ChannelListeners::Id listen(Heard& heard, bool initial) {
        ChannelListeners::Listener listener;
        listener.initial = initial;
        listener.on_publication = [&heard](const Publication& publication) {
            const std::string text{publication.path};
            heard.push_back(publication.initial ? '[' + text + ']' : text);
        };
        return listeners.listen(channel, std::move(listener));
    }
    void publish(const std::string& path, int modified) {
        mesh.publish(channel, path, {{"n", 1}}, {{"modified", modified}});
    }
    static json stored(const std::string& path, int modified) {
        return {{"n", 1}, {"_meta", {{"path", path}, {"modified", modified}}}};
    }
    /// As a mesh answers a get with wildcards.
    void answer_get(std::vector<json> items) {
        const auto get = mesh.expect("get");
        EXPECT_EQ(get["path"], "/d/*");
        json list = std::move(items);
        list.push_back({{"type", "response"}, {"status", "ok"}, {"eventId", get["eventId"]}});
        mesh.hear(list);
    }

    Conversation mesh;
    ChannelListeners listeners{mesh.fsm};
    Heard first;
    Heard second;
};

TEST_F(ChannelListenersTest, ShareOneSubscription) {
    listen(first, false);
    listen(second, false);
    mesh.answer_subscriptions();
    publish("/d/a", 1);
    EXPECT_THAT(first, ElementsAre("/d/a"));
    EXPECT_THAT(second, ElementsAre("/d/a"));
}

TEST_F(ChannelListenersTest, WhoJoinsLaterIsGivenWhatIsStoredWithoutAGapForTheOthers) {
    listen(first, false);
    mesh.answer_subscriptions();
    listen(second, true);
    publish("/d/a", 10);
    EXPECT_THAT(first, ElementsAre("/d/a"));
    EXPECT_THAT(second, IsEmpty()) << "what is stored comes first";
    publish("/d/b", 30);
    answer_get({stored("/d/a", 10), stored("/d/b", 20)});
    EXPECT_THAT(second, ElementsAre("[/d/a]", "[/d/b]", "/d/b")) << "a has been stored, b is newer";
    publish("/d/c", 40);
    EXPECT_EQ(second.back(), "/d/c");
    EXPECT_THAT(first, ElementsAre("/d/a", "/d/b", "/d/c"));
    EXPECT_THAT(mesh.port.sent, IsEmpty()) << "no off, and no further on";
}

TEST_F(ChannelListenersTest, WhoJoinsBeforeTheAnswerIsGivenWhatIsStoredAfterIt) {
    listen(first, false);
    listen(second, true);
    mesh.reply(mesh.expect("on"), {{"id", "r"}});
    answer_get({stored("/d/a", 10)});
    EXPECT_THAT(first, IsEmpty());
    EXPECT_THAT(second, ElementsAre("[/d/a]"));
}

TEST_F(ChannelListenersTest, TheFirstIsGivenWhatIsStoredWithTheAnswer) {
    listen(first, true);
    const auto on = mesh.expect("on");
    EXPECT_EQ(on["options"]["initialCallback"], true);
    listen(second, true);
    mesh.reply(on, json::array({stored("/d/a", 10)}), {{"referenceId", "r"}});
    EXPECT_THAT(first, ElementsAre("[/d/a]"));
    EXPECT_THAT(second, ElementsAre("[/d/a]"));
    EXPECT_THAT(mesh.port.sent, IsEmpty());
}

TEST_F(ChannelListenersTest, WhatIsStoredIsBroughtAgainAfterAReconnect) {
    listen(first, false);
    mesh.answer_subscriptions();
    listen(second, true);
    answer_get({});
    mesh.cut();
    mesh.open();
    mesh.reply(mesh.expect("configure-session"));
    mesh.reply(mesh.expect("describe"), {{"secure", false}});
    mesh.reply(mesh.expect("login"), Conversation::login_answer());
    const auto on = mesh.expect("on");
    EXPECT_EQ(on["options"]["initialCallback"], true);
    mesh.reply(on, json::array({stored("/d/a", 10)}), {{"referenceId", "r"}});
    EXPECT_THAT(first, IsEmpty());
    EXPECT_THAT(second, ElementsAre("[/d/a]"));
}

TEST_F(ChannelListenersTest, WhatCameMeanwhileIsNotLostWhereTheStoredCannotBeRead) {
    listen(first, false);
    mesh.answer_subscriptions();
    listen(second, true);
    publish("/d/a", 10);
    mesh.reply_error(mesh.expect("get"), {{"name", "AccessDenied"}, {"message", "unauthorized"}});
    EXPECT_THAT(second, ElementsAre("/d/a"));
}

TEST_F(ChannelListenersTest, WhoComesAfterAnAnswerThatWasLateJoinsTheOthers) {
    listen(first, false);
    const auto on = mesh.expect("on");
    mesh.pass(10s);
    mesh.reply(on, {{"id", "late"}});
    listen(second, false);
    EXPECT_TRUE(mesh.port.sent.empty()) << mesh.port.sent.front().dump();
    publish("/d/a", 1);
    EXPECT_THAT(first, ElementsAre("/d/a"));
    EXPECT_THAT(second, ElementsAre("/d/a"));
}

TEST_F(ChannelListenersTest, WhoLeavesBeforeTheStoredIsThereIsNotTold) {
    listen(first, false);
    mesh.answer_subscriptions();
    const auto id = listen(second, true);
    listeners.leave(id);
    answer_get({stored("/d/a", 10)});
    EXPECT_THAT(second, IsEmpty());
}

}  // namespace
}  // namespace happn
