// Streams of topics without a broker: what is subscribed to and left, and which reader is told what.
#include "adapters/mqtt/topic_feeds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "tests/unit/core/table_builder.hpp"

namespace gateway::mqtt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr int granted = 0;
constexpr int not_authorized = 0x87;

/// What the readers are told, in words: "1 open", "1 rooms/a 21", "1 gap", "1 AccessDenied".
class Told final : public Outcomes {
public:
    void on_outcome(DeliveryId id, Outcome outcome) override {
        words.push_back(std::to_string(id) + ' ' + outcome.error->name);
    }
    void on_open(DeliveryId id) override {
        words.push_back(std::to_string(id) + " open");
        if (leaves_when_open == id) feeds->forget(id);
    }
    void on_item(DeliveryId id, StreamItem item) override { words.push_back(text(id, item)); }
    void on_gap(DeliveryId id) override { words.push_back(std::to_string(id) + " gap"); }
    void on_stored(DeliveryId id) override {
        while (auto item = feeds->next_stored(id))
            words.push_back(text(id, *item) + " retained");
    }
    static std::string text(DeliveryId id, const StreamItem& item) {
        return std::to_string(id) + ' ' + item.address +
               (item.action == Action::remove ? " removed" : " " + item.payload.bytes.str());
    }
    std::vector<std::string> take() { return std::exchange(words, {}); }

    std::vector<std::string> words;
    TopicFeeds* feeds = nullptr;
    DeliveryId leaves_when_open = 0;
};

class TopicFeedsTest : public testing::Test {
protected:
    TopicFeedsTest() {
        told.feeds = &feeds;
        feeds.connected(true);
    }

    static TopicFeeds::Wish wish(const std::string& filter, bool initial = false) {
        TopicFeeds::Wish wish;
        wish.pattern = std::make_shared<const AddressPattern>(pattern(filter, AddressKind::mqtt));
        wish.initial = initial;
        return wish;
    }
    /// What was asked of the broker: "subscribe a/#", with "retained" if it is to send those; "leave a/#".
    std::vector<std::string> take_asked() {
        std::vector<std::string> words;
        for (const auto& request : asked) {
            if (const auto* subscribe = std::get_if<SubscribeRequest>(&request)) {
                words.push_back("subscribe " + subscribe->filter +
                                (subscribe->retain_handling == 0 ? " retained" : ""));
            } else {
                words.push_back("leave " + std::get<UnsubscribeRequest>(request).filter);
            }
        }
        asked.clear();
        return words;
    }
    /// The broker answers the last SUBSCRIBE.
    void answer(int code = granted) { feeds.on_subscribed(last_ticket(), code); }
    std::uint64_t last_ticket() const { return feeds.last_ticket(); }
    void open(DeliveryId id, const std::string& filter, bool initial = false) {
        feeds.open(id, wish(filter, initial));
        answer();
        told.take();
    }
    std::uint32_t id_of(const std::string& filter) const {
        for (const auto& request : every) {
            if (request.filter == filter) return request.id;
        }
        return 0;
    }
    /// A copy of a message, as brokers send one for each filter.
    void arrive(const std::string& by,
                const std::string& topic,
                const std::string& payload,
                bool retain = false) {
        Arrival arrival;
        arrival.topic = topic;
        arrival.payload = Bytes{std::string{payload}};
        arrival.retain = retain;
        if (const auto id = id_of(by); id != 0) arrival.subscription_ids = {id};
        feeds.on_arrival(arrival);
    }
    void send(TopicFeeds::Request request) {
        if (const auto* subscribe = std::get_if<SubscribeRequest>(&request)) every.push_back(*subscribe);
        asked.push_back(std::move(request));
    }

    static constexpr std::size_t max_filters = 3;
    static constexpr bool retained = true;
    Told told;
    Metrics metrics;
    std::vector<TopicFeeds::Request> asked;
    std::vector<SubscribeRequest> every;
    TopicFeeds feeds{
        told, metrics, max_filters, [this](TopicFeeds::Request request) { send(std::move(request)); }};
};

// --- subscriptions -------------------------------------------------------------------------------

TEST_F(TopicFeedsTest, OpenWhenTheBrokerHasGrantedTheirFilter) {
    feeds.open(1, wish("rooms/+/co2"));
    EXPECT_THAT(take_asked(), ElementsAre("subscribe rooms/+/co2"));
    EXPECT_THAT(told.take(), IsEmpty());
    answer();
    EXPECT_THAT(told.take(), ElementsAre("1 open"));
}

