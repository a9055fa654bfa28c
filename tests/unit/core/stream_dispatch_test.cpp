// A stream in the core: opened once, shaped item by item, ended by whoever is first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "gateway/dispatcher.hpp"
#include "recording_sinks.hpp"
#include "table_builder.hpp"

namespace gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Route stream_route(std::string_view body = "") {
    Route route;
    route.name = "watch";
    HttpSource source;
    source.method = "GET";
    source.path = pattern("/devices/{device}/events", AddressKind::http);
    Scope scope = scope_of(source.path, Scope::Source::http);
    HappnStream from;
    from.mesh = "node";
    from.path = AddressTemplate::parse("/devices/{device}/{*leaf}", AddressTemplate::Kind::happn, scope, true)
                    .value();
    if (!body.empty()) {
        scope.captures.push_back({"leaf", CaptureType::text});
        route.respond.emplace().body = ObjectMap{Template::parse(body, scope).value()};
    }
    Target target;
    target.rule = StreamTarget{std::move(from), false, {}};
    target.timeout = std::chrono::seconds{10};
    route.source = std::move(source);
    route.targets.push_back(std::move(target));
    return route;
}

class Reader final : public StreamReader {
public:
    void on_item(StreamItem item) override { items.push_back(item.payload.bytes.str()); }
    void on_stored() override { ++stored; }
    void on_gap() override { items.emplace_back("gap"); }
    void on_end(std::optional<Error> why) override {
        ++ends;
        error = std::move(why);
    }
    std::vector<std::string> items;
    int stored = 0;
    int ends = 0;
    std::optional<Error> error;
};

class StreamTest : public testing::Test {
protected:
    void request(std::string device = "d1") {
        const std::string path = "/devices/" + device + "/events";
        HttpMatch match = dispatcher.router().match_http("GET", path);
        ASSERT_EQ(match.kind, HttpMatch::Kind::found);
        dispatcher.run(
            *match.route, std::move(match.captures), http_message("GET", path), [this](Response&& r) {
                ++responses;
                response = std::move(r);
                if (response.stream) response.stream->read(reader);
            });
    }
    DeliveryId id() const { return sinks.node.delivered.back().first; }
    static StreamItem made_item(std::string path, std::string json) {
        StreamItem one;
        one.address = std::move(path);
        one.payload = Payload{Bytes{std::move(json)}, Encoding::json, {}};
        return one;
    }
    void item(std::string path, std::string json) {
        dispatcher.on_item(id(), made_item(std::move(path), std::move(json)));
    }
    std::uint64_t delivered() { return metrics.route("watch").outcomes[Fate::delivered][""]; }
    void expect_sum_rule() { EXPECT_THAT(metrics.broken_sums(dispatcher.pending_by_route()), IsEmpty()); }

    RecordingSinks sinks;
    Metrics metrics;
    Dispatcher dispatcher{{.gateway_name = "gw", .gateway_id = "cafe0000cafe0000"}, sinks, metrics};
    Reader reader;
    Response response;
    int responses = 0;
};

TEST_F(StreamTest, IsAskedOfTheMeshAsAPatternWithTheRequestsCaptures) {
    dispatcher.apply(table_of({stream_route()}));
    request();
    ASSERT_EQ(sinks.node.delivered.size(), 1U);
    const Output& output = sinks.node.delivered[0].second;
    EXPECT_EQ(output.pattern->text(), "/devices/d1/{leaf}");
    EXPECT_EQ(responses, 0) << "it may still be refused";
}

TEST_F(StreamTest, TakesNoBraceOfACaptureForACapture) {
    dispatcher.apply(table_of({stream_route()}));
    request("%7Bleaf%7D");
    const Output& output = sinks.node.delivered[0].second;
    EXPECT_TRUE(output.pattern->match("/devices/{leaf}/t").has_value());
    EXPECT_FALSE(output.pattern->match("/devices/other/t").has_value());
}

TEST_F(StreamTest, BringsItemsOnceItIsOpen) {
    dispatcher.apply(table_of({stream_route()}));
    request();
    dispatcher.on_open(id());
    ASSERT_TRUE(response.stream);
    EXPECT_EQ(response.status, 200);
    item("/devices/d1/t", "21.5");
    item("/devices/d1/too/deep", "1");
    EXPECT_THAT(reader.items, ElementsAre("21.5"));
    expect_sum_rule();
}

TEST_F(StreamTest, ShapesEachItemWithItsOwnCaptures) {
    dispatcher.apply(table_of({stream_route("{leaf} of {device}: {answer.v}")}));
    request();
    dispatcher.on_open(id());
    item("/devices/d1/t", R"({"v":1.50})");
    EXPECT_THAT(reader.items, ElementsAre("\"t of d1: 1.50\""));
}

TEST_F(StreamTest, TellsItsReaderWhereItemsWereMissed) {
    dispatcher.apply(table_of({stream_route()}));
    request();
    dispatcher.on_gap(id());
    dispatcher.on_open(id());
    item("/devices/d1/t", "1");
    dispatcher.on_gap(id());
    item("/devices/d1/t", "2");
    EXPECT_THAT(reader.items, ElementsAre("1", "gap", "2")) << "before it was open nothing was missed";
}

