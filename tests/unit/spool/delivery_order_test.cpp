// Whose turn it is among messages that must not be lost.
#include "gateway/spool/delivery_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace gateway::spool {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

const TimePoint start{};

std::vector<Id> all_next(DeliveryOrder& order, TimePoint now = start) {
    std::vector<Id> ids;
    while (const auto id = order.next(now))
        ids.push_back(*id);
    return ids;
}

TEST(DeliveryOrder, MessagesOfOneLaneGoOneAfterTheOther) {
    DeliveryOrder order{10};
    order.add(1, "a");
    order.add(2, "a");
    EXPECT_THAT(all_next(order), ElementsAre(1));
    order.finish(1);
    EXPECT_THAT(all_next(order), ElementsAre(2));
    order.finish(2);
    EXPECT_EQ(order.size(), 0u);
}

TEST(DeliveryOrder, LanesGoSideBySide) {
    DeliveryOrder order{10};
    order.add(1, "a");
    order.add(2, "a");
    order.add(3, "b");
    EXPECT_THAT(all_next(order), ElementsAre(1, 3));
}

TEST(DeliveryOrder, AMessageThatFailsHoldsItsLaneAloneUntilItsNextAttempt) {
    DeliveryOrder order{10};
    order.add(1, "a");
    order.add(2, "a");
    order.add(3, "b");
    all_next(order);
    order.retry(1, start + seconds{5});
    order.finish(3);
    order.add(4, "b");
    EXPECT_THAT(all_next(order), ElementsAre(4));
    EXPECT_EQ(order.next_due(), start + seconds{5});
    EXPECT_THAT(all_next(order, start + seconds{4}), ElementsAre());
    EXPECT_THAT(all_next(order, start + seconds{5}), ElementsAre(1)) << "not 2: the order stays";
    EXPECT_EQ(order.next_due(), std::nullopt);
}

TEST(DeliveryOrder, NoMoreAreUnderWayThanMayBe) {
    DeliveryOrder order{2};
    for (Id id = 1; id <= 4; ++id)
        order.add(id, std::to_string(id));
    EXPECT_THAT(all_next(order), ElementsAre(1, 2));
    order.retry(1, start + seconds{1});
    EXPECT_THAT(all_next(order), ElementsAre(3));
    EXPECT_EQ(order.under_way(), 2u);
}

TEST(DeliveryOrder, SaysBeforeWhatWouldBeginAtOnce) {
    DeliveryOrder order{2};
    EXPECT_TRUE(order.begins_at_once("a"));
    order.add(1, "a");
    EXPECT_FALSE(order.begins_at_once("b")) << "another one is before it";
    order.next(start);
    EXPECT_FALSE(order.begins_at_once("a")) << "its lane is busy";
    EXPECT_TRUE(order.begins_at_once("b"));
    order.add(2, "b");
    order.next(start);
    EXPECT_FALSE(order.begins_at_once("c")) << "no more may be under way";
    order.finish(1);
    EXPECT_TRUE(order.begins_at_once("a"));
}

TEST(DeliveryOrder, AnOutcomeThatComesTwiceChangesNothing) {
    DeliveryOrder order{2};
    order.add(1, "a");
    order.add(2, "a");
    all_next(order);
    order.finish(1);
    order.finish(1);
    order.retry(1, start);
    EXPECT_EQ(order.size(), 1u);
    EXPECT_THAT(all_next(order), ElementsAre(2));
}

TEST(DeliveryOrder, EveryLaneIsInOrderWhateverFails) {
    std::minstd_rand random{7};
    DeliveryOrder order{5};
    std::map<Id, int> lane_of;
    std::map<int, std::vector<Id>> delivered;
    std::vector<Id> under_way;
    TimePoint now = start;
    Id last = 0;
    for (int step = 0; step < 20'000; ++step) {
        if (last < 2'000 && random() % 3 == 0) {
            lane_of[++last] = static_cast<int>(random() % 7);
            order.add(last, std::to_string(lane_of[last]));
        }
        now += seconds{1};
        while (const auto id = order.next(now))
            under_way.push_back(*id);
        ASSERT_LE(under_way.size(), 5u);
        if (under_way.empty()) continue;
        const auto chosen = under_way.begin() + static_cast<std::ptrdiff_t>(random() % under_way.size());
        if (random() % 4 == 0) {
            order.retry(*chosen, now + seconds{random() % 5});
        } else {
            delivered[lane_of[*chosen]].push_back(*chosen);
            order.finish(*chosen);
        }
        under_way.erase(chosen);
    }
    EXPECT_EQ(order.size(), 0u);
    std::size_t all = 0;
    for (const auto& [lane, ids] : delivered) {
        EXPECT_TRUE(std::ranges::is_sorted(ids)) << lane;
        all += ids.size();
    }
    EXPECT_EQ(all, 2'000u);
}

}  // namespace
}  // namespace gateway::spool
