#include "gateway/inbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace gateway {
namespace {

using Pushed = Inbox<int>::Pushed;
using testing::ElementsAre;

TEST(Inbox, SaysOnlyToTheFirstProducerToWakeTheConsumer) {
    Inbox<int> inbox{{10, 100}};
    EXPECT_EQ(inbox.try_push(1, 1), Pushed::first);
    EXPECT_EQ(inbox.try_push(2, 1), Pushed::queued);
    std::vector<int> taken;
    EXPECT_FALSE(inbox.take(taken, 10));
    EXPECT_THAT(taken, ElementsAre(1, 2));
    EXPECT_EQ(inbox.push(3), Pushed::first);
}

TEST(Inbox, IsBoundedInMessages) {
    Inbox<int> inbox{{2, 100}};
    inbox.try_push(1, 1);
    inbox.try_push(2, 1);
    EXPECT_EQ(inbox.try_push(3, 1), Pushed::refused);
    EXPECT_EQ(inbox.load().messages, 2U);
}

TEST(Inbox, IsBoundedInBytes) {
    Inbox<int> inbox{{10, 100}};
    inbox.try_push(1, 60);
    EXPECT_EQ(inbox.try_push(2, 41), Pushed::refused);
    EXPECT_EQ(inbox.try_push(3, 40), Pushed::queued);
    EXPECT_EQ(inbox.load().bytes, 100U);
}

TEST(Inbox, TakesAnItemBiggerThanItselfWhenItIsEmpty) {
    Inbox<int> inbox{{10, 100}};
    EXPECT_EQ(inbox.try_push(1, 1000), Pushed::first);
    EXPECT_EQ(inbox.try_push(2, 1), Pushed::refused);
}

TEST(Inbox, NeverRefusesWhatMustNotBeLost) {
    Inbox<int> inbox{{1, 1}};
    inbox.push(1, 1);
    EXPECT_EQ(inbox.push(2, 1), Pushed::queued);
    EXPECT_EQ(inbox.load().messages, 2U);
}

TEST(Inbox, GivesABatchAndSaysThatMoreIsLeft) {
    Inbox<int> inbox{{10, 100}};
    for (int i = 0; i < 5; ++i)
        inbox.try_push(i, 10);
    std::vector<int> taken;
    EXPECT_TRUE(inbox.take(taken, 3));
    EXPECT_EQ(inbox.load().bytes, 20U);
    EXPECT_FALSE(inbox.take(taken, 3));
    EXPECT_THAT(taken, ElementsAre(0, 1, 2, 3, 4));
}

TEST(Inbox, LosesNothingAndKeepsEachProducersOrderBetweenThreads) {
    constexpr int producers = 4, each = 2000;
    Inbox<int> inbox{{producers * each, static_cast<std::size_t>(producers) * each}};
    std::vector<std::thread> threads;
    for (int p = 0; p < producers; ++p) {
        threads.emplace_back([&inbox, p] {
            for (int i = 0; i < each; ++i)
                inbox.try_push(p * each + i, 1);
        });
    }
    std::vector<int> all;
    while (all.size() < static_cast<std::size_t>(producers) * each) {
        inbox.take(all, 64);
        std::this_thread::yield();
    }
    for (std::thread& thread : threads)
        thread.join();
    std::vector<int> last(producers, -1);
    for (const int item : all) {
        EXPECT_GT(item % each, last[static_cast<std::size_t>(item / each)]);
        last[static_cast<std::size_t>(item / each)] = item % each;
    }
    EXPECT_EQ(inbox.load().bytes, 0U);
}

}  // namespace
}  // namespace gateway
