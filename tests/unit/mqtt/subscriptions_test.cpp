#include "adapters/mqtt/subscriptions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "adapters/mqtt/subscription_id.hpp"
#include "tests/unit/core/table_builder.hpp"

namespace gateway::mqtt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Subscription wish(std::string filter, int qos = 0) {
    Subscription subscription;
    subscription.filter = std::move(filter);
    subscription.qos = qos;
    return subscription;
}

std::vector<std::string> filters(const std::vector<Subscription>& all) {
    std::vector<std::string> names;
    for (const Subscription& one : all)
        names.push_back(one.filter + "@" + std::to_string(one.qos));
    return names;
}

template <typename Request>
std::vector<std::string> filters(const std::vector<Request>& all) {
    std::vector<std::string> names;
    for (const Request& one : all)
        names.push_back(one.filter);
    return names;
}

Arrival arrival(std::string topic, std::vector<std::uint32_t> ids, std::string payload = "1") {
    Arrival message;
    message.topic = std::move(topic);
    message.payload = Bytes{std::move(payload)};
    message.qos = 1;
    message.subscription_ids = std::move(ids);
    return message;
}

TEST(Subscriptions, EqualFiltersShareOneWithTheHigherQos) {
    EXPECT_THAT(filters(without_duplicates({wish("a/+", 0), wish("b", 1), wish("a/+", 2)}, Protocol::v5)),
                ElementsAre("a/+@2", "b@1"));
}

TEST(Subscriptions, AFilterCoveredByAnotherOfTheSameOrHigherQosIsLeftOut) {
    EXPECT_THAT(filters(without_duplicates({wish("a/b", 1), wish("a/#", 1), wish("a/+", 0)}, Protocol::v5)),
                ElementsAre("a/#@1"));
}

TEST(Subscriptions, OnVersion5AFilterOfHigherQosStaysBesideTheOneThatCoversIt) {
    EXPECT_THAT(filters(without_duplicates({wish("#", 0), wish("alarms/+", 2)}, Protocol::v5)),
                ElementsAre("#@0", "alarms/+@2"));
}

TEST(Subscriptions, OnVersion311OverlappingFiltersBecomeOneOfTheHighestQos) {
    EXPECT_THAT(
        filters(without_duplicates({wish("a/+/c", 1), wish("a/b/+", 2), wish("x", 0)}, Protocol::v3_1_1)),
        ElementsAre("a/+/+@2", "x@0"));
    EXPECT_THAT(filters(without_duplicates({wish("#", 0), wish("alarms/+", 2)}, Protocol::v3_1_1)),
                ElementsAre("#@2"));
}

TEST(Subscriptions, MergingOnVersion311GoesOnUntilNothingOverlaps) {
    const auto merged =
        without_duplicates({wish("a/b/+"), wish("a/+/c"), wish("+/x/y"), wish("q/#")}, Protocol::v3_1_1);
    EXPECT_THAT(filters(merged), ElementsAre("+/#@0"));
}

TEST(Subscriptions, SharedByIgnoringAndApplyingRoutesShowsWhichMessagesAreReplays) {
    Subscription ignoring = wish("a/+");
    ignoring.retained = Retained::ignore;
    const auto shared = without_duplicates({ignoring, wish("a/b")}, Protocol::v5);
    ASSERT_EQ(shared.size(), 1U);
    EXPECT_EQ(shared[0].retained, Retained::apply);
    EXPECT_FALSE(shared[0].retain_as_published);
}

TEST(Subscriptions, ShowTheRetainFlagOnVersion5UnlessItTellsReplays) {
    Subscription ignoring = wish("mixed/+");
    ignoring.retained = Retained::ignore;
    const std::vector wanted{wish("plain/+"), ignoring, wish("mixed/b")};
    Subscriptions on_5{Protocol::v5}, on_311{Protocol::v3_1_1};
    on_5.apply(without_duplicates(wanted, Protocol::v5));
    on_311.apply(without_duplicates(wanted, Protocol::v3_1_1));
    EXPECT_TRUE(on_5.shows_retain("plain/a"));
    EXPECT_FALSE(on_5.shows_retain("mixed/a"));
    EXPECT_FALSE(on_311.shows_retain("plain/a"));
}