TEST_F(TopicFeedsTest, ShareASubscriptionThatTheLastReaderLeaves) {
    open(1, "rooms/#");
    take_asked();
    feeds.open(2, wish("rooms/#"));
    EXPECT_THAT(take_asked(), IsEmpty());
    EXPECT_THAT(told.take(), ElementsAre("2 open"));
    arrive("rooms/#", "rooms/a", "1");
    EXPECT_THAT(told.take(), ElementsAre("1 rooms/a 1", "2 rooms/a 1"));
    feeds.forget(1);
    EXPECT_THAT(take_asked(), IsEmpty());
    feeds.forget(2);
    EXPECT_THAT(take_asked(), ElementsAre("leave rooms/#"));
    EXPECT_EQ(feeds.filters(), 0U);
}

TEST_F(TopicFeedsTest, AskForTheHigherQualityOfServiceOnce) {
    open(1, "rooms/#");
    take_asked();
    auto better = wish("rooms/#");
    better.qos = 1;
    feeds.open(2, better);
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(std::get<SubscribeRequest>(asked[0]).qos, 1);
    feeds.open(3, better);
    EXPECT_EQ(asked.size(), 1U);
}

TEST_F(TopicFeedsTest, WhoseReaderGoesWhileTheyOpenAreLeft) {
    told.leaves_when_open = 1;
    feeds.open(1, wish("rooms/#"));
    answer();
    EXPECT_THAT(take_asked(), ElementsAre("subscribe rooms/#", "leave rooms/#"));
    feeds.open(2, wish("rooms/#"));
    feeds.forget(2);
    EXPECT_THAT(take_asked(), ElementsAre("subscribe rooms/#", "leave rooms/#")) << "without an answer yet";
}

TEST_F(TopicFeedsTest, ThatTheBrokerRefusesDoNotOpen) {
    feeds.open(1, wish("secret/#"));
    answer(not_authorized);
    feeds.open(2, wish("secret/#"));
    answer(0x80);
    feeds.open(3, wish("secret/#"));
    answer(0x97);
    feeds.open(4, wish("secret/#"));
    answer(0xa2);
    EXPECT_THAT(told.take(), ElementsAre("1 AccessDenied", "2 AccessDenied", "3 Overloaded", "4 Refused"));
    EXPECT_EQ(feeds.filters(), 0U);
}

TEST_F(TopicFeedsTest, AreLimitedInTheNumberOfFilters) {
    open(1, "a");
    open(2, "b");
    open(3, "c");
    feeds.open(4, wish("d"));
    EXPECT_THAT(told.take(), ElementsAre("4 Overloaded"));
    feeds.open(5, wish("c"));
    EXPECT_THAT(told.take(), ElementsAre("5 open"));
}

TEST_F(TopicFeedsTest, DoNotAskForWhatABrokerClosesTheConnectionOver) {
    std::string deep = "a";
    for (int level = 0; level < 200; ++level)
        deep += "/a";
    feeds.open(1, wish(deep));
    EXPECT_THAT(told.take(), ElementsAre("1 BadRequest"));
    EXPECT_THAT(asked, IsEmpty());
}

// --- messages ------------------------------------------------------------------------------------

TEST_F(TopicFeedsTest, OfOverlappingFiltersGetEachMessageOnce) {
    open(1, "rooms/+");
    open(2, "rooms/#");
    arrive("rooms/+", "rooms/a", "1");
    arrive("rooms/#", "rooms/a", "1");
    EXPECT_THAT(told.take(), ElementsAre("1 rooms/a 1", "2 rooms/a 1"));
}

TEST_F(TopicFeedsTest, GetOneCopyForAllFiltersAlike) {
    open(1, "rooms/+");
    open(2, "rooms/#");
    Arrival arrival;
    arrival.topic = "rooms/a";
    arrival.payload = Bytes{std::string{"1"}};
    arrival.subscription_ids = {id_of("rooms/+"), id_of("rooms/#")};
    feeds.on_arrival(arrival);
    EXPECT_EQ(told.take().size(), 2U);
}

TEST_F(TopicFeedsTest, AreDecodedForEachReader) {
    auto text = wish("raw");
    text.decode = Decode::text;
    feeds.open(1, text);
    answer();
    open(2, "raw");
    told.take();
    arrive("raw", "raw", "warm");
    EXPECT_THAT(told.take(), ElementsAre("1 raw warm")) << "it is no JSON";
    EXPECT_THAT(metrics.text({}, {}), HasSubstr("stream_items_refused_total 1"));
}

