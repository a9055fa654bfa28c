// What a reader of a stream gets: what is stored, if that is wanted, then what is published, in an order that
// makes sense.
#include "adapters/happn/feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace happn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* everything_below_d = "/d/{leaf}";

class FeedTest : public testing::Test {
protected:
    /// Its reader takes what is stored as soon as it is told, unless it is busy.
    Feed& feed(Feed::Wish wish = {}) {
        if (!wish.pattern) wish.pattern = pattern(everything_below_d);
        current = std::make_unique<Feed>(
            std::move(wish),
            Feed::Emit{[this](gateway::StreamItem item) { items.push_back(std::move(item)); },
                       [this] { take_stored(busy ? 0 : all); }});
        return *current;
    }
    void take_stored(std::size_t most) {
        for (std::size_t taken = 0; taken < most; ++taken) {
            auto item = current->next_stored();
            if (!item) return;
            items.push_back(*std::move(item));
        }
    }
    static std::shared_ptr<const gateway::AddressPattern> pattern(std::string_view text) {
        return std::make_shared<const gateway::AddressPattern>(
            gateway::AddressPattern::parse(text, gateway::AddressKind::happn).value());
    }
    static Feed::Wish with_initial() {
        Feed::Wish wish;
        wish.initial = true;
        return wish;
    }
    static FeedItem item(std::string path, std::string data, std::string modified) {
        return {std::move(path), std::move(data), "1", std::move(modified)};
    }
    static FeedItem removal(std::string path) { return {std::move(path), R"({"removed":1})", {}, {}, true}; }

    std::vector<std::string> seen() const {
        std::vector<std::string> texts;
        for (const auto& one : items)
            texts.push_back(one.address + ' ' + one.payload.bytes.str());
        return texts;
    }

    static constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
    std::unique_ptr<Feed> current;
    bool busy = false;
    std::vector<gateway::StreamItem> items;
};

TEST_F(FeedTest, PassesPublicationsOnAsTheyCome) {
    auto& one = feed();
    EXPECT_FALSE(one.needs_stored());
    one.on_publication(item("/d/a", R"({"value":1})", "5"));
    one.on_publication(item("/d/b", R"({"x":2})", "6"));
    EXPECT_THAT(seen(), ElementsAre("/d/a 1", R"(/d/b {"x":2})"));
}

TEST_F(FeedTest, LeavesOutWhatTheMeshesWildcardTookAndThePatternDoesNot) {
    auto& one = feed();
    one.on_publication(item("/d/a/deeper", "{}", "5"));
    EXPECT_THAT(items, IsEmpty());
}

TEST_F(FeedTest, BeginsWithWhatIsStoredInTheOrderOfItsTimes) {
    auto& one = feed(with_initial());
    ASSERT_TRUE(one.needs_stored());
    one.hold();
    one.on_stored({item("/d/b", R"({"value":2})", "20"), item("/d/a", R"({"value":1})", "10")});
    EXPECT_THAT(seen(), ElementsAre("/d/a 1", "/d/b 2"));
    EXPECT_FALSE(one.needs_stored());
}

TEST_F(FeedTest, DoesNotBringTwiceWhatWasPublishedWhileTheStoredWasFetched) {
    auto& one = feed(with_initial());
    one.hold();
    one.on_publication(item("/d/a", R"({"value":1})", "10"));
    one.on_publication(item("/d/b", R"({"value":3})", "30"));
    EXPECT_THAT(items, IsEmpty());
    one.on_stored({item("/d/a", R"({"value":1})", "10"), item("/d/b", R"({"value":2})", "20")});
    EXPECT_THAT(seen(), ElementsAre("/d/a 1", "/d/b 2", "/d/b 3"));
}

TEST_F(FeedTest, HoldsWhatIsNeverStored) {
    auto& one = feed(with_initial());
    one.hold();
    one.on_publication(item("/d/a", R"({"value":"not stored"})", ""));
    one.on_stored({item("/d/a", R"({"value":1})", "10")});
    EXPECT_THAT(seen(), ElementsAre("/d/a 1", R"(/d/a "not stored")"));
}

TEST_F(FeedTest, CannotHoldMoreThanItsLimit) {
    auto& one = feed(with_initial());
    one.hold();
    for (std::size_t i = 0; i < Feed::max_held; ++i)
        ASSERT_TRUE(one.on_publication(item("/d/a", "{}", std::to_string(i))));
    EXPECT_FALSE(one.on_publication(item("/d/a", "{}", "1")));
}