TEST(Subscriptions, NoLocalHoldsOnlyIfAllWhoShareItWantIt) {
    Subscription quiet = wish("a/+");
    quiet.no_local = true;
    EXPECT_TRUE(without_duplicates({quiet, quiet}, Protocol::v5)[0].no_local);
    EXPECT_FALSE(without_duplicates({quiet, wish("a/b")}, Protocol::v5)[0].no_local);
}

Route half_of_a_pair(bool compared) {
    Route half = mqtt_to_happn("lights.a_to_b", "lights/{id}", "/lights/{id}");
    std::get<MqttSource>(half.source).qos = 1;
    half.sync_pair = "lights";
    if (compared) half.resync = Resync{};
    return half;
}

TEST(Subscriptions, OfWhatIsComparedTheFlagTellsWhatWasKeptAndNothingOfItIsLeftOut) {
    const auto plain =
        wanted_subscriptions(*table_of({half_of_a_pair(false)}), "local", Protocol::v5, {}, {}, "hg/g/m");
    ASSERT_EQ(plain.size(), 1U);
    EXPECT_TRUE(plain[0].retain_as_published);
    EXPECT_TRUE(plain[0].no_local);
    const auto compared =
        wanted_subscriptions(*table_of({half_of_a_pair(true)}), "local", Protocol::v5, {}, {}, "hg/g/m");
    ASSERT_THAT(filters(compared), ElementsAre("hg/g/m@1", "lights/+@1"));
    EXPECT_FALSE(compared[1].retain_as_published);
    EXPECT_FALSE(compared[1].no_local);
}

TEST(Subscriptions, OneIsAskedForAgainWithWhatIsRetainedAndStaysGrantedMeanwhile) {
    Subscriptions subscriptions{Protocol::v5};
    Subscription quiet = wish("lights/#", 1);
    quiet.retained = Retained::ignore;
    subscriptions.apply({quiet});
    EXPECT_FALSE(subscriptions.again("lights/+")) << "it is not granted yet";
    const auto difference = subscriptions.connected(false);
    subscriptions.on_result(difference.subscribe.at(0).ticket, 1);
    const auto again = subscriptions.again("lights/+");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->filter, "lights/#");
    EXPECT_EQ(again->retain_handling, 0);
    EXPECT_EQ(again->id, difference.subscribe.at(0).id);
    EXPECT_TRUE(subscriptions.complete());
    EXPECT_FALSE(subscriptions.again("doors/+"));
}

Subscription shared(std::string filter, int qos = 0, std::string group = "g") {
    Subscription subscription = wish(std::move(filter), qos);
    subscription.group = std::move(group);
    return subscription;
}

std::vector<std::string> asked(const std::vector<Subscription>& all) {
    std::vector<std::string> texts;
    for (const Subscription& one : all)
        texts.push_back(one.asked());
    return texts;
}

TEST(Subscriptions, OfAGroupAreAskedForUnderItsName) {
    auto route = mqtt_to_happn("one", "devices/{device}/telemetry", "/devices/{device}");
    std::get<MqttSource>(route.source).group = "gateways";
    EXPECT_THAT(asked(wanted_subscriptions(*table_of({route}), "local", Protocol::v5, "")),
                ElementsAre("$share/gateways/devices/+/telemetry"));
}

TEST(Subscriptions, OfAGroupThatOverlapAreOneInBothVersions) {
    for (const Protocol protocol : {Protocol::v5, Protocol::v3_1_1}) {
        EXPECT_THAT(asked(without_duplicates({shared("a/+/c", 2), shared("a/b/+", 1)}, protocol)),
                    ElementsAre("$share/g/a/+/+"));
        EXPECT_THAT(asked(without_duplicates({shared("a/#", 1), shared("a/b", 2)}, protocol)),
                    ElementsAre("$share/g/a/#"));
    }
}