TEST_F(TopicFeedsTest, TellOfAnEmptyMessageAsARemoveWhereTheRouteSaysSo) {
    auto removes = wish("rooms/#");
    removes.remove_on_empty = true;
    feeds.open(1, removes);
    answer();
    told.take();
    arrive("rooms/#", "rooms/a", "");
    EXPECT_THAT(told.take(), ElementsAre("1 rooms/a removed"));
}

TEST_F(TopicFeedsTest, TellEverybodyWhenSomethingWasDropped) {
    open(1, "a");
    open(2, "b");
    feeds.on_dropped();
    EXPECT_THAT(told.take(), ElementsAre("1 gap", "2 gap"));
}

// --- retained messages ---------------------------------------------------------------------------

TEST_F(TopicFeedsTest, AskForRetainedMessagesOnlyForWhoWantsThem) {
    feeds.open(1, wish("a"));
    feeds.open(2, wish("b", retained));
    EXPECT_THAT(take_asked(), ElementsAre("subscribe a", "subscribe b retained"));
}

TEST_F(TopicFeedsTest, TakeARetainedMessageForTheAnswerThatComesAfterIt) {
    feeds.open(1, wish("rooms/#", retained));
    arrive("rooms/#", "rooms/a", "1", retained);
    EXPECT_THAT(told.take(), ElementsAre("1 open", "1 rooms/a 1 retained"));
    answer();
    EXPECT_THAT(told.take(), IsEmpty());
}

TEST_F(TopicFeedsTest, BringRetainedMessagesToALaterReaderAndToNobodyTwice) {
    open(1, "rooms/#", retained);
    arrive("rooms/#", "rooms/a", "1", retained);
    open(2, "rooms/#");
    take_asked();
    feeds.open(3, wish("rooms/#", retained));
    EXPECT_THAT(take_asked(), ElementsAre("subscribe rooms/# retained"));
    told.take();
    arrive("rooms/#", "rooms/a", "1", retained);
    EXPECT_THAT(told.take(), ElementsAre("3 rooms/a 1 retained"));
}

TEST_F(TopicFeedsTest, BringNoRetainedMessageBehindANewerOne) {
    open(1, "rooms/#", retained);
    arrive("rooms/#", "rooms/a", "2");
    told.take();
    arrive("rooms/#", "rooms/a", "1", retained);
    EXPECT_THAT(told.take(), IsEmpty());
    arrive("rooms/#", "rooms/b", "1", retained);
    EXPECT_THAT(told.take(), ElementsAre("1 rooms/b 1 retained"));
}

TEST_F(TopicFeedsTest, OfTwoReadersThatBeginTogetherEachGetsItsOwn) {
    feeds.open(1, wish("rooms/#", retained));
    feeds.open(2, wish("rooms/#", retained));
    arrive("rooms/#", "rooms/a", "1", retained);
    arrive("rooms/#", "rooms/a", "1", retained);
    EXPECT_THAT(told.take(), ElementsAre("1 open", "2 open", "1 rooms/a 1 retained", "2 rooms/a 1 retained"));
}

TEST_F(TopicFeedsTest, BringNothingTwiceThoughThereAreMoreTopicsThanAreRemembered) {
    open(1, "rooms/#", retained);
    arrive("rooms/#", "rooms/first", "1", retained);
    for (std::size_t i = 0; i < TopicFeeds::max_told; ++i)
        arrive("rooms/#", "rooms/" + std::to_string(i), "1");
    open(2, "rooms/#", retained);
    arrive("rooms/#", "rooms/first", "1", retained);
    EXPECT_THAT(told.take(), ElementsAre("2 rooms/first 1 retained"));
}

// --- the connection ------------------------------------------------------------------------------

const Error away{Errc::unavailable, "away"};

TEST_F(TopicFeedsTest, GoOnAfterAnInterruptionAndTellOfTheGap) {
    open(1, "rooms/#");
    take_asked();
    feeds.disconnected(away);
    EXPECT_THAT(told.take(), IsEmpty());
    feeds.connected(true);
    EXPECT_THAT(take_asked(), ElementsAre("subscribe rooms/#"));
    answer();
    EXPECT_THAT(told.take(), ElementsAre("1 gap"));
}

TEST_F(TopicFeedsTest, BringRetainedMessagesAnewAfterAnInterruption) {
    open(1, "rooms/#", retained);
    arrive("rooms/#", "rooms/a", "1", retained);
    told.take();
    feeds.disconnected(away);
    feeds.connected(true);
    every = {every.back()};  // identifiers are made anew
    arrive("rooms/#", "rooms/a", "2", retained);
    EXPECT_THAT(told.take(), ElementsAre("1 gap", "1 rooms/a 2 retained"));
}

