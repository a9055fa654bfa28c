#include "adapters/mqtt/device_calls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>

namespace gateway::mqtt {
namespace {

using namespace std::chrono_literals;
using Actions = DeviceCalls::Actions;

std::string nonce() {
    return "n0nce";
}
const TimePoint start_of_time{};

class DeviceCallsTest : public testing::Test {
protected:
    /// Targets must outlive their calls.
    static Target target(ReplyRule reply) {
        MqttTarget rule;
        rule.reply = std::move(reply);
        Target made;
        made.rule = std::move(rule);
        return made;
    }
    static ReplyRule by_topic() {
        ReplyRule rule;
        rule.automatic = false;
        return rule;
    }
    static ReplyRule by_payload(const char* id) {
        ReplyRule rule = by_topic();
        rule.id = Template::parse(id, Scope{}).value();
        return rule;
    }
    static ReplyRule one_at_a_time() {
        ReplyRule rule = by_topic();
        rule.concurrency = 1;
        return rule;
    }
    static Output output(const Target& to, std::string call_id, std::string reply_topic = {}) {
        Output made;
        made.target = &to;
        made.address = "devices/d1/cmd";
        made.call_id = std::move(call_id);
        made.reply_topic = std::move(reply_topic);
        made.deadline = start_of_time + 10s;
        return made;
    }
    static Arrival reply(std::string topic, std::string payload, std::string correlation = {}) {
        Arrival arrival;
        arrival.topic = std::move(topic);
        arrival.payload = Bytes{std::move(payload)};
        arrival.correlation_data = std::move(correlation);
        return arrival;
    }
    Actions answer(std::string topic, std::string payload, std::string correlation = {}) {
        return calls.on_arrival(reply(std::move(topic), std::move(payload), std::move(correlation)),
                                start_of_time);
    }

