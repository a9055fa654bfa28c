#include "gateway/dispatcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "gateway/receipt.hpp"
#include "recording_sinks.hpp"
#include "table_builder.hpp"

namespace gateway {
namespace {

using testing::Pair;

class DispatcherTest : public testing::Test {
protected:
    void use(std::vector<Route> routes) { dispatcher.apply(table_of(std::move(routes))); }

    std::uint64_t outcomes(std::string_view route, Fate fate, std::string_view reason = "") {
        const auto& by_reason = metrics.route(route).outcomes[fate];
        const auto found = by_reason.find(reason);
        return found == by_reason.end() ? 0 : found->second;
    }

    void expect_sum_rule() {
        EXPECT_THAT(metrics.broken_sums(dispatcher.pending_by_route()), testing::IsEmpty());
    }

    Responder remember() {
        return [this](Response&& given) {
            EXPECT_FALSE(response.has_value()) << "answered twice";
            response = std::move(given);
        };
    }

    /// Runs an HTTP request the way a listener does.
    void request(std::string method, std::string path) {
        HttpMatch match = dispatcher.router().match_http(method, path);
        ASSERT_EQ(match.kind, HttpMatch::Kind::found);
        dispatcher.run(*match.route, std::move(match.captures), http_message(method, path), remember());
    }

    static Payload json(std::string text) { return Payload{Bytes{std::move(text)}, Encoding::json, {}}; }