TEST_F(TopicFeedsTest, ThatAreNotOpenWhenTheConnectionIsLostFail) {
    feeds.open(1, wish("rooms/#"));
    answer(no_suback);
    EXPECT_THAT(told.take(), IsEmpty()) << "the broker has not refused it";
    feeds.disconnected(away);
    EXPECT_THAT(told.take(), ElementsAre("1 Unavailable"));
}

TEST_F(TopicFeedsTest, EndWhenTheBrokerRefusesThemLater) {
    open(1, "rooms/#");
    feeds.disconnected(away);
    feeds.connected(true);
    answer(not_authorized);
    EXPECT_THAT(told.take(), ElementsAre("1 AccessDenied"));
}

// --- without subscription identifiers ------------------------------------------------------------

class TopicFeedsWithoutIdentifiers : public TopicFeedsTest {
protected:
    TopicFeedsWithoutIdentifiers() { feeds.connected(false); }
    static constexpr const char* any = "";
};

TEST_F(TopicFeedsWithoutIdentifiers, TakePartInAFilterThatCoversTheirs) {
    open(1, "rooms/#");
    take_asked();
    feeds.open(2, wish("rooms/+"));
    EXPECT_THAT(take_asked(), IsEmpty());
    EXPECT_THAT(told.take(), ElementsAre("2 open"));
    arrive(any, "rooms/a", "1");
    arrive(any, "rooms/a/b", "2");
    EXPECT_THAT(told.take(), ElementsAre("1 rooms/a 1", "2 rooms/a 1", "1 rooms/a/b 2"));
    arrive(any, "rooms/a", "1");
    EXPECT_THAT(told.take(), ElementsAre("1 rooms/a 1", "2 rooms/a 1")) << "published twice, told twice";
}

TEST_F(TopicFeedsWithoutIdentifiers, ReplaceOverlappingFiltersByAWiderOne) {
    open(1, "rooms/+/co2");
    take_asked();
    feeds.open(2, wish("rooms/a/+"));
    EXPECT_THAT(take_asked(), ElementsAre("subscribe rooms/+/+"));
    answer();
    EXPECT_THAT(take_asked(), ElementsAre("leave rooms/+/co2"));
    told.take();
    feeds.on_unsubscribed(last_ticket());
    arrive(any, "rooms/a/co2", "1");
    arrive(any, "rooms/b/heat", "2");
    EXPECT_THAT(told.take(), UnorderedElementsAre("1 rooms/a/co2 1", "2 rooms/a/co2 1"));
}

TEST_F(TopicFeedsWithoutIdentifiers, TakeOneOfTwoCopiesWhileAFilterIsReplaced) {
    open(1, "rooms/+/co2");
    feeds.open(2, wish("rooms/a/+"));
    arrive(any, "rooms/a/co2", "1");
    arrive(any, "rooms/a/co2", "1");
    EXPECT_THAT(told.take(), ElementsAre("1 rooms/a/co2 1"));
    answer();
    told.take();
    arrive(any, "rooms/a/co2", "2");
    arrive(any, "rooms/a/co2", "2");
    EXPECT_THAT(told.take(), UnorderedElementsAre("1 rooms/a/co2 2", "2 rooms/a/co2 2"));
}

TEST_F(TopicFeedsWithoutIdentifiers, KeepTheNarrowFilterWhenTheWiderOneIsRefused) {
    open(1, "rooms/a/co2");
    feeds.open(2, wish("rooms/#"));
    answer(0x80);
    EXPECT_THAT(told.take(), ElementsAre("2 AccessDenied"));
    arrive(any, "rooms/a/co2", "1");
    EXPECT_THAT(told.take(), ElementsAre("1 rooms/a/co2 1"));
}

TEST_F(TopicFeedsWithoutIdentifiers, BringRetainedMessagesToWhoHasNotGotThem) {
    open(1, "rooms/a/+", retained);
    arrive(any, "rooms/a/co2", "1", retained);
    told.take();
    feeds.open(2, wish("rooms/#", retained));
    arrive(any, "rooms/a/co2", "1", retained);
    arrive(any, "rooms/b/co2", "2", retained);
    answer();
    EXPECT_THAT(told.take(), ElementsAre("2 open", "2 rooms/a/co2 1 retained", "2 rooms/b/co2 2 retained"));
}

}  // namespace
}  // namespace gateway::mqtt