TEST(Subscriptions, OfAGroupStayBesideThoseOfOthers) {
    EXPECT_THAT(asked(without_duplicates({wish("a/#"), shared("a/+"), shared("a/b", 0, "h")}, Protocol::v5)),
                UnorderedElementsAre("a/#", "$share/g/a/+", "$share/h/a/b"));
}

TEST(Subscriptions, OfATableAreThoseOfTheBroker) {
    auto route = mqtt_to_happn("one", "devices/{device}/telemetry", "/devices/{device}");
    auto other = mqtt_to_happn("two", "other/{x}", "/other/{x}");
    std::get<MqttSource>(other.source).broker = "elsewhere";
    const auto table = table_of({route, other});
    EXPECT_THAT(filters(wanted_subscriptions(*table, "local", Protocol::v5, "hg/me/r")),
                ElementsAre("devices/+/telemetry@0"));
}

TEST(Subscriptions, OfATableHoldTheReplyTopicsOfItsTargets) {
    auto automatic = happn_to_mqtt("one", "/devices/{device}", "devices/{device}/cmd");
    std::get<MqttTarget>(automatic.targets[0].rule).reply = ReplyRule{};
    auto named = happn_to_mqtt("two", "/things/{thing}", "things/{thing}/cmd");
    const auto pattern = std::get<HappnSource>(named.source).path;
    Scope scope = scope_of(pattern, Scope::Source::happn);
    scope.call_id = true;
    ReplyRule rule;
    rule.automatic = false;
    rule.topic =
        AddressTemplate::parse("things/{thing}/reply/{call.id}", AddressTemplate::Kind::mqtt, scope).value();
    std::get<MqttTarget>(named.targets[0].rule).reply = rule;
    const auto table = table_of({automatic, named});
    EXPECT_THAT(filters(wanted_subscriptions(*table, "local", Protocol::v5, "hg/me/r")),
                ElementsAre("hg/me/r@1", "things/+/reply/+@1"));
}

TEST(Subscriptions, OfATableThatHasLostItsRoutesAreTheRepliesThatCallsWaitFor) {
    const auto nothing = table_of({});
    EXPECT_THAT(filters(wanted_subscriptions(*nothing, "local", Protocol::v5, "hg/me/r", {"d1/reply/+"})),
                ElementsAre("d1/reply/+@1"));
    EXPECT_THAT(wanted_subscriptions(*nothing, "local", Protocol::v5, "hg/me/r"), IsEmpty());
}

class LiveSubscriptions : public testing::Test {
protected:
    void connect(bool session_present = false) {
        auto difference = subscriptions.connected(session_present);
        requests = std::move(difference.subscribe);
        leaves = std::move(difference.unsubscribe);
    }
    bool accepts(std::string topic, std::vector<std::uint32_t> ids, std::string payload = "1") {
        return subscriptions.accepts(arrival(std::move(topic), std::move(ids), std::move(payload)));
    }
    void grant_all() {
        for (const SubscribeRequest& request : requests)
            subscriptions.on_result(request.ticket, request.qos);
    }

    Subscriptions subscriptions{Protocol::v5};
    std::vector<SubscribeRequest> requests;
    std::vector<UnsubscribeRequest> leaves;
};

TEST_F(LiveSubscriptions, AreCompleteOnceAllAreGranted) {
    subscriptions.apply({wish("a"), wish("b", 1)});
    connect();
    EXPECT_FALSE(subscriptions.complete());
    grant_all();
    EXPECT_TRUE(subscriptions.complete());
    EXPECT_THAT(subscriptions.problems(), IsEmpty());
}

TEST_F(LiveSubscriptions, NameTheFilterThatTheBrokerRefused) {
    subscriptions.apply({wish("a"), wish("secret/#", 1)});
    connect();
    subscriptions.on_result(requests[0].ticket, 0);
    subscriptions.on_result(requests[1].ticket, 0x87);
    EXPECT_TRUE(subscriptions.settled());
    EXPECT_FALSE(subscriptions.complete());
    EXPECT_THAT(subscriptions.problems(), HasSubstr("refused filter 'secret/#': Not authorized (0x87)"));
}