TEST_F(FeedTest, GoesOnBehindTheMarkOfTheLastItem) {
    auto& before = feed();
    before.on_publication(item("/d/a", R"({"value":1})", "10"));
    const std::string mark = items.back().mark;
    items.clear();

    Feed::Wish wish;
    wish.resume_after = mark;
    auto& one = feed(wish);
    ASSERT_TRUE(one.needs_stored());
    one.hold();
    one.on_stored({item("/d/a", R"({"value":1})", "10"),
                   item("/d/same-time", R"({"value":2})", "10"),
                   item("/d/older", R"({"value":0})", "9"),
                   item("/d/newer", R"({"value":3})", "11")});
    EXPECT_THAT(seen(), ElementsAre("/d/same-time 2", "/d/newer 3"));
}

TEST_F(FeedTest, TakesWhatIsNoMarkForNone) {
    for (const char* mark : {"", "x", "12", "-1-ab", "99999999999999999999999-ab", "1 -a"}) {
        Feed::Wish wish;
        wish.resume_after = mark;
        EXPECT_FALSE(feed(wish).needs_stored()) << mark;
    }
}

TEST_F(FeedTest, GoesOnWhereItWasAfterALoss) {
    auto& one = feed(with_initial());
    one.hold();
    one.on_stored({item("/d/a", R"({"value":1})", "10")});
    one.lost();
    ASSERT_TRUE(one.needs_stored());
    one.hold();
    one.on_stored({item("/d/a", R"({"value":1})", "10"), item("/d/b", R"({"value":2})", "12")});
    EXPECT_THAT(seen(), ElementsAre("/d/a 1", "/d/b 2"));
}

TEST_F(FeedTest, KeepsTheMarkItBeganBehindUntilThereIsANewerOne) {
    Feed::Wish wish;
    wish.resume_after = "10-x";
    auto& one = feed(wish);
    one.hold();
    one.on_stored({});
    one.lost();
    EXPECT_TRUE(one.needs_stored());
    EXPECT_FALSE(one.wants_initial());
}

TEST_F(FeedTest, TellsRemovesOnlyIfTheyAreWanted) {
    Feed::Wish wish;
    wish.removes = true;
    auto& both = feed(wish);
    both.on_publication(removal("/d/a"));
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items[0].action, gateway::Action::remove);
    EXPECT_EQ(items[0].mark, "") << "nothing can be resumed from a remove: it is not stored";
    items.clear();
    auto& sets = feed();
    sets.on_publication(removal("/d/a"));
    EXPECT_THAT(items, IsEmpty());
}

TEST_F(FeedTest, KeepsWhatIsStoredUntilItsReaderTakesIt) {
    busy = true;
    auto& one = feed(with_initial());
    one.hold();
    one.on_stored({item("/d/a", "1", "10"), item("/d/b", "2", "20"), item("/d/c", "3", "30")});
    EXPECT_THAT(items, IsEmpty());
    take_stored(2);
    EXPECT_THAT(seen(), ElementsAre("/d/a 1", "/d/b 2"));
    take_stored(all);
    EXPECT_THAT(seen(), ElementsAre("/d/a 1", "/d/b 2", "/d/c 3"));
}

TEST_F(FeedTest, LosesNothingOfWhatWaitsForItsReaderWhenTheMeshIsLost) {
    busy = true;
    auto& one = feed(with_initial());
    one.hold();
    one.on_stored({item("/d/a", "1", "10"), item("/d/b", "2", "20")});
    one.lost();
    one.hold();
    one.on_stored({item("/d/a", "1", "10"), item("/d/b", "2", "20"), item("/d/c", "3", "30")});
    take_stored(all);
    EXPECT_THAT(seen(), ElementsAre("/d/a 1", "/d/b 2")) << "up to where it was lost";
    take_stored(all);
    EXPECT_THAT(seen(), ElementsAre("/d/a 1", "/d/b 2", "/d/c 3"));
}

TEST_F(FeedTest, KeepsNoMoreThanItsLimitForAReader) {
    busy = true;
    auto& one = feed(with_initial());
    const std::string half(Feed::max_stored_bytes / 2, 'x');
    EXPECT_TRUE(one.on_stored({item("/d/a", half, "10")}));
    EXPECT_FALSE(one.on_stored({item("/d/b", half, "20")}));
}

TEST_F(FeedTest, AddsPathTimesAndActionWhereTheyAreWanted) {
    Feed::Wish wish;
    wish.with_meta = true;
    auto& one = feed(wish);
    one.on_publication(item("/d/a", R"({"x":1,"_meta":{"path":"/d/a","_id":"/d/a"}})", "10"));
    EXPECT_THAT(
        seen(),
        ElementsAre(R"(/d/a {"x":1,"_meta":{"path":"/d/a","created":1,"modified":10,"action":"set"}})"));
}

}  // namespace
}  // namespace happn
