#include "adapters/rest/idempotency_store.hpp"

#include <gtest/gtest.h>

namespace rest {
namespace {

using namespace std::chrono_literals;
using Found = IdempotencyStore::Found;

HttpReply reply(std::size_t size) {
    return {200, "text/plain", gateway::Bytes{std::string(size, 'x')}};
}

class AnIdempotencyStore : public testing::Test {
protected:
    Found begin(const std::string& key, const std::string& fingerprint = "same") {
        return store.begin(key, fingerprint, now).found;
    }
    void execute(const std::string& key, std::size_t size = 10) {
        ASSERT_EQ(begin(key), Found::nothing) << key;
        store.keep(key, reply(size), now);
    }

    gateway::TimePoint now{};
    IdempotencyStore store{{.keep = 1h, .keys = 3, .memory = 4'000}};
};

TEST_F(AnIdempotencyStore, GivesTheAnswerOfTheFirstRequestToTheNext) {
    ASSERT_EQ(begin("a"), Found::nothing);
    HttpReply first{201, "application/json", gateway::Bytes::literal("{}")};
    first.headers.emplace_back("Location", "/orders/1");
    store.keep("a", first, now);
    const auto again = store.begin("a", "same", now);
    ASSERT_EQ(again.found, Found::answered);
    EXPECT_EQ(again.answer->status, 201);
    EXPECT_EQ(again.answer->content_type, "application/json");
    EXPECT_EQ(again.answer->headers, first.headers);
    EXPECT_EQ(again.answer->body.view(), "{}");
}

TEST_F(AnIdempotencyStore, KnowsThatTheFirstIsUnderWay) {
    begin("a");
    EXPECT_EQ(begin("a"), Found::running);
    EXPECT_EQ(begin("b"), Found::nothing);
}

TEST_F(AnIdempotencyStore, TellsAnotherRequestWithTheSameKey) {
    begin("a");
    EXPECT_EQ(begin("a", "other"), Found::another);
    store.keep("a", reply(10), now);
    EXPECT_EQ(begin("a", "other"), Found::another);
    EXPECT_EQ(begin("a"), Found::answered);
}

TEST_F(AnIdempotencyStore, FreesAKeyWhoseRequestWasNotExecuted) {
    begin("a");
    store.release("a");
    EXPECT_EQ(begin("a", "other"), Found::nothing);
}

TEST_F(AnIdempotencyStore, ForgetsAnAnswerWhenItsTimeIsOver) {
    begin("a");
    now += 10h;
    EXPECT_EQ(begin("a"), Found::running) << "the time begins with the answer";
    store.keep("a", reply(10), now);
    now += 1h - 1ms;
    EXPECT_EQ(begin("a"), Found::answered);
    now += 1ms;
    EXPECT_EQ(begin("a", "other"), Found::nothing);
    EXPECT_EQ(store.bytes(), 0U);
}

TEST_F(AnIdempotencyStore, LetsGoWhatWasAskedForLongestAgo) {
    for (const char* key : {"a", "b", "c"})
        execute(key);
    ASSERT_EQ(begin("a"), Found::answered);
    execute("d");
    EXPECT_EQ(store.keys(), 3U);
    EXPECT_EQ(begin("a"), Found::answered);
    EXPECT_EQ(begin("c"), Found::answered);
    EXPECT_EQ(begin("d"), Found::answered);
    EXPECT_EQ(begin("b"), Found::nothing);
}

TEST_F(AnIdempotencyStore, NeverLetsGoWhatIsUnderWay) {
    begin("a");
    begin("b");
    execute("c");
    EXPECT_EQ(begin("d"), Found::nothing) << "in the place of c";
    EXPECT_EQ(begin("e"), Found::full);
    EXPECT_EQ(begin("a"), Found::running);
}

TEST_F(AnIdempotencyStore, IsBoundedInBytes) {
    execute("a", 1'500);
    execute("b", 1'500);
    EXPECT_LE(store.bytes(), 4'000U);
    EXPECT_EQ(begin("b"), Found::answered);
    execute("c", 1'500);
    EXPECT_LE(store.bytes(), 4'000U);
    EXPECT_EQ(begin("a"), Found::nothing);
}

TEST_F(AnIdempotencyStore, KnowsThatARequestWasExecutedWhoseAnswerIsTooLarge) {
    execute("a", 10'000);
    EXPECT_LE(store.bytes(), 4'000U);
    EXPECT_EQ(begin("a"), Found::lost);
    EXPECT_EQ(begin("a", "other"), Found::another);
}

}  // namespace
}  // namespace rest