TEST_F(LiveSubscriptions, NameTheFilterThatWasGrantedLess) {
    subscriptions.apply({wish("a", 2)});
    connect();
    subscriptions.on_result(requests[0].ticket, 1);
    EXPECT_THAT(subscriptions.problems(), HasSubstr("'a' was granted QoS 1 only"));
}

TEST_F(LiveSubscriptions, OfAGroupCountOnlyWhatTheyBring) {
    subscriptions.apply({shared("devices/+", 1), wish("devices/+", 1)});  // the latter for replies
    connect();
    EXPECT_THAT(filters(requests), UnorderedElementsAre("$share/g/devices/+", "devices/+"));
    grant_all();
    EXPECT_TRUE(accepts("devices/1", {subscription_id("$share/g/devices/+")}));
    EXPECT_FALSE(accepts("devices/1", {subscription_id("devices/+")}));
}

TEST_F(LiveSubscriptions, OfAGroupBringNoReplies) {
    subscriptions.apply({shared("devices/+", 1)});
    connect();
    grant_all();
    EXPECT_TRUE(subscriptions.complete());
    EXPECT_FALSE(subscriptions.granted("devices/1"));
}

TEST_F(LiveSubscriptions, ANewTableLeavesAGroupByItsName) {
    subscriptions.apply({shared("a")});
    connect();
    grant_all();
    const auto difference = subscriptions.apply({wish("a")});
    EXPECT_THAT(filters(difference.subscribe), ElementsAre("a"));
    EXPECT_THAT(filters(difference.unsubscribe), ElementsAre("$share/g/a"));
}

TEST_F(LiveSubscriptions, ANewTableChangesOnlyTheDifference) {
    subscriptions.apply({wish("a"), wish("b")});
    connect();
    grant_all();
    const auto difference = subscriptions.apply({wish("b"), wish("c")});
    EXPECT_THAT(filters(difference.subscribe), ElementsAre("c"));
    EXPECT_THAT(filters(difference.unsubscribe), ElementsAre("a"));
    EXPECT_TRUE(subscriptions.granted("b"));
    EXPECT_FALSE(subscriptions.granted("c"));
}

TEST_F(LiveSubscriptions, AllAreSentAgainAfterAReconnect) {
    subscriptions.apply({wish("a"), wish("b")});
    connect();
    grant_all();
    subscriptions.disconnected();
    EXPECT_FALSE(subscriptions.complete());
    connect(true);
    EXPECT_THAT(filters(requests), ElementsAre("a", "b"));
}

TEST_F(LiveSubscriptions, OfSeveralCopiesOnlyTheOwnersCounts) {
    subscriptions.apply({wish("a/+/c", 0), wish("a/b/+", 1)});
    connect();
    grant_all();
    const std::uint32_t plus_c = requests[0].filter == "a/+/c" ? requests[0].id : requests[1].id;
    const std::uint32_t b_plus = requests[0].filter == "a/b/+" ? requests[0].id : requests[1].id;
    EXPECT_TRUE(accepts("a/b/c", {b_plus}));
    EXPECT_FALSE(accepts("a/b/c", {plus_c}));
    EXPECT_TRUE(accepts("a/b/c", {plus_c, b_plus}));
    EXPECT_TRUE(accepts("a/x/c", {plus_c}));
}

TEST_F(LiveSubscriptions, ACopyIsAcceptedWhileTheBetterSubscriptionIsNotGranted) {
    subscriptions.apply({wish("a/+", 0)});
    connect();
    grant_all();
    const std::uint32_t plus = requests[0].id;
    subscriptions.apply({wish("a/+", 0), wish("a/b", 1)});
    EXPECT_TRUE(accepts("a/b", {plus}));
}

// --- sessions that the broker has kept

