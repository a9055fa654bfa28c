// `stream:` targets, `cors` and `idempotency`, and tests of them in mapping files.
#include <gmock/gmock.h>

#include "gateway/routes_json.hpp"
#include "mapping_support.hpp"
#include "mappings/mapping_test.hpp"

namespace mappings {
namespace {

using namespace std::chrono_literals;
using gateway::HappnStream;
using gateway::MqttStream;
using gateway::StreamOptions;
using gateway::StreamTarget;
using testing::ElementsAre;

TEST(Streams, KeepTheirOptions) {
    const auto loaded = load_text(R"(
routes:
  r:
    from: { http: "GET /d/{device}" }
    to:
      stream: { happn: "on /d/{device}/{*leaf}", mesh: site, actions: [set, remove] }
      initial: true
      with: meta
      queue: { max: 7, overflow: close }
      heartbeat: 3s
)");
    const auto& stream = target_of<StreamTarget>(route_of(loaded, "r"));
    const auto& happn = std::get<HappnStream>(stream.from);
    EXPECT_EQ(happn.mesh, "site");
    EXPECT_TRUE(happn.sets && happn.removes && stream.initial && happn.with_meta);
    EXPECT_EQ(stream.options.max_queue, 7U);
    EXPECT_EQ(stream.options.overflow, StreamOptions::Overflow::close);
    EXPECT_EQ(stream.options.heartbeat, 3s);
    EXPECT_THAT(stream.address().wildcard_names(),
                ElementsAre(gateway::CaptureName{"leaf", gateway::CaptureType::text}));
}

TEST(Streams, TakeSetsAndDropTheOldestUnlessToldOtherwise) {
    const auto loaded = load_text(R"(
routes: { r: { from: { http: "GET /d" }, to: { stream: { happn: "on /d/*" } } } }
)");
    const auto& stream = target_of<StreamTarget>(route_of(loaded, "r"));
    const auto& happn = std::get<HappnStream>(stream.from);
    EXPECT_TRUE(happn.sets);
    EXPECT_FALSE(happn.removes || stream.initial || happn.with_meta);
    EXPECT_EQ(stream.options.overflow, StreamOptions::Overflow::drop_oldest);
}

std::size_t definition_of(const std::string& text) {
    return route_of(load_text(text), "r").definition;
}

TEST(DefinitionOfARoute, IsTheSameWhereverItsTextStandsAndDiffersWithIt) {
    const std::string route = "r: { from: { http: \"GET /d\" }, to: { stream: { happn: \"on /d/*\" } } }";
    const std::string other = "s: { from: { http: \"GET /s\" }, to: { answer: 1 } }";
    const auto definition = definition_of("routes:\n  " + route);
    EXPECT_EQ(definition_of("# moved\n\nroutes:\n  " + other + "\n  " + route), definition);
    EXPECT_NE(
        definition_of("routes:\n  r: { from: { http: \"GET /d\" }, to: { stream: { happn: \"on /e/*\" } } }"),
        definition);
}

TEST(DefinitionOfARoute, DiffersWithWhatItsFileSaysForAllRoutes) {
    const std::string routes =
        "routes: { r: { from: { http: \"GET /d\" }, to: { stream: { happn: \"on /d/*\" } }, "
        "respond: { body: \"{vars.unit}\" } } }\n";
    const auto definition = definition_of(routes + "vars: { unit: C }\n");
    EXPECT_EQ(definition_of(routes + "vars: { unit: C }\n"), definition);
    EXPECT_NE(definition_of(routes + "vars: { unit: F }\n"), definition);
    EXPECT_NE(definition_of(routes + "vars: { unit: C }\ndefaults: { happn: { timeout: 1s } }\n"),
              definition);
}

TEST(Streams, OfTopicsKeepTheirOptions) {
    const auto loaded = load_text(R"(
routes:
  r:
    from: { http: "GET /rooms/{room}" }
    to:
      stream: { mqtt: "rooms/{room}/{*sensor}/#", broker: plant, qos: 1, decode: text, on_empty: remove }
      initial: true
      queue: { max: 7 }
)");
    const auto& stream = target_of<StreamTarget>(route_of(loaded, "r"));
    const auto& mqtt = std::get<MqttStream>(stream.from);
    EXPECT_EQ(mqtt.broker, "plant");
    EXPECT_EQ(mqtt.qos, 1);
    EXPECT_EQ(mqtt.decode, gateway::Decode::text);
    EXPECT_TRUE(mqtt.remove_on_empty && stream.initial);
    EXPECT_EQ(stream.options.max_queue, 7U);
    EXPECT_THAT(mqtt.filter.wildcard_names(),
                ElementsAre(gateway::CaptureName{"sensor", gateway::CaptureType::text}));
}

TEST(Streams, AreListedWithWhatTheyAreOf) {
    const auto loaded = load_text(R"(
routes:
  topics: { from: { http: "GET /t/{room}" }, to: { stream: { mqtt: "rooms/{room}/+", broker: plant, qos: 1 } } }
  paths: { from: { http: "GET /p" }, to: { stream: { happn: "on /rooms/*", mesh: site } } }
)");
    EXPECT_EQ(gateway::target_text(route_of(loaded, "topics").targets.front().rule),
              "stream mqtt[plant] rooms/{room}/+ qos 1");
    EXPECT_EQ(gateway::target_text(route_of(loaded, "paths").targets.front().rule),
              "stream[site] on /rooms/*");
}

TEST(Streams, OfTopicsTakeTheFilesQosAndBroker) {
    const auto loaded = load_text(R"(
defaults: { mqtt: { broker: plant, qos: 1 } }
routes: { r: { from: { http: "GET /d" }, to: { stream: { mqtt: "rooms/#" } } } }
)");
    const auto& stream = target_of<StreamTarget>(route_of(loaded, "r"));
    const auto& mqtt = std::get<MqttStream>(stream.from);
    EXPECT_EQ(mqtt.broker, "plant");
    EXPECT_EQ(mqtt.qos, 1);
    EXPECT_EQ(mqtt.decode, gateway::Decode::json);
    EXPECT_FALSE(mqtt.remove_on_empty || stream.initial);
}

TEST(Cors, ListsOrigins) {
    const auto loaded = load_text(R"(
routes:
  r: { from: { http: "GET /d", cors: { origins: ["https://app.example", "http://localhost:3000"] } }, to: { answer: 1 } }
)");
    EXPECT_THAT(std::get<gateway::HttpSource>(route_of(loaded, "r").source).origins,
                ElementsAre("https://app.example", "http://localhost:3000"));
}

TEST(Idempotency, IsForRoutesThatAskForIt) {
    using Idempotency = gateway::HttpSource::Idempotency;
    const auto loaded = load_text(R"(
routes:
  says_nothing: { from: { http: "POST /a" }, to: { answer: 1 } }
  none:         { from: { http: "POST /b", idempotency: none }, to: { answer: 1 } }
  optional:     { from: { http: "POST /c", idempotency: optional }, to: { answer: 1 } }
  required:     { from: { http: "PATCH /d", idempotency: required }, to: { answer: 1 } }
)");
    const auto of = [&](const char* name) {
        return std::get<gateway::HttpSource>(route_of(loaded, name).source).idempotency;
    };
    EXPECT_EQ(of("says_nothing"), Idempotency::none);
    EXPECT_EQ(of("none"), Idempotency::none);
    EXPECT_EQ(of("optional"), Idempotency::optional);
    EXPECT_EQ(of("required"), Idempotency::required);
}

constexpr const char* tested_stream = R"(
routes:
  r:
    from: { http: "GET /d/{device}" }
    to: { stream: { happn: "on /d/{device}/{*leaf}" } }
    respond: { body: { leaf: "{leaf}", value: "{answer}" } }
tests:
  - name: shaped
    send: { http: "GET /d/d1" }
    mock: { "stream on /d/d1/*": { answer: [{ path: /d/d1/t, value: 21.5 }, { path: /other, value: 1 }] } }
    expect: [{ stream: "on /d/d1/{leaf}" }, { status: 200, json: [{ leaf: t, value: %s }] }]
  - name: refused
    send: { http: "GET /d/d1" }
    mock: { "stream on /d/d1/*": { error: { name: AccessDenied } } }
    expect: [{ stream: "on /d/d1/{leaf}" }, { status: 403 }]
)";

std::string with_value(const std::string& value) {
    std::string text = tested_stream;
    return text.replace(text.find("%s"), 2, value);
}

TEST(TestsOfStreams, SeeTheMessagesOfTopicsAsTheReaderDoes) {
    const auto loaded = load_text(R"(
routes:
  r:
    from: { http: "GET /rooms/{room}" }
    to: { stream: { mqtt: "rooms/{room}/{*sensor}", broker: plant } }
    respond: { body: { sensor: "{sensor}", value: "{answer}" } }
tests:
  - name: shaped
    send: { http: "GET /rooms/r1" }
    mock: { "stream rooms/r1/+": { answer: [{ topic: rooms/r1/co2, value: 410 }, { topic: rooms/r2/co2, value: 1 }] } }
    expect: [{ stream: "rooms/r1/{sensor}", broker: plant }, { status: 200, json: [{ sensor: co2, value: 410 }] }]
  - name: no wildcard comes in by the request
    send: { http: "GET /rooms/%2B" }
    expect: { refused: capture }
)");
    const auto report = run_tests(loaded.table, loaded.tests);
    EXPECT_EQ(report.passed(), 2U) << report_text(report);
}

TEST(TestsOfStreams, SeeTheItemsAsTheReaderDoes) {
    const auto good = load_text(with_value("21.5"));
    const auto report = run_tests(good.table, good.tests);
    EXPECT_EQ(report.passed(), 2U) << report_text(report);
    const auto bad = load_text(with_value("22"));
    EXPECT_EQ(run_tests(bad.table, bad.tests).failed(), 1U);
}

}  // namespace
}  // namespace mappings