    RecordingSinks sinks;
    Metrics metrics;
    Dispatcher dispatcher{{.gateway_name = "gw", .gateway_id = "cafe0000cafe0000"}, sinks, metrics};
    std::optional<Response> response;
};

TEST_F(DispatcherTest, HandsAMessageToTheTargetWithItsCapturesInTheAddress) {
    use({mqtt_to_happn("up", "devices/{device}/telemetry", "/devices/{device}/telemetry")});
    dispatcher.receive(mqtt_message("devices/d1/telemetry", R"({"t":21.50})"));
    ASSERT_EQ(sinks.node.delivered.size(), 1U);
    const Output& output = sinks.node.delivered[0].second;
    EXPECT_EQ(output.address, "/devices/d1/telemetry");
    EXPECT_EQ(output.payload.bytes.view(), R"({"t":21.50})");
    EXPECT_EQ(output.payload.encoding, Encoding::json);
    EXPECT_EQ(output.hops, 1);
}

TEST_F(DispatcherTest, CountsAMessageAsDeliveredOnlyOnceTheTargetHasConfirmed) {
    use({mqtt_to_happn("up", "a/{x}", "/a/{x}")});
    dispatcher.receive(mqtt_message("a/1", "1"));
    EXPECT_EQ(dispatcher.pending(), 1U);
    EXPECT_EQ(outcomes("up", Fate::delivered), 0U);
    expect_sum_rule();
    dispatcher.on_outcome(sinks.node.delivered.at(0).first, Outcome{});
    EXPECT_EQ(dispatcher.pending(), 0U);
    EXPECT_EQ(outcomes("up", Fate::delivered), 1U);
    expect_sum_rule();
}

TEST_F(DispatcherTest, CountsWhatIsPendingByRoute) {
    use({mqtt_to_happn("one", "a/{x}", "/a/{x}"), mqtt_to_happn("two", "b/{x}", "/b/{x}")});
    dispatcher.receive(mqtt_message("a/1", "1"));
    dispatcher.receive(mqtt_message("a/2", "2"));
    dispatcher.receive(mqtt_message("b/1", "3"));
    EXPECT_THAT(dispatcher.pending_by_route(), testing::ElementsAre(Pair("one", 2U), Pair("two", 1U)));
    dispatcher.on_outcome(sinks.node.delivered.at(2).first, Outcome{});
    EXPECT_THAT(dispatcher.pending_by_route(), testing::ElementsAre(Pair("one", 2U)));
}

TEST_F(DispatcherTest, DropsASecondOutcomeOfTheSameDelivery) {
    use({mqtt_to_happn("up", "a/{x}", "/a/{x}")});
    dispatcher.receive(mqtt_message("a/1", "1"));
    const DeliveryId id = sinks.node.delivered.at(0).first;
    dispatcher.on_outcome(id, Outcome{});
    dispatcher.on_outcome(id, Outcome{Error{Errc::timeout, "late"}});
    EXPECT_EQ(outcomes("up", Fate::delivered), 1U);
    expect_sum_rule();
}

TEST_F(DispatcherTest, SendsAMessageToEveryRouteThatMatches) {
    use({mqtt_to_happn("one", "a/{x}", "/one/{x}"), mqtt_to_happn("two", "a/#", "/two")});
    dispatcher.receive(mqtt_message("a/1", "1"));
    ASSERT_EQ(sinks.node.delivered.size(), 2U);
    EXPECT_THAT((std::vector{sinks.node.delivered[0].second.address, sinks.node.delivered[1].second.address}),
                testing::UnorderedElementsAre("/one/1", "/two"));
}

TEST_F(DispatcherTest, RefusesAPayloadThatIsNotWhatTheRouteDecodes) {
    use({mqtt_to_happn("up", "a/{x}", "/a/{x}")});
    dispatcher.receive(mqtt_message("a/1", R"({"t":)"));
    EXPECT_TRUE(sinks.node.delivered.empty());
    EXPECT_EQ(outcomes("up", Fate::refused, "decode"), 1U);
}

TEST_F(DispatcherTest, RefusesACaptureThatWouldClimbOutOfItsTree) {
    use({mqtt_to_happn("up", "a/{x}", "/a/{x}")});
    dispatcher.receive(mqtt_message("a/..", "1"));
    EXPECT_TRUE(sinks.node.delivered.empty());
    EXPECT_EQ(outcomes("up", Fate::refused, "capture"), 1U);
    expect_sum_rule();
}

TEST_F(DispatcherTest, EndsADeliveryAtItsDeadlineAndTellsTheSinkToForgetIt) {
    use({mqtt_to_happn("up", "a/{x}", "/a/{x}")});
    dispatcher.receive(mqtt_message("a/1", "1"));
    const auto deadline = dispatcher.next_deadline();
    ASSERT_TRUE(deadline.has_value());
    dispatcher.expire(*deadline - Milliseconds{1});
    EXPECT_EQ(dispatcher.pending(), 1U);
    dispatcher.expire(*deadline);
    EXPECT_EQ(dispatcher.pending(), 0U);
    EXPECT_EQ(outcomes("up", Fate::dropped, "timeout"), 1U);
    EXPECT_THAT(sinks.node.forgotten, testing::ElementsAre(sinks.node.delivered[0].first));
    EXPECT_FALSE(dispatcher.next_deadline().has_value());
}

TEST_F(DispatcherTest, AnswersAnHttpRequestWithWhatTheTargetAnswered) {
    use({http_to_happn_get("read", "GET", "/devices/{device}", "/devices/{device}/telemetry")});
    request("GET", "/devices/d1");
    EXPECT_FALSE(response.has_value());
    dispatcher.on_outcome(sinks.node.delivered.at(0).first, Outcome{json(R"({"t":1})")});
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body.bytes.view(), R"({"t":1})");
}

TEST_F(DispatcherTest, AnswersTheStatusOfMissingForAnAnswerThatIsNull) {
    Route route = http_to_happn_get("read", "GET", "/devices/{device}", "/devices/{device}");
    route.respond = Respond{};
    route.respond->missing = 404;
    use({route});
    request("GET", "/devices/d1");
    dispatcher.on_outcome(sinks.node.delivered.at(0).first, Outcome{json("null")});
    EXPECT_EQ(response->status, 404);
    EXPECT_EQ(response->error->errc, Errc::not_found);
}

TEST_F(DispatcherTest, ShapesAnErrorByTheFirstRuleThatFits) {
    Route route = http_to_happn_get("read", "GET", "/d/{device}", "/d/{device}");
    ErrorRule by_code, by_name;
    by_code.code = 418;
    by_code.status = 409;
    by_name.name = "TypeError";
    by_name.status = 400;
    route.errors = {by_code, by_name};
    use({route});
    request("GET", "/d/1");
    dispatcher.on_outcome(sinks.node.delivered.at(0).first,
                          Outcome{Error{Errc::mesh_error, "TypeError", 7, "no such thing"}});
    EXPECT_EQ(response->status, 400);
    EXPECT_EQ(response->error->message, "no such thing");
}

class RespondTest : public DispatcherTest {
protected:
    /// GET /d/1 on a route with this `respond.body`; happn answers `answer`.
    void answered(std::string_view body, std::string answer) {
        Route route = http_to_happn_get("read", "GET", "/d/{device}", "/d/{device}");
        const auto& source = std::get<HttpSource>(route.source);
        scope = scope_of(source.path, Scope::Source::http);
        route.respond = Respond{};
        route.respond->body = ObjectMap{Template::parse(body, scope).value()};
        if (rule) route.errors = {*rule};
        use({route});
        request("GET", "/d/1");
        dispatcher.on_outcome(sinks.node.delivered.at(0).first, Outcome{json(std::move(answer))});
    }