    const Target automatic = target(ReplyRule{});
    DeviceCalls calls{Protocol::v5, "hg/me/r", nonce};
    DeviceCalls old_calls{Protocol::v3_1_1, {}, nonce};
};

TEST_F(DeviceCallsTest, AutoSendsResponseTopicAndCorrelationData) {
    const Actions started = calls.start(1, output(automatic, "c1"), start_of_time);
    ASSERT_EQ(started.send.size(), 1U);
    EXPECT_EQ(started.send[0].response_topic, "hg/me/r");
    EXPECT_EQ(started.send[0].correlation_data, "n0nce.c1");
}

TEST_F(DeviceCallsTest, TheCorrelationDataOfOneCallDoesNotTellThatOfTheNext) {
    int made = 0;
    DeviceCalls fresh{Protocol::v5, "hg/me/r", [&made] { return "random" + std::to_string(++made); }};
    const Actions first = fresh.start(1, output(automatic, "c1"), start_of_time);
    const Actions second = fresh.start(2, output(automatic, "c2"), start_of_time);
    EXPECT_EQ(first.send.at(0).correlation_data, "random1.c1");
    EXPECT_EQ(second.send.at(0).correlation_data, "random2.c2");
    EXPECT_FALSE(fresh.on_arrival(reply("hg/me/r", "1", "random1.c2"), start_of_time).is_reply);
    EXPECT_TRUE(fresh.on_arrival(reply("hg/me/r", "1", "random2.c2"), start_of_time).is_reply);
}

TEST_F(DeviceCallsTest, ACallThatHasWaitedIsAnsweredByItsCorrelationData) {
    const Target to = target(one_at_a_time());
    calls.start(1, output(to, "c1", "d1/reply"), start_of_time);
    calls.start(2, output(to, "c2", "d1/reply"), start_of_time);
    answer("d1/reply", "1", "n0nce.c1");
    EXPECT_EQ(answer("d1/reply", "2", "n0nce.c2").finish.at(0).id, 2U);
}

TEST_F(DeviceCallsTest, AnswersFindTheirCallsInAnyOrder) {
    calls.start(1, output(automatic, "c1"), start_of_time);
    calls.start(2, output(automatic, "c2"), start_of_time);
    const Actions second = answer("hg/me/r", "2", "n0nce.c2");
    const Actions first = answer("hg/me/r", "1", "n0nce.c1");
    ASSERT_EQ(second.finish.size(), 1U);
    EXPECT_EQ(second.finish[0].id, 2U);
    EXPECT_EQ(second.finish[0].outcome.answer.bytes.view(), "2");
    ASSERT_EQ(first.finish.size(), 1U);
    EXPECT_EQ(first.finish[0].id, 1U);
    EXPECT_EQ(calls.size(), 0U);
}

TEST_F(DeviceCallsTest, AnAnswerCountsOnce) {
    calls.start(1, output(automatic, "c1"), start_of_time);
    EXPECT_TRUE(answer("hg/me/r", "1", "n0nce.c1").is_reply);
    const Actions again = answer("hg/me/r", "1", "n0nce.c1");
    EXPECT_FALSE(again.is_reply);
    EXPECT_TRUE(again.is_private);
}

TEST_F(DeviceCallsTest, AnswersWithForeignOrMissingCorrelationDataAnswerNothing) {
    calls.start(1, output(automatic, "c1"), start_of_time);
    EXPECT_FALSE(answer("hg/me/r", "1", "other.c1").is_reply);
    EXPECT_FALSE(answer("hg/me/r", "1", "c1").is_reply);
    EXPECT_FALSE(answer("hg/me/r", "1").is_reply);
    EXPECT_FALSE(answer("elsewhere", "1", "n0nce.c1").is_reply);
    EXPECT_EQ(calls.size(), 1U);
}

TEST_F(DeviceCallsTest, AnAnswerAfterTheCallWasAbandonedIsLate) {
    calls.start(1, output(automatic, "c1"), start_of_time);
    calls.abandon(1, start_of_time);
    EXPECT_FALSE(answer("hg/me/r", "1", "n0nce.c1").is_reply);
}

TEST_F(DeviceCallsTest, AnAnswerThatIsNotWhatDecodeSaysIsABadReply) {
    calls.start(1, output(automatic, "c1"), start_of_time);
    const Actions done = answer("hg/me/r", "{not json", "n0nce.c1");
    ASSERT_EQ(done.finish.size(), 1U);
    EXPECT_EQ(done.finish[0].outcome.error->name, "BadReply");
}

TEST_F(DeviceCallsTest, AnEmptyAnswerIsNull) {
    calls.start(1, output(automatic, "c1"), start_of_time);
    EXPECT_EQ(answer("hg/me/r", "", "n0nce.c1").finish.at(0).outcome.answer.bytes.view(), "null");
}

TEST_F(DeviceCallsTest, AnErrorInUserPropertiesIsTheDevicesRefusal) {
    calls.start(1, output(automatic, "c1"), start_of_time);
    Arrival arrival = reply("hg/me/r", "{}", "n0nce.c1");
    arrival.user = {{"error", "TooHot"}, {"reason", "41 degrees"}};
    const Actions done = calls.on_arrival(arrival, start_of_time);
    const auto& error = done.finish.at(0).outcome.error;
    ASSERT_TRUE(error);
    EXPECT_EQ(error->name, "TooHot");
    EXPECT_EQ(error->message, "41 degrees");
    EXPECT_EQ(error->errc, Errc::refused);
}

TEST_F(DeviceCallsTest, AutoIsRefusedOnVersion311) {
    const Actions started = old_calls.start(1, output(automatic, "c1"), start_of_time);
    EXPECT_TRUE(started.send.empty());
    ASSERT_EQ(started.finish.size(), 1U);
    EXPECT_EQ(started.finish[0].outcome.error->errc, Errc::refused);
}

TEST_F(DeviceCallsTest, OnVersion311TheTopicNamesTheCall) {
    const Target to = target(by_topic());
    const Actions first = old_calls.start(1, output(to, "c1", "d1/reply/c1"), start_of_time);
    const Actions second = old_calls.start(2, output(to, "c2", "d1/reply/c2"), start_of_time);
    EXPECT_EQ(first.send.size() + second.send.size(), 2U);
    EXPECT_TRUE(first.send[0].response_topic.empty());
    const Actions done = old_calls.on_arrival(reply("d1/reply/c2", "2"), start_of_time);
    ASSERT_EQ(done.finish.size(), 1U);
    EXPECT_EQ(done.finish[0].id, 2U);
    EXPECT_FALSE(done.is_private);
}

TEST_F(DeviceCallsTest, OnVersion311ThePayloadNamesTheCall) {
    const Target to = target(by_payload("{payload.seq}"));
    old_calls.start(1, output(to, "c1", "d1/reply"), start_of_time);
    old_calls.start(2, output(to, "c2", "d1/reply"), start_of_time);
    const Actions done = old_calls.on_arrival(reply("d1/reply", R"({"seq":"c2","ok":true})"), start_of_time);
    ASSERT_EQ(done.finish.size(), 1U);
    EXPECT_EQ(done.finish[0].id, 2U);
    EXPECT_FALSE(old_calls.on_arrival(reply("d1/reply", R"({"seq":"c9"})"), start_of_time).is_reply);
    EXPECT_FALSE(old_calls.on_arrival(reply("d1/reply", "garbage"), start_of_time).is_reply);
}

TEST_F(DeviceCallsTest, WithoutAnIdCallsWaitTheirTurn) {
    for (const ReplyRule& rule : {one_at_a_time(), by_topic()}) {
        DeviceCalls plain{Protocol::v3_1_1, {}, nonce};
        const Target to = target(rule);
        EXPECT_EQ(plain.start(1, output(to, "c1", "d1/reply"), start_of_time).send.size(), 1U);
        EXPECT_TRUE(plain.start(2, output(to, "c2", "d1/reply"), start_of_time).send.empty());
        EXPECT_EQ(plain.start(3, output(to, "c3", "d2/reply"), start_of_time).send.size(), 1U);
        const Actions done = plain.on_arrival(reply("d1/reply", "1"), start_of_time);
        ASSERT_EQ(done.finish.size(), 1U);
        EXPECT_EQ(done.finish[0].id, 1U);
        ASSERT_EQ(done.send.size(), 1U);
        EXPECT_EQ(done.send[0].id, 2U);
    }
}

TEST_F(DeviceCallsTest, WhenTheCallBeforeIsAbandonedTheNextIsSent) {
    const Target to = target(one_at_a_time());
    old_calls.start(1, output(to, "c1", "d1/reply"), start_of_time);
    old_calls.start(2, output(to, "c2", "d1/reply"), start_of_time);
    const Actions next = old_calls.abandon(1, start_of_time + 1s);
    ASSERT_EQ(next.send.size(), 1U);
    EXPECT_EQ(next.send[0].id, 2U);
}

TEST_F(DeviceCallsTest, ACallWhoseTimeHasPassedWhileItWaitedIsNotSent) {
    const Target to = target(one_at_a_time());
    old_calls.start(1, output(to, "c1", "d1/reply"), start_of_time);
    old_calls.start(2, output(to, "c2", "d1/reply"), start_of_time);
    const Actions next = old_calls.abandon(1, start_of_time + 11s);
    EXPECT_TRUE(next.send.empty());
    ASSERT_EQ(next.finish.size(), 1U);
    EXPECT_EQ(next.finish[0].outcome.error->errc, Errc::timeout);
    EXPECT_EQ(old_calls.size(), 0U);
}

TEST_F(DeviceCallsTest, AnAbandonedCallThatWaitsLeavesTheOthersInOrder) {
    const Target to = target(one_at_a_time());
    for (DeliveryId id = 1; id <= 3; ++id)
        old_calls.start(id, output(to, "c" + std::to_string(id), "d1/reply"), start_of_time);
    EXPECT_TRUE(old_calls.abandon(2, start_of_time).send.empty());
    const Actions done = old_calls.on_arrival(reply("d1/reply", "1"), start_of_time);
    ASSERT_EQ(done.send.size(), 1U);
    EXPECT_EQ(done.send[0].id, 3U);
}

TEST_F(DeviceCallsTest, TooManyWaitingCallsAreRefusedAsOverloaded) {
    const Target to = target(one_at_a_time());
    for (DeliveryId id = 0; id <= DeviceCalls::max_waiting; ++id)
        old_calls.start(id, output(to, "c" + std::to_string(id), "d1/reply"), start_of_time);
    const Actions refused = old_calls.start(5000, output(to, "c5000", "d1/reply"), start_of_time);
    ASSERT_EQ(refused.finish.size(), 1U);
    EXPECT_EQ(refused.finish[0].outcome.error->errc, Errc::overloaded);
}

TEST_F(DeviceCallsTest, ConcurrencyOfAutoCountsPerCommandTopic) {
    ReplyRule rule;
    rule.concurrency = 1;
    const Target to = target(rule);
    EXPECT_EQ(calls.start(1, output(to, "c1"), start_of_time).send.size(), 1U);
    EXPECT_TRUE(calls.start(2, output(to, "c2"), start_of_time).send.empty());
    Output elsewhere = output(to, "c3");
    elsewhere.address = "devices/d2/cmd";
    EXPECT_EQ(calls.start(3, std::move(elsewhere), start_of_time).send.size(), 1U);
    EXPECT_EQ(answer("hg/me/r", "1", "n0nce.c1").send.size(), 1U);
}

TEST_F(DeviceCallsTest, NamesTheFiltersThatAnswersComeByUntilTheLastCallOfEarlierRoutesHasEnded) {
    const Target to = target(by_topic());
    calls.start(1, output(automatic, "c1"), start_of_time);
    calls.start(2, output(to, "c2", "d1/reply"), start_of_time);
    EXPECT_FALSE(calls.has_earlier());
    calls.new_routes();
    EXPECT_EQ(calls.reply_filters(), (std::set<std::string>{"d1/reply", "hg/me/r"}));
    calls.start(3, output(automatic, "c3"), start_of_time);
    calls.abandon(1, start_of_time);
    EXPECT_TRUE(calls.has_earlier());
    answer("d1/reply", "2", "n0nce.c2");
    EXPECT_FALSE(calls.has_earlier());
    EXPECT_EQ(calls.reply_filters(), (std::set<std::string>{"hg/me/r"}));
}

TEST_F(DeviceCallsTest, AllEndWhenTheConnectionIsGoneAndOfThoseThatHaveWaitedTheDeviceKnowsNothing) {
    const Target to = target(one_at_a_time());
    calls.start(1, output(automatic, "c1"), start_of_time);
    calls.start(2, output(to, "c2", "d1/reply"), start_of_time);
    calls.start(3, output(to, "c3", "d1/reply"), start_of_time);
    std::map<DeliveryId, bool> waited;
    for (const DeviceCalls::Left& call : calls.end_all())
        waited.emplace(call.id, call.waited);
    EXPECT_EQ(waited, (std::map<DeliveryId, bool>{{1, false}, {2, false}, {3, true}}));
    EXPECT_EQ(calls.size(), 0U);
    EXPECT_FALSE(answer("d1/reply", "1").is_reply);
}

}  // namespace
}  // namespace gateway::mqtt