TEST_F(LiveSubscriptions, WhatWasDroppedWhileTheConnectionWasDownIsLeftInTheSessionThatWasKept) {
    subscriptions.apply({wish("a"), wish("b")});
    connect();
    grant_all();
    subscriptions.disconnected();
    subscriptions.apply({wish("b"), wish("c")});
    connect(true);
    EXPECT_THAT(filters(requests), ElementsAre("b", "c"));
    EXPECT_THAT(filters(leaves), ElementsAre("a"));
}

TEST_F(LiveSubscriptions, ANewSessionHasNothingToLeave) {
    subscriptions.apply({wish("a")});
    connect();
    subscriptions.disconnected();
    subscriptions.apply({});
    connect(false);
    EXPECT_THAT(leaves, IsEmpty());
    connect(true);
    EXPECT_THAT(leaves, IsEmpty());
}

TEST_F(LiveSubscriptions, AFilterIsLeftAgainUntilTheBrokerHasSaidSo) {
    subscriptions.apply({wish("a")});
    connect();
    subscriptions.apply({});
    connect(true);
    EXPECT_THAT(filters(leaves), ElementsAre("a"));
    subscriptions.on_left(leaves.at(0).ticket);
    connect(true);
    EXPECT_THAT(leaves, IsEmpty());
}

TEST_F(LiveSubscriptions, AFilterThatIsWantedAgainIsNotLeft) {
    subscriptions.apply({wish("a")});
    connect();
    subscriptions.disconnected();
    subscriptions.apply({});
    subscriptions.apply({wish("a")});
    connect(true);
    EXPECT_THAT(leaves, IsEmpty());
}

TEST_F(LiveSubscriptions, AFilterOfAnEarlierRunIsLeftOnceItDelivers) {
    subscriptions.apply({wish("a/b", 1)});
    connect(true);
    EXPECT_THAT(leaves, IsEmpty()) << "nobody knows it yet";
    const auto stray = arrival("a/x/c", {subscription_id("a/+/c")});
    EXPECT_FALSE(subscriptions.matches_any(stray.topic));
    const auto left = subscriptions.left_over(stray);
    EXPECT_THAT(filters(left), ElementsAre("a/+/c"));
    EXPECT_THAT(subscriptions.left_over(stray), IsEmpty()) << "it has been asked for";
    connect(true);
    EXPECT_THAT(filters(leaves), ElementsAre("a/+/c")) << "but not confirmed";
}

TEST_F(LiveSubscriptions, WantedFiltersAreNeverLeft) {
    subscriptions.apply({wish("a/+", 1)});
    connect(true);
    EXPECT_THAT(subscriptions.left_over(arrival("a/b", {subscription_id("a/+"), 1, 2})), IsEmpty());
}

TEST_F(LiveSubscriptions, WhatWasQueuedUnderAFilterLeftOverIsNotLost) {
    subscriptions.apply({wish("a/b", 1)});
    connect(true);
    grant_all();
    const std::uint32_t wide = subscription_id("a/#"), own = subscription_id("a/b");
    EXPECT_TRUE(accepts("a/b", {wide}, "1"));
    EXPECT_TRUE(accepts("a/b", {wide}, "2"));
    EXPECT_TRUE(accepts("a/b", {wide}, "2")) << "published twice";
    EXPECT_TRUE(accepts("a/b", {own}, "3"));
    EXPECT_FALSE(accepts("a/b", {wide}, "3")) << "from now on the wanted filter delivers";
    EXPECT_FALSE(accepts("a/b", {wide}, "4"));
}

TEST_F(LiveSubscriptions, TheFirstByAWantedFilterCountsAlthoughItMayBeACopy) {
    subscriptions.apply({wish("a/b", 1)});
    connect(true);
    const std::uint32_t wide = subscription_id("a/#"), own = subscription_id("a/b");
    EXPECT_TRUE(accepts("a/b", {wide}, "off")) << "queued before";
    EXPECT_TRUE(accepts("a/b", {own}, "off")) << "published again, or a copy";
    EXPECT_FALSE(accepts("a/b", {wide}, "off"));
    EXPECT_FALSE(accepts("a/b", {wide}, "2"));
    EXPECT_TRUE(accepts("a/b", {own}, "2"));
}

