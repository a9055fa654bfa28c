// Good mapping files, and what they mean.
#include <gmock/gmock.h>

#include "mapping_support.hpp"
#include "mappings/mapping_test.hpp"

namespace mappings {
namespace {

using namespace std::chrono_literals;
using gateway::CallSource;
using gateway::CallTarget;
using gateway::HappnSource;
using gateway::HappnTarget;
using gateway::HttpSource;
using gateway::MqttSource;
using gateway::MqttTarget;
using testing::ElementsAre;

TEST(Compile, AnMqttSourceKeepsItsOptions) {
    const auto loaded = load_text(R"(
routes:
  r:
    from: { mqtt: "a/{device}/b", broker: local, qos: 2, retained: once, no_local: true, decode: number }
    to: { happn: "set /a/{device}" }
)");
    const auto& source = std::get<MqttSource>(route_of(loaded, "r").source);
    EXPECT_EQ(source.broker, "local");
    EXPECT_EQ(source.topic.text(), "a/{device}/b");
    EXPECT_EQ(source.qos, 2);
    EXPECT_EQ(source.retained, gateway::Retained::once);
    EXPECT_TRUE(source.no_local);
    EXPECT_EQ(source.decode, gateway::Decode::number);
}

TEST(Compile, AnMqttSourceMayBelongToAGroup) {
    const auto loaded =
        load_text("routes:\n  r: { from: { mqtt: \"a/#\", group: gateways }, to: { happn: \"set /a\" } }\n");
    EXPECT_EQ(std::get<MqttSource>(route_of(loaded, "r").source).group, "gateways");
}

TEST(Compile, AGroupIsOneLevelOfATopicAndNeverNoLocal) {
    const auto codes = [](const std::string& options) {
        return brief(load_text("routes:\n  r: { from: { mqtt: \"a/#\", " + options +
                               " }, to: { happn: \"set /a\" } }\n")
                         .findings);
    };
    for (const char* wrong : {"\"\"", "a/b", "\"a+\"", "\"#\"", "\"a b\""})
        EXPECT_THAT(codes(std::string{"group: "} + wrong), ElementsAre("HG409 2:36")) << wrong;
    EXPECT_THAT(codes("group: g, no_local: true"), ElementsAre("HG414 2:36"));
}

TEST(Compile, AHappnSourceTakesSetsUnlessToldOtherwise) {
    const auto loaded = load_text(R"(
routes:
  sets: { from: { happn: "on /a/{x}" }, to: { mqtt: "a/{x}" } }
  both: { from: { happn: "on /b/{x}", actions: [set, remove], initial: true }, to: { mqtt: "b/{x}" } }
)");
    const auto& sets = std::get<HappnSource>(route_of(loaded, "sets").source);
    EXPECT_TRUE(sets.sets && !sets.removes && !sets.initial);
    const auto& both = std::get<HappnSource>(route_of(loaded, "both").source);
    EXPECT_TRUE(both.sets && both.removes && both.initial);
}

TEST(Compile, AnHttpSourceHasMethodPathAndQuery) {
    const auto loaded = load_text(R"(
routes:
  r:
    from:
      http: "PUT /d/{id:int}"
      auth: optional
      body: text
      max_body: 64KiB
      query: { limit: { type: int, default: 10, min: 1, max: 100 }, q: string, deep: { type: bool, required: true } }
    to: { answer: "{in.query.limit}" }
)");
    const auto& source = std::get<HttpSource>(route_of(loaded, "r").source);
    EXPECT_EQ(source.method, "PUT");
    EXPECT_EQ(source.path.text(), "/d/{id:int}");
    EXPECT_EQ(source.auth, HttpSource::Auth::optional);
    EXPECT_EQ(source.body, HttpSource::Body::text);
    EXPECT_EQ(source.max_body, 65536U);
    ASSERT_EQ(source.query.size(), 3U);
    EXPECT_EQ(source.query[0].type, gateway::ValueType::integer);
    EXPECT_EQ(source.query[0].fallback->json().view(), "10");
    EXPECT_EQ(source.query[0].maximum, 100);
    EXPECT_TRUE(source.query[2].required);
}

TEST(Compile, AnHttpRouteThatActsAsTheServiceLetsInWhoHasNoToken) {
    const auto loaded = load_text(R"(
routes:
  open:   { from: { http: "GET /open" }, as: service, to: { happn: "get /x" } }
  closed: { from: { http: "GET /closed" }, to: { happn: "get /x" } }
  asked:  { from: { http: "GET /asked", auth: required }, as: service, to: { happn: "get /x" } }
  mixed:  { from: { http: "GET /mixed" }, to: [ { happn: "get /x", as: service }, { happn: "get /y" } ] }
)");
    const auto auth = [&](const char* route) {
        return std::get<HttpSource>(route_of(loaded, route).source).auth;
    };
    EXPECT_EQ(auth("open"), HttpSource::Auth::optional);
    EXPECT_EQ(auth("closed"), HttpSource::Auth::required);
    EXPECT_EQ(auth("asked"), HttpSource::Auth::required);
    EXPECT_EQ(auth("mixed"), HttpSource::Auth::required);
}

TEST(Compile, AnHttpQueryParameterThatIsANumberIsOneInTemplates) {
    const auto loaded = load_text(R"(
routes:
  r:
    from: { http: "GET /d", query: { limit: int, q: string } }
    to: { answer: { limit: "{in.query.limit}", q: "{in.query.q}" } }
tests:
  - { name: typed, send: { http: "GET /d?limit=5&q=6" }, expect: [ { status: 200, json: { limit: 5, q: "6" } } ] }
)");
    const auto report = mappings::run_tests(loaded.table, loaded.tests);
    EXPECT_EQ(report.failed(), 0U) << mappings::report_text(report);
}

TEST(Compile, AnMqttTargetKeepsItsOptions) {
    const auto loaded = load_text(R"(
routes:
  r:
    from: { happn: "on /a/{x}", actions: [set, remove] }
    to: { mqtt: "a/{x}", qos: 1, retain: true, expiry: 1500ms, content_type: "text/plain",
          user: { site: "{x}" }, encode: text, on_remove: clear, name: out, as: service, required: false }
)");
    const auto& route = route_of(loaded, "r");
    const auto& target = target_of<MqttTarget>(route);
    EXPECT_EQ(target.topic.text(), "a/{x}");
    EXPECT_EQ(target.qos, 1);
    EXPECT_TRUE(target.retain && target.clear_on_remove);
    EXPECT_EQ(target.expiry, 2U);
    EXPECT_EQ(target.user.size(), 1U);
    EXPECT_FALSE(target.reply);
    EXPECT_EQ(route.targets[0].name, "out");
    EXPECT_EQ(route.targets[0].as, gateway::As::service);
    EXPECT_EQ(route.targets[0].encode, gateway::Encode::text);
    EXPECT_FALSE(route.targets[0].required);
}

TEST(Compile, AReplyIsByResponseTopicOrByConvention) {
    const auto loaded = load_text(R"(
components:
  c:
    methods:
      v5: { to: { mqtt: a, reply: auto, timeout: 3s } }
      v3: { to: { mqtt: b, reply: { topic: "b/{call.id}/r", id: "{call.id}", decode: text } } }
      by_id: { to: { mqtt: c, body: { seq: "{call.id}" }, reply: { topic: c/r, id: "{payload.seq}" } } }
      one: { to: { mqtt: d, reply: { topic: d/r, concurrency: 1 } } }
)");
    EXPECT_TRUE(target_of<MqttTarget>(route_of(loaded, "c.v5")).reply->automatic);
    EXPECT_EQ(route_of(loaded, "c.v5").targets[0].timeout, 3s);
    const auto& by_topic = *target_of<MqttTarget>(route_of(loaded, "c.v3")).reply;
    EXPECT_FALSE(by_topic.automatic);
    EXPECT_EQ(by_topic.topic->text(), "b/{call.id}/r");
    EXPECT_FALSE(by_topic.id);
    EXPECT_EQ(by_topic.decode, gateway::Decode::text);
    EXPECT_TRUE(target_of<MqttTarget>(route_of(loaded, "c.by_id")).reply->id);
    EXPECT_EQ(target_of<MqttTarget>(route_of(loaded, "c.one")).reply->concurrency, 1);
}

TEST(Compile, HappnVerbsHaveTheirOptions) {
    const auto loaded = load_text(R"(
routes:
  set:
    from: { mqtt: "a/{x}" }
    to: { happn: "set /a/{x}", merge: true, consistency: acknowledged, meta: { from: "{in.topic}" }, on_empty: remove }
  get:
    from: { http: "GET /a" }
    to: { happn: "get /a/*", criteria: { t: { $gt: 1 } }, sort: { t: -1 }, limit: 10, skip: 5, with: meta }
  remove: { from: { http: "DELETE /a/{x}" }, to: { happn: "remove /a/{x}" } }
)");
    const auto& set = target_of<HappnTarget>(route_of(loaded, "set"));
    EXPECT_EQ(set.verb, HappnTarget::Verb::set);
    EXPECT_TRUE(set.merge && set.remove_on_empty && set.meta);
    EXPECT_EQ(set.consistency, gateway::Consistency::acknowledged);
    const auto& get = target_of<HappnTarget>(route_of(loaded, "get"));
    EXPECT_EQ(get.verb, HappnTarget::Verb::get);
    EXPECT_TRUE(get.criteria && get.sort && get.with_meta && !get.fields);
    EXPECT_EQ(get.limit->evaluate({})->json().view(), "10");
    EXPECT_EQ(get.skip->evaluate({})->json().view(), "5");
    EXPECT_EQ(target_of<HappnTarget>(route_of(loaded, "remove")).verb, HappnTarget::Verb::remove);
}

TEST(Compile, ACallHasArgumentsAndAnAllowList) {
    const auto loaded = load_text(R"(
routes:
  r:
    from: { mqtt: "rpc/{c}/{m}" }
    to: { call: "{c}/{m}", allow: ["thermostat/*", "light/switch"], args: ["{payload.x}"], timeout: 2s, as: "{in.user.who}" }
)");
    const auto& route = route_of(loaded, "r");
    const auto& call = target_of<CallTarget>(route);
    EXPECT_EQ(call.method.text(), "{c}/{m}");
    EXPECT_EQ(call.allow.size(), 2U);
    EXPECT_TRUE(call.args);
    EXPECT_EQ(route.targets[0].timeout, 2s);
    EXPECT_EQ(route.targets[0].as, gateway::As::named);
    EXPECT_TRUE(route.targets[0].as_user);
}

TEST(Compile, TargetsInheritTheRoutesIdentityAndMayHaveTheirOwn) {
    const auto loaded = load_text(R"(
routes:
  r:
    from: { mqtt: a }
    as: service
    to: [{ happn: "set /a" }, { happn: "set /b", as: caller }]
)");
    EXPECT_EQ(route_of(loaded, "r").targets[0].as, gateway::As::service);
    EXPECT_EQ(route_of(loaded, "r").targets[1].as, gateway::As::caller);
}

TEST(Compile, RespondAndErrorsShapeTheAnswer) {
    const auto loaded = load_text(R"(
routes:
  r:
    from: { http: "GET /a" }
    to: [{ happn: "get /a", name: one }, { happn: "get /b", name: two }]
    respond: { from: two, status: 201, headers: { X-A: "{answer.x}" }, body: { x: "{answer.x}" }, missing: 404 }
    errors: [{ name: AccessDenied, status: 403 }, { code: 418, status: 409, body: "{error.message}" }, { status: 502 }]
)");
    const auto& route = route_of(loaded, "r");
    ASSERT_TRUE(route.respond);
    EXPECT_EQ(route.respond->from, "two");
    EXPECT_EQ(route.respond->status, 201);
    EXPECT_EQ(route.respond->missing, 404);
    EXPECT_EQ(route.respond->headers.size(), 1U);
    ASSERT_EQ(route.errors.size(), 3U);
    EXPECT_EQ(route.errors[0].name, "AccessDenied");
    EXPECT_EQ(route.errors[1].code, 418);
    EXPECT_TRUE(route.errors[1].body);
    EXPECT_EQ(route.errors[2].status, 502);
}

TEST(Compile, ATargetWithoutAnAnswerMayStandBehindAStatus) {
    const auto loaded = load_text(
        "routes: { r: { from: { http: \"POST /a\" }, to: { mqtt: b }, respond: { status: 202 } } }\n");
    EXPECT_EQ(route_of(loaded, "r").respond->status, 202);
}

TEST(Compile, ARouteThatIsNotEnabledIsCheckedAndLeftOut) {
    const auto loaded = load_text("routes: { r: { enabled: false, from: { mqtt: a }, to: { mqtt: a } } }\n");
    ASSERT_NE(loaded.table, nullptr) << all_text(loaded.findings);
    EXPECT_TRUE(loaded.table->routes().empty());
    EXPECT_EQ(
        load_text("routes: { r: { enabled: false, from: { mqtt: a }, to: { mqtt: \"{x}\" } } }\n").table,
        nullptr);
}

// --- two ways
// -------------------------------------------------------------------------------------------------------

constexpr const char* two_way = R"(
routes:
  lights:
    sync:
      a: { mqtt: "lights/{id:int}/state", qos: 1, retain: true }
      b: { happn: "/lights/{id}/state" }
    map: { a_to_b: { on: "{payload.o}" }, b_to_a: { o: "{payload.on}" } }
)";

TEST(Compile, ATwoWayRouteIsTwoRoutesOfOnePair) {
    const auto loaded = load_text(two_way);
    const auto& up = route_of(loaded, "lights.a_to_b");
    const auto& down = route_of(loaded, "lights.b_to_a");
    EXPECT_EQ(up.sync_pair, "lights");
    EXPECT_EQ(down.sync_pair, "lights");
    EXPECT_TRUE(std::get<MqttSource>(up.source).no_local);
    EXPECT_EQ(target_of<HappnTarget>(up).path.text(), "/lights/{id}/state");
    EXPECT_EQ(target_of<MqttTarget>(down).topic.text(), "lights/{id}/state");
    EXPECT_EQ(target_of<MqttTarget>(down).qos, 1);
    EXPECT_TRUE(target_of<MqttTarget>(down).retain);
    EXPECT_TRUE(up.map && down.map);
    EXPECT_TRUE(loaded.findings.empty()) << all_text(loaded.findings);
}

TEST(Compile, ATwoWayRouteWithRetainCarriesRemovesBothWays) {
    const auto loaded = load_text(two_way);
    EXPECT_TRUE(target_of<HappnTarget>(route_of(loaded, "lights.a_to_b")).remove_on_empty);
    EXPECT_TRUE(std::get<HappnSource>(route_of(loaded, "lights.b_to_a").source).removes);
    EXPECT_TRUE(target_of<MqttTarget>(route_of(loaded, "lights.b_to_a")).clear_on_remove);
}

TEST(Compile, ATwoWayRouteWithoutRetainCarriesNoRemoves) {
    const auto loaded =
        load_text("routes: { r: { sync: { a: { mqtt: \"a/{x}\" }, b: { happn: \"/a/{x}\" } } } }\n");
    EXPECT_FALSE(target_of<HappnTarget>(route_of(loaded, "r.a_to_b")).remove_on_empty);
    EXPECT_FALSE(std::get<HappnSource>(route_of(loaded, "r.b_to_a").source).removes);
}

TEST(Compile, AnEndThatReadsTextIsSentText) {
    const auto loaded = load_text(
        "routes: { r: { sync: { a: { mqtt: \"a/{x}\", decode: text }, b: { happn: \"/a/{x}\" } } } }\n");
    EXPECT_EQ(route_of(loaded, "r.b_to_a").targets[0].encode, gateway::Encode::text);
    EXPECT_EQ(route_of(loaded, "r.a_to_b").targets[0].encode, gateway::Encode::as_is);
}

TEST(Compile, AComparedRouteHasItsRuleOnBothHalvesAndLeavesWhatIsKeptToIt) {
    const auto loaded = load_text(R"(
routes:
  lights:
    sync:
      a: { mqtt: "lights/{id}", retain: true }
      b: { happn: "/lights/{id}" }
    newest_by: "{payload.ts}"
    resync: on_reconnect
)");
    const auto& up = route_of(loaded, "lights.a_to_b");
    const auto& down = route_of(loaded, "lights.b_to_a");
    EXPECT_FALSE(up.from_b);
    EXPECT_TRUE(down.from_b);
    for (const auto* half : {&up, &down}) {
        ASSERT_TRUE(half->resync);
        EXPECT_EQ(half->resync->prefer, gateway::Prefer::newest);
        EXPECT_EQ(half->resync->newest_by->text(), "{payload.ts}");
        EXPECT_FALSE(half->resync->removes_missing);
    }
    EXPECT_EQ(std::get<MqttSource>(up.source).retained, gateway::Retained::ignore);
}

TEST(Compile, WhatThePreferredEndMissesIsRemovedOnlyIfTheRouteSaysSo) {
    const auto loaded = load_text(R"(
routes:
  lights:
    sync:
      a: { mqtt: "lights/{id}", retain: true }
      b: { happn: "/lights/{id}" }
    prefer: b
    resync: { missing: remove }
)");
    const auto& half = route_of(loaded, "lights.a_to_b");
    EXPECT_EQ(half.resync->prefer, gateway::Prefer::b);
    EXPECT_TRUE(half.resync->removes_missing);
}

// --- components
// -----------------------------------------------------------------------------------------------------

TEST(Compile, AMethodIsARouteFromItsCall) {
    const auto loaded = load_text(R"(
components:
  thermostat:
    version: 2.1.0
    description: on the bus
    methods:
      setTarget:
        parameters:
          device: { type: string, required: true, description: which }
          celsius: { type: number, minimum: 5, maximum: 35 }
          mode: { enum: [heat, cool, 3] }
          note: string
        to: { answer: "{celsius}" }
      read: { parameters: [device], to: { happn: "get /t/{device}" } }
)");
    const auto& source = std::get<CallSource>(route_of(loaded, "thermostat.setTarget").source);
    EXPECT_EQ(source.component, "thermostat");
    EXPECT_EQ(source.method, "setTarget");
    ASSERT_EQ(source.parameters.size(), 4U);
    EXPECT_TRUE(source.parameters[0].required);
    EXPECT_EQ(source.parameters[1].minimum, 5);
    EXPECT_THAT(*source.parameters[2].one_of, ElementsAre("\"heat\"", "\"cool\"", "3"));
    EXPECT_EQ(source.parameters[3].type, gateway::ValueType::string);
    EXPECT_EQ(loaded.table->components().at("thermostat").version, "2.1.0");
    EXPECT_EQ(loaded.table->components().at("thermostat").description, "on the bus");
    const auto& read = std::get<CallSource>(route_of(loaded, "thermostat.read").source);
    EXPECT_EQ(read.parameters[0].type, gateway::ValueType::any);
}

// --- names, variables, defaults
// -------------------------------------------------------------------------------------

TEST(Compile, TheOnlyBrokerAndMeshAreTheDefault) {
    const std::string text = "routes: { r: { from: { mqtt: a }, to: { happn: \"set /a\" } } }\n";
    Names names;
    names.brokers = {"local"};
    names.meshes = {"site"};
    const auto loaded = load_text(text, names);
    EXPECT_EQ(std::get<MqttSource>(route_of(loaded, "r").source).broker, "local");
    EXPECT_EQ(target_of<HappnTarget>(route_of(loaded, "r")).mesh, "site");
    names.meshes = std::vector<std::string>{};
    const auto on_node = load_text(text, names);
    EXPECT_EQ(target_of<HappnTarget>(route_of(on_node, "r")).mesh, "node");
}

TEST(Compile, DefaultsAreTheFilesOwn) {
    Names names;
    names.brokers = {"a", "b"};
    names.meshes = {"m", "n"};
    const auto loaded = load_texts(
        {{"one.yaml",
          "defaults: { mqtt: { broker: a, qos: 1, timeout: 2s }, happn: { mesh: m } }\n"
          "routes: { one: { from: { mqtt: x }, to: { happn: \"set /x\" } } }\n"},
         {"two.yaml",
          "defaults: { mqtt: { broker: b }, happn: { mesh: node } }\n"
          "routes: { two: { from: { mqtt: x, broker: a }, to: [{ mqtt: y }, { happn: \"set /x\" }] } }\n"}},
        names);
    const auto& one = std::get<MqttSource>(route_of(loaded, "one").source);
    EXPECT_EQ(one.broker, "a");
    EXPECT_EQ(one.qos, 1);
    EXPECT_EQ(target_of<HappnTarget>(route_of(loaded, "one")).mesh, "m");
    const auto& two = route_of(loaded, "two");
    EXPECT_EQ(std::get<MqttSource>(two.source).broker, "a");
    EXPECT_EQ(std::get<MqttSource>(two.source).qos, 0);
    EXPECT_EQ(target_of<MqttTarget>(two).broker, "b");
    EXPECT_EQ(target_of<HappnTarget>(two, 1).mesh, "node");
}

TEST(Compile, VarsAreTheFilesOwn) {
    const std::string route =
        "routes: { ROUTE: { from: { mqtt: ROUTE }, to: { happn: \"set /{vars.site}/x\" } } }\n";
    auto named = [&](std::string name) {
        std::string text = route;
        for (auto at = text.find("ROUTE"); at != std::string::npos; at = text.find("ROUTE"))
            text.replace(at, 5, name);
        return text;
    };
    const auto loaded =
        load_texts({{"one.yaml", "vars: { site: plant7 }\n" + named("one")}, {"two.yaml", named("two")}});
    EXPECT_EQ(loaded.table, nullptr);
    ASSERT_EQ(loaded.findings.size(), 1U) << all_text(loaded.findings);
    EXPECT_EQ(loaded.findings[0].file, "two.yaml");
}

TEST(Compile, VariablesOfTheEnvironmentAreRead) {
    const config::Environment environment{[](std::string_view name) {
                                              return name == "SITE" ? std::optional<std::string>{"p7"}
                                                                    : std::nullopt;
                                          },
                                          {}};
    const auto loaded = load_texts(
        {{file_name,
          "routes: { r: { from: { mqtt: \"${SITE}/{x}\" }, to: { happn: \"set /${NO:-a}/{x}\" } } }\n"}},
        {},
        environment);
    EXPECT_EQ(std::get<MqttSource>(route_of(loaded, "r").source).topic.text(), "p7/{x}");
    EXPECT_EQ(target_of<HappnTarget>(route_of(loaded, "r")).path.text(), "/a/{x}");
}

TEST(Compile, NothingIsATableWithoutRoutes) {
    const auto loaded = load_text("");
    ASSERT_NE(loaded.table, nullptr);
    EXPECT_TRUE(loaded.table->routes().empty());
}

TEST(Compile, AtMostOnceIsAccepted) {
    EXPECT_NE(load_text("defaults: { delivery: at-most-once }\n"
                        "routes: { r: { from: { mqtt: a }, to: { mqtt: b }, delivery: at-most-once } }\n")
                  .table,
              nullptr);
}

}  // namespace
}  // namespace mappings