    Scope scope;
    std::optional<ErrorRule> rule;
};

TEST_F(RespondTest, AnswersNullForAValueThatIsOnlyAbsent) {
    answered("{answer.n|int}", "{}");
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body.bytes.view(), "null");
    EXPECT_EQ(outcomes("read", Fate::delivered), 1U);
}

TEST_F(RespondTest, AnswersAnErrorWhereAPipeCannotReadTheAnswer) {
    answered("{answer.n|int}", R"({"n":"s3cret"})");
    EXPECT_EQ(response->status, 422);
    EXPECT_EQ(response->error->name, "Refused");
    EXPECT_EQ(response->error->message.find("s3cret"), std::string::npos) << response->error->message;
    EXPECT_EQ(outcomes("read", Fate::delivered), 0U);
    EXPECT_EQ(outcomes("read", Fate::refused, "respond"), 1U);
    expect_sum_rule();
}

TEST_F(RespondTest, AnswersAnErrorWhereAHeaderCannotBeMade) {
    Route route = http_to_happn_get("read", "GET", "/d/{device}", "/d/{device}");
    const auto from = scope_of(std::get<HttpSource>(route.source).path, Scope::Source::http);
    route.respond = Respond{};
    route.respond->headers.emplace_back("X-Count", Template::parse("{answer.n|int}", from).value());
    use({route});
    request("GET", "/d/1");
    dispatcher.on_outcome(sinks.node.delivered.at(0).first, Outcome{json(R"({"n":"many"})")});
    EXPECT_EQ(response->error->name, "Refused");
}

TEST_F(RespondTest, AnswersAnErrorWhereAHeaderCannotBeSent) {
    Route route = http_to_happn_get("read", "GET", "/d/{device}", "/d/{device}");
    const auto from = scope_of(std::get<HttpSource>(route.source).path, Scope::Source::http);
    route.respond = Respond{};
    route.respond->status = 302;
    route.respond->headers.emplace_back("Location", Template::parse("{answer.n}", from).value());
    use({route});
    request("GET", "/d/1");
    dispatcher.on_outcome(sinks.node.delivered.at(0).first, Outcome{json(R"({"n":"/a\r\nX: b"})")});
    EXPECT_EQ(response->status, 422);
    EXPECT_EQ(response->error->name, "Refused");
    EXPECT_NE(response->error->message.find("'Location'"), std::string::npos) << response->error->message;
    EXPECT_TRUE(response->headers.empty());
}

TEST_F(RespondTest, LetsTheRoutesErrorsShapeIt) {
    rule.emplace();
    rule->name = "Refused";
    rule->status = 502;
    answered("{answer.n|int}", R"({"n":"many"})");
    EXPECT_EQ(response->status, 502);
}

TEST_F(RespondTest, KeepsTheErrorWhereItsOwnBodyCannotBeMade) {
    rule.emplace();
    rule->status = 418;
    rule->body = ObjectMap{Template::parse("{error.message|int}", scope_of({}, Scope::Source::http)).value()};
    answered("{answer.n|int}", R"({"n":"many"})");
    EXPECT_EQ(response->status, 418);
    EXPECT_EQ(response->error->name, "Refused");
    EXPECT_TRUE(response->body.bytes.empty());
}

TEST_F(DispatcherTest, RefusesWhatCannotBeEncodedAsTheTargetSays) {
    Route route = happn_to_mqtt("down", "/a/{x}", "a/{x}");
    std::get<HappnSource>(route.source).decode = Decode::bytes;
    route.targets[0].encode = Encode::text;
    use({route});
    Message picture = happn_message("/a/1", "");
    picture.payload = Payload{Bytes::literal("\xff\xfe"), Encoding::bytes, "image/png"};
    dispatcher.receive(std::move(picture));
    EXPECT_TRUE(sinks.local.delivered.empty());
    EXPECT_EQ(outcomes("down", Fate::refused, "encode"), 1U);
}

TEST_F(DispatcherTest, AnswersATimeoutWith504) {
    use({http_to_happn_get("read", "GET", "/d/{device}", "/d/{device}")});
    request("GET", "/d/1");
    dispatcher.expire(*dispatcher.next_deadline());
    EXPECT_EQ(response->status, 504);
}

TEST_F(DispatcherTest, SuppressesTheEchoOfATwoWayRoute) {
    Route down = happn_to_mqtt("lights.b_to_a", "/lights/{id}", "lights/{id}");
    down.sync_pair = "lights";
    use({down});
    Message echo = happn_message("/lights/1", "true");
    echo.origin = {"cafe0000cafe0000", 1};
    dispatcher.receive(std::move(echo));
    EXPECT_TRUE(sinks.local.delivered.empty());
    EXPECT_EQ(outcomes("lights.b_to_a", Fate::filtered, "echo"), 1U);
    dispatcher.receive(happn_message("/lights/1", "true"));
    EXPECT_EQ(sinks.local.delivered.size(), 1U);
}

