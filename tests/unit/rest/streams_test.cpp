// Streams as a client sees them: which form, what each piece looks like, and what becomes of slow readers.
#include <gmock/gmock.h>

#include "adapters/rest/streams/item_queue.hpp"
#include "stream_parts.hpp"
#include "surface_test_base.hpp"

namespace rest {
namespace {

using gateway::Bytes;
using gateway::StreamItem;
using testing::ElementsAre;
using testing::IsEmpty;

HttpRequest accepting(std::string_view accept) {
    HttpRequest request;
    request.headers.push_back({"Accept", accept});
    return request;
}

TEST(StreamFormatOfARequest, IsWhatItAsksFor) {
    EXPECT_EQ(stream_format(accepting("text/event-stream")), StreamFormat::events);
    EXPECT_EQ(stream_format(accepting("application/x-ndjson")), StreamFormat::lines);
    EXPECT_EQ(stream_format(accepting("application/jsonl")), StreamFormat::lines);
    EXPECT_EQ(stream_format(accepting("*/*")), StreamFormat::events);
    EXPECT_EQ(stream_format(HttpRequest{}), StreamFormat::events);
    EXPECT_EQ(stream_format(accepting("application/x-ndjson, */*;q=0.1")), StreamFormat::lines);
    EXPECT_EQ(stream_format(accepting("application/json")), std::nullopt);
    HttpRequest upgrade;
    upgrade.wants_websocket = true;
    EXPECT_EQ(stream_format(upgrade), StreamFormat::websocket);
}

TEST(StreamPiece, IsOneEventOfSeveralFields) {
    EXPECT_EQ(stream_piece(item("{\"a\":1}", "12-ab"), StreamFormat::events),
              "id: 12-ab\ndata: {\"a\":1}\n\n");
    StreamItem removed = item("{\"removed\":1}");
    removed.action = gateway::Action::remove;
    EXPECT_EQ(stream_piece(removed, StreamFormat::events), "event: remove\ndata: {\"removed\":1}\n\n");
}

TEST(StreamPiece, StaysOneLineWhateverBlanksItsJsonHas) {
    EXPECT_EQ(stream_piece(item("{\n \"a\":\r\n1 }"), StreamFormat::lines), "{  \"a\":  1 }\n");
    EXPECT_EQ(stream_piece(item("[\n1]"), StreamFormat::events), "data: [ 1]\n\n");
}

TEST(StreamPiece, IsJsonWhateverItsPayloadIs) {
    StreamItem text;
    text.payload = gateway::Payload{Bytes{std::string{"two\nlines"}}, gateway::Encoding::text, {}};
    EXPECT_EQ(stream_piece(text, StreamFormat::lines), "\"two\\nlines\"\n");
    StreamItem bytes;
    bytes.payload = gateway::Payload{Bytes{std::string{"\0\xff", 2}}, gateway::Encoding::bytes, {}};
    EXPECT_EQ(stream_piece(bytes, StreamFormat::websocket), "\"AP8=\"");
}

class ItemQueueTest : public testing::Test {
protected:
    ItemQueue& queue_of(
        std::size_t max,
        gateway::StreamOptions::Overflow overflow = gateway::StreamOptions::Overflow::drop_oldest) {
        gateway::StreamOptions options;
        options.max_queue = max;
        options.overflow = overflow;
        queue.emplace(std::make_shared<HeldStream>(options, open, stored), StreamFormat::lines);
        queue->on_ready([this] { ++rung; });
        return *queue;
    }
    std::string taken() {
        std::string all;
        for (const auto& piece : queue->take(1000))
            all += piece;
        return all;
    }
    bool open = false;
    std::deque<StreamItem> stored;
    int rung = 0;
    std::optional<ItemQueue> queue;
};

TEST_F(ItemQueueTest, GivesItemsInOrder) {
    auto& items = queue_of(10);
    items.on_item(item("1"));
    items.on_item(item("2"));
    EXPECT_EQ(rung, 2);
    EXPECT_EQ(taken(), "1\n2\n");
    EXPECT_FALSE(items.has_pieces());
}

TEST_F(ItemQueueTest, GivesAtLeastOneItemHoweverLargeItIs) {
    auto& items = queue_of(10);
    items.on_item(item("\"" + std::string(100, 'x') + "\""));
    items.on_item(item("2"));
    EXPECT_EQ(items.take(10).size(), 1U);
    EXPECT_EQ(taken(), "2\n");
}

TEST_F(ItemQueueTest, DropsTheOldestForASlowReaderAndTellsIt) {
    auto& items = queue_of(2);
    for (const char* json : {"1", "2", "3", "4"})
        items.on_item(item(json));
    EXPECT_EQ(taken(), "{\"event\":\"lagged\",\"dropped\":2}\n3\n4\n");
    EXPECT_EQ(items.take_dropped(), 2U);
    items.on_item(item("5"));
    EXPECT_EQ(taken(), "5\n") << "told once";
}

TEST_F(ItemQueueTest, TellsOfItemsThatWereLeftOutWhereTheyWouldHaveBeen) {
    auto& items = queue_of(1);
    items.on_item(item("1"));
    stored = {item("2")};
    items.on_stored();
    items.on_item(item("3"));
    items.on_item(item("4"));
    EXPECT_EQ(taken(), "{\"event\":\"lagged\",\"dropped\":1}\n2\n{\"event\":\"lagged\",\"dropped\":1}\n4\n");
    EXPECT_EQ(items.take_dropped(), 2U);
}

TEST_F(ItemQueueTest, TellsOfAGapWhoseSizeNobodyKnows) {
    auto& items = queue_of(2);
    items.on_item(item("1"));
    items.on_gap();
    items.on_gap();
    items.on_item(item("2"));
    EXPECT_EQ(rung, 4);
    EXPECT_EQ(taken(), "1\n{\"event\":\"lagged\",\"dropped\":null}\n2\n");
    EXPECT_EQ(items.take_dropped(), 0U) << "they were not dropped here";
}

TEST_F(ItemQueueTest, TellsOnceOfGapsThatMeet) {
    auto& items = queue_of(1);
    items.on_gap();
    items.on_item(item("1"));
    items.on_gap();
    items.on_item(item("2"));
    EXPECT_EQ(taken(), "{\"event\":\"lagged\",\"dropped\":null}\n2\n");
}

TEST_F(ItemQueueTest, TakesWhatIsStoredOnlyAsFastAsItIsRead) {
    auto& items = queue_of(2);
    for (int i = 0; i < 1000; ++i)
        stored.push_back(item("\"stored\""));
    items.on_stored();
    EXPECT_EQ(rung, 1);
    EXPECT_EQ(items.take(50).size(), 6U) << "of 9 bytes each";
    EXPECT_EQ(stored.size(), 994U);
    EXPECT_TRUE(items.has_pieces());
}

TEST_F(ItemQueueTest, BringsAllThatIsStoredBeforeWhatCameMeanwhile) {
    for (const auto overflow :
         {gateway::StreamOptions::Overflow::drop_oldest, gateway::StreamOptions::Overflow::close}) {
        auto& items = queue_of(2, overflow);
        stored = {item("1"), item("2"), item("3"), item("4")};
        items.on_stored();
        items.on_item(item("5"));
        items.on_item(item("6"));
        EXPECT_EQ(taken(), "1\n2\n3\n4\n5\n6\n");
        EXPECT_EQ(items.take_dropped(), 0U);
        EXPECT_FALSE(items.ended());
    }
}

TEST_F(ItemQueueTest, CutsASlowReaderOffWhereTheRouteSaysSo) {
    auto& items = queue_of(1, gateway::StreamOptions::Overflow::close);
    items.on_item(item("1"));
    items.on_item(item("2"));
    EXPECT_TRUE(items.ended() && items.failed());
    EXPECT_EQ(
        taken(),
        "1\n{\"event\":\"closed\",\"name\":\"Overloaded\",\"message\":\"the reader does not keep up\"}\n");
    items.on_item(item("3"));
    EXPECT_FALSE(items.has_pieces());
}

TEST_F(ItemQueueTest, IsBoundedInBytesToo) {
    auto& items = queue_of(1000);
    const std::string large = "\"" + std::string(ItemQueue::max_bytes / 4, 'x') + "\"";
    for (int i = 0; i < 10; ++i)
        items.on_item(item(large));
    EXPECT_GT(items.take_dropped(), 5U);
}

TEST_F(ItemQueueTest, TellsWhyItEndedAfterWhatCameBefore) {
    auto& items = queue_of(10);
    items.on_item(item("1"));
    items.on_end(gateway::Error{gateway::Errc::access_denied, "revoked"});
    EXPECT_EQ(taken(), "1\n{\"event\":\"closed\",\"name\":\"AccessDenied\",\"message\":\"revoked\"}\n");
}

TEST_F(ItemQueueTest, LetsTheStreamGoWhenItIsClosed) {
    auto& items = queue_of(10);
    items.on_item(item("1"));
    EXPECT_TRUE(open);
    items.close();
    EXPECT_FALSE(open);
    EXPECT_FALSE(items.has_pieces());
}

class StreamRoutes : public SurfaceTest {
protected:
    StreamRoutes() { mesh.is_secure = false; }
};

TEST_F(StreamRoutes, AreRefusedBeforeAnythingIsAskedWhereNoFormIsAcceptable) {
    use({watch_route()});
    EXPECT_EQ(ask("GET", "/d/d1/events", {{"Accept", "application/json"}}).status, 406);
    EXPECT_THAT(sinks.node.delivered, IsEmpty());
}

TEST_F(StreamRoutes, AnswerWithAStreamOnceTheMeshHasOpenedIt) {
    use({watch_route()});
    EXPECT_EQ(send("GET", "/d/d1/events", {{"Accept", "application/x-ndjson"}, {"Last-Event-ID", "5-ab"}}),
              std::nullopt);
    ASSERT_EQ(sinks.node.delivered.size(), 1U);
    EXPECT_EQ(sinks.node.delivered[0].second.resume_after, "5-ab");
    dispatcher.on_open(sinks.node.delivered[0].first);
    ASSERT_TRUE(late.has_value());
    EXPECT_EQ(late->status, 200);
    EXPECT_EQ(late->content_type, "application/x-ndjson");
    EXPECT_EQ(header_of(*late, "Cache-Control"), "no-store");
    EXPECT_EQ(header_of(*late, "X-Accel-Buffering"), "no");
    ASSERT_TRUE(late->stream);
}

TEST_F(StreamRoutes, RefusedByTheMeshAreA403) {
    use({watch_route()});
    send("GET", "/d/d1/events");
    dispatcher.on_outcome(sinks.node.delivered.at(0).first,
                          gateway::Outcome{gateway::Error{gateway::Errc::access_denied, "no"}});
    ASSERT_TRUE(late.has_value());
    EXPECT_EQ(late->status, 403);
    EXPECT_FALSE(late->stream);
}

}  // namespace
}  // namespace rest