TEST_F(StreamTest, LetsTheReaderTakeWhatIsStoredShapedAsItemsAre) {
    dispatcher.apply(table_of({stream_route("{leaf}: {answer.v}")}));
    request();
    dispatcher.on_open(id());
    sinks.node.stored = {made_item("/devices/d1/a", R"({"v":1})"),
                         made_item("/devices/d1/too/deep", R"({"v":2})"),
                         made_item("/devices/d1/c", R"({"v":3})")};
    dispatcher.on_stored(id());
    EXPECT_EQ(reader.stored, 1);
    EXPECT_EQ(sinks.node.stored.size(), 3U) << "the reader has not asked yet";
    EXPECT_EQ(response.stream->next_stored()->payload.bytes.view(), "\"a: 1\"");
    EXPECT_EQ(response.stream->next_stored()->payload.bytes.view(), "\"c: 3\"");
    EXPECT_FALSE(response.stream->next_stored().has_value());
    expect_sum_rule();
}

TEST_F(StreamTest, HasNothingStoredOnceItHasEnded) {
    dispatcher.apply(table_of({stream_route()}));
    request();
    dispatcher.on_open(id());
    sinks.node.stored = {made_item("/devices/d1/a", "1")};
    dispatcher.on_stored(id());
    dispatcher.on_outcome(id(), Outcome{Error{Errc::access_denied, "revoked"}});
    EXPECT_FALSE(response.stream->next_stored().has_value());
}

TEST_F(StreamTest, RefusedByTheMeshIsAnErrorAndNoStream) {
    dispatcher.apply(table_of({stream_route()}));
    request();
    dispatcher.on_outcome(id(), Outcome{Error{Errc::access_denied, "no"}});
    EXPECT_EQ(response.status, 403);
    EXPECT_FALSE(response.stream);
    expect_sum_rule();
}

TEST_F(StreamTest, EndsWhenItsReaderGoesAndTheMeshIsTold) {
    dispatcher.apply(table_of({stream_route()}));
    request();
    dispatcher.on_open(id());
    response.stream.reset();
    EXPECT_THAT(sinks.node.forgotten, ElementsAre(id()));
    EXPECT_EQ(dispatcher.pending(), 0U);
    EXPECT_EQ(delivered(), 1U);
    EXPECT_EQ(reader.ends, 0) << "nobody is told who has gone";
    item("/devices/d1/t", "1");
    EXPECT_THAT(reader.items, IsEmpty());
    expect_sum_rule();
}

TEST_F(StreamTest, TellsItsReaderWhyItEnds) {
    dispatcher.apply(table_of({stream_route()}));
    request();
    dispatcher.on_open(id());
    dispatcher.on_outcome(id(), Outcome{Error{Errc::access_denied, "revoked"}});
    EXPECT_EQ(reader.ends, 1);
    EXPECT_EQ(reader.error->message, "revoked");
    EXPECT_EQ(responses, 1);
    response.stream.reset();
    EXPECT_EQ(reader.ends, 1);
    expect_sum_rule();
}

TEST_F(StreamTest, HasADeadlineUntilItIsOpenAndNoneAfterwards) {
    dispatcher.apply(table_of({stream_route()}));
    request();
    dispatcher.on_open(id());
    dispatcher.expire(Clock::now() + std::chrono::hours{1});
    EXPECT_EQ(reader.ends, 0);
    EXPECT_EQ(dispatcher.pending(), 1U);

    request();
    dispatcher.expire(Clock::now() + std::chrono::hours{1});
    EXPECT_EQ(response.status, 504);
    expect_sum_rule();
}

TEST_F(StreamTest, EndsWhenAReloadTakesItsRouteAway) {
    dispatcher.apply(table_of({stream_route()}));
    request();
    dispatcher.on_open(id());
    dispatcher.apply(table_of({stream_route()}));
    EXPECT_EQ(reader.ends, 0) << "the route is still there";
    dispatcher.apply(table_of({}));
    EXPECT_EQ(reader.ends, 1);
    expect_sum_rule();
}

TEST_F(StreamTest, EndsWhenAReloadChangesItsRouteSoThatItsReaderComesBackToTheNewOne) {
    Route changed = stream_route();
    changed.definition = 2;
    dispatcher.apply(table_of({stream_route()}));
    request();
    dispatcher.on_open(id());
    dispatcher.apply(table_of({changed}));
    EXPECT_EQ(reader.ends, 1);
    EXPECT_EQ(reader.error->message, "the route has been changed");
    expect_sum_rule();
}

TEST_F(StreamTest, OutlivesNoDispatcher) {
    std::shared_ptr<OpenStream> kept;
    {
        Dispatcher short_lived{{.gateway_name = "gw", .gateway_id = "cafe0000cafe0000"}, sinks, metrics};
        short_lived.apply(table_of({stream_route()}));
        HttpMatch match = short_lived.router().match_http("GET", "/devices/d1/events");
        short_lived.run(*match.route,
                        std::move(match.captures),
                        http_message("GET", "/devices/d1/events"),
                        [&](Response&& r) { kept = r.stream; });
        short_lived.on_open(id());
    }
    kept.reset();
}

}  // namespace
}  // namespace gateway