TEST_F(LiveSubscriptions, WhatWaitsInTheBrokerDuringAReloadIsNotLost) {
    subscriptions.apply({wish("a/b", 1)});
    connect();
    grant_all();
    const std::uint32_t narrow = subscription_id("a/b"), wide = subscription_id("a/#");
    EXPECT_FALSE(accepts("a/b", {wide})) << "of a new session, only its own filters count";
    const auto difference = subscriptions.apply({wish("a/#", 1)});
    subscriptions.on_result(difference.subscribe.at(0).ticket, 1);
    EXPECT_TRUE(accepts("a/b", {narrow}, "1"));
    EXPECT_TRUE(accepts("a/b", {narrow}, "2"));
    EXPECT_TRUE(accepts("a/b", {wide}, "3"));
    EXPECT_FALSE(accepts("a/b", {narrow}, "3"));
}

TEST_F(LiveSubscriptions, ATopicThatIsTooDeepDoesNotHideTheFilterThatBroughtIt) {
    subscriptions.apply({wish("x", 1)});
    connect(true);
    EXPECT_THAT(subscriptions.left_over(arrival("1/2/3/4/5/6/7/8/9/10/11/12/13", {subscription_id("#")})),
                IsEmpty());
    EXPECT_THAT(filters(subscriptions.left_over(arrival("1", {subscription_id("#")}))), ElementsAre("#"));
}

TEST_F(LiveSubscriptions, OfCopiesThatWereQueuedForANewRunOneCountsFromTheSecondMessageOn) {
    subscriptions.apply({wish("a/+/c", 1), wish("a/b/+", 2)});
    connect(true);
    const std::uint32_t plus_c = subscription_id("a/+/c"), b_plus = subscription_id("a/b/+");
    EXPECT_TRUE(accepts("a/b/c", {plus_c}, "1"));
    EXPECT_TRUE(accepts("a/b/c", {b_plus}, "1")) << "the first, which may be a copy";
    grant_all();
    EXPECT_FALSE(accepts("a/b/c", {plus_c}, "2"));
    EXPECT_TRUE(accepts("a/b/c", {b_plus}, "2"));
}

TEST(SubscriptionId, NamesItsFilterAmongThoseThatMatchATopic) {
    for (const char* filter : {"a/b/c", "a/+/c", "+/+/+", "#", "a/#", "a/b/#", "a/b/c/#", "+/b/#"})
        EXPECT_EQ(filter_of(subscription_id(filter), "a/b/c"), filter);
    EXPECT_EQ(filter_of(subscription_id("a/b/+"), "a/x/c"), std::nullopt);
    EXPECT_EQ(filter_of(7, "a/b/c"), std::nullopt) << "of an earlier version of the gateway";
}

TEST(SubscriptionId, FitsIntoAnIdentifier) {
    for (int i = 0; i < 10'000; ++i) {
        const std::uint32_t id = subscription_id("devices/" + std::to_string(i) + "/#");
        EXPECT_GT(id, 0U);
        EXPECT_LE(id, 268'435'455U);
    }
}

TEST(SubscriptionId, IsNotSearchedForInATopicOfVeryManyLevels) {
    std::string topic = "a";
    for (int i = 0; i < 100; ++i)
        topic += "/a";
    EXPECT_EQ(filter_of(subscription_id("#"), topic), std::nullopt);
}

TEST(SubscriptionsOf311, ThatTakeRetainedOnceAreNotRepeatedInAResumedSession) {
    Subscriptions subscriptions{Protocol::v3_1_1};
    Subscription once = wish("a");
    once.retained = Retained::once;
    subscriptions.apply({once, wish("b")});
    for (const auto& request : subscriptions.connected(false).subscribe)
        subscriptions.on_result(request.ticket, 0);
    subscriptions.disconnected();
    EXPECT_THAT(filters(subscriptions.connected(true).subscribe), ElementsAre("b"));
    subscriptions.disconnected();
    EXPECT_THAT(filters(subscriptions.connected(false).subscribe), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace gateway::mqtt