TEST_F(DispatcherTest, RefusesAMessageThatHasPassedTooManyRoutes) {
    use({happn_to_mqtt("down", "/a/{x}", "a/{x}")});
    Message message = happn_message("/a/1", "1");
    message.origin = {"somebody", dispatcher.options().max_hops};
    dispatcher.receive(std::move(message));
    EXPECT_EQ(outcomes("down", Fate::refused, "hops"), 1U);
}

class RemoveOnEmptyTest : public DispatcherTest {
protected:
    RemoveOnEmptyTest() {
        Route route = mqtt_to_happn("up", "a/{x}", "/a/{x}");
        std::get<HappnTarget>(route.targets[0].rule).remove_on_empty = true;
        use({route});
    }

    void receive_empty(MqttProperties properties) {
        Message message = mqtt_message("a/1", "");
        message.properties = properties;
        dispatcher.receive(std::move(message));
    }
};

TEST_F(RemoveOnEmptyTest, MakesARemoveOfAnEmptyRetainedMessage) {
    receive_empty({.retain = true, .retain_known = true});
    ASSERT_EQ(sinks.node.delivered.size(), 1U);
    EXPECT_EQ(sinks.node.delivered[0].second.action, Action::remove);
}

TEST_F(RemoveOnEmptyTest, TakesAnEmptyMessageThatIsNotRetainedForAPayload) {
    receive_empty({.retain = false, .retain_known = true});
    EXPECT_TRUE(sinks.node.delivered.empty());
    EXPECT_EQ(outcomes("up", Fate::refused, "decode"), 1U);
}

TEST_F(RemoveOnEmptyTest, MakesARemoveOfEveryEmptyMessageWhereTheBrokerShowsNoFlag) {
    receive_empty({.retain = false, .retain_known = false});
    ASSERT_EQ(sinks.node.delivered.size(), 1U);
    EXPECT_EQ(sinks.node.delivered[0].second.action, Action::remove);
}

TEST_F(DispatcherTest, IgnoresARemoveThatTheSourceDoesNotAskFor) {
    use({happn_to_mqtt("down", "/a/{x}", "a/{x}")});
    Message removal = happn_message("/a/1", "");
    removal.action = Action::remove;
    dispatcher.receive(std::move(removal));
    EXPECT_EQ(metrics.route("down").matched, 0U);
}

TEST_F(DispatcherTest, RefusesAnIdentityThatNamesNobodyInsteadOfActingAsTheService) {
    Route route = http_to_happn_get("read", "GET", "/d/{device}", "/d/{device}");
    route.targets[0].as = As::named;
    route.targets[0].as_user = Template::parse("{principal.username}", Scope{}).value();
    use({route});
    request("GET", "/d/1");
    EXPECT_TRUE(sinks.node.delivered.empty());
    EXPECT_EQ(response->status, 400);
    EXPECT_EQ(outcomes("read", Fate::refused, "absent"), 1U);
}

TEST_F(DispatcherTest, KeepsStoredValuesFromRoutesThatDidNotAskForThem) {
    Route initial = happn_to_mqtt("initial", "/a/{x}", "initial/{x}");
    std::get<HappnSource>(initial.source).initial = true;
    use({initial, happn_to_mqtt("live", "/a/{x}", "live/{x}")});
    Message stored = happn_message("/a/1", "1");
    std::get<HappnProperties>(stored.properties).initial = true;
    dispatcher.receive(std::move(stored));
    ASSERT_EQ(sinks.local.delivered.size(), 1U);
    EXPECT_EQ(sinks.local.delivered[0].second.address, "initial/1");
}

TEST_F(DispatcherTest, CountsTheWorstOutcomeOfTheRequiredTargets) {
    Route route = mqtt_to_happn("up", "a/{x}", "/a/{x}");
    route.targets.push_back(route.targets[0]);
    route.targets.push_back(route.targets[0]);
    route.targets[2].required = false;
    use({route});
    dispatcher.receive(mqtt_message("a/1", "1"));
    const auto deliveries = sinks.node.delivered;
    dispatcher.on_outcome(deliveries.at(2).first, Outcome{Error{Errc::access_denied, "no"}});
    dispatcher.on_outcome(deliveries.at(0).first, Outcome{});
    EXPECT_EQ(dispatcher.pending(), 1U);
    dispatcher.on_outcome(deliveries.at(1).first, Outcome{Error{Errc::unavailable, "gone"}});
    EXPECT_EQ(outcomes("up", Fate::dropped, "unavailable"), 1U);
    expect_sum_rule();
}

TEST_F(DispatcherTest, GivesAnMqttRequestToTheFirstRouteThatAnswers) {
    Route store = mqtt_to_happn("store", "rpc/{x}", "/log/{x}");
    Route ask = mqtt_to_happn("ask", "rpc/{x}", "/value/{x}");
    std::get<HappnTarget>(ask.targets[0].rule).verb = HappnTarget::Verb::get;
    use({store, ask});
    EXPECT_TRUE(dispatcher.receive(mqtt_message("rpc/1", "{}"), remember()));
    for (const auto& [id, output] : std::vector{sinks.node.delivered})
        dispatcher.on_outcome(id, Outcome{json("42")});
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->body.bytes.view(), "42");
}

TEST_F(DispatcherTest, SaysThatNobodyAnswersAnMqttRequest) {
    use({mqtt_to_happn("store", "rpc/{x}", "/log/{x}")});
    EXPECT_FALSE(dispatcher.receive(mqtt_message("rpc/1", "{}"), remember()));
    EXPECT_FALSE(response.has_value());
}

TEST_F(DispatcherTest, FailsAllThatIsPendingAtOnceWhenItStops) {
    use({http_to_happn_get("read", "GET", "/d/{device}", "/d/{device}")});
    request("GET", "/d/1");
    dispatcher.fail_all(Error{Errc::cancelled, "the gateway is stopping"});
    EXPECT_EQ(response->status, 503);
    EXPECT_EQ(dispatcher.pending(), 0U);
}

TEST_F(DispatcherTest, DropsNewMessagesBeyondTheNumberItMayHoldAndCountsThem) {
    Dispatcher small{{.gateway_id = "x", .max_pending = 1}, sinks, metrics};
    small.apply(table_of({mqtt_to_happn("up", "a/{x}", "/a/{x}")}));
    small.receive(mqtt_message("a/1", "1"));
    small.receive(mqtt_message("a/2", "2"));
    EXPECT_EQ(sinks.node.delivered.size(), 1U);
    EXPECT_EQ(outcomes("up", Fate::dropped, "overloaded"), 1U);
}

TEST_F(DispatcherTest, KeepsARouteAliveUntilItsMessagesAreDoneAcrossAReload) {
    use({http_to_happn_get("read", "GET", "/d/{device}", "/d/{device}")});
    request("GET", "/d/1");
    use({});
    dispatcher.on_outcome(sinks.node.delivered.at(0).first, Outcome{json("1")});
    EXPECT_EQ(response->body.bytes.view(), "1");
}

TEST_F(DispatcherTest, ClearsATopicOnlyWhereATargetSaysWhatThatMeansThere) {
    Route route = mqtt_to_happn("both", "a/{x}", "/a/{x}");
    Route second = mqtt_to_happn("second", "a/{x}", "/b/{x}");
    std::get<HappnTarget>(route.targets[0].rule).remove_on_empty = true;
    std::get<HappnTarget>(second.targets[0].rule).remove_on_remove = true;
    route.targets.push_back(second.targets[0]);
    use({route});
    Message empty = mqtt_message("a/1", "");
    auto& properties = std::get<MqttProperties>(empty.properties);
    properties.retain = properties.retain_known = true;
    dispatcher.receive(std::move(empty));
    ASSERT_EQ(sinks.node.delivered.size(), 1U);
    EXPECT_EQ(sinks.node.delivered[0].second.address, "/a/1");
    EXPECT_EQ(sinks.node.delivered[0].second.action, Action::remove);
}

TEST_F(DispatcherTest, TellsASenderThatWaitsWhenEveryRouteHasDelivered) {
    use({mqtt_to_happn("one", "a/{x}", "/one/{x}"), mqtt_to_happn("two", "a/{x}", "/two/{x}")});
    int confirmed = 0;
    Message message = mqtt_message("a/1", "1");
    message.receipt = std::make_shared<Receipt>([&confirmed] { ++confirmed; });
    const auto receipt = message.receipt;
    dispatcher.receive(std::move(message));
    receipt->end(Fate::delivered);
    dispatcher.on_outcome(sinks.node.delivered.at(0).first, Outcome{});
    EXPECT_EQ(confirmed, 0);
    dispatcher.on_outcome(sinks.node.delivered.at(1).first, Outcome{});
    EXPECT_EQ(confirmed, 1);
}

}  // namespace
}  // namespace gateway
