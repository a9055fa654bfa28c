// Conversations with the node, in both dialects: text in, frames out.
#include <gtest/gtest.h>

#include "tests/unit/node/hub_harness.hpp"

namespace happn::node::test {
namespace {

using std::chrono::seconds;

Json configure(Json protocol) {
    return {{"action", "configure-session"}, {"eventId", 1}, {"data", {{"protocol", std::move(protocol)}}}};
}

// --- set-up --------------------------------------------------------------------------------------

TEST(NodeSession, HappnFourIsAnsweredInItsDialect) {
    Harness node;
    auto& client = node.connect_silently();
    EXPECT_EQ(client.ask(configure("happn_4")),
              Json::parse(R"({"data":null,"_meta":{"type":"response","status":"ok",
        "published":false,"eventId":1,"action":"configure-session"},"protocol":"happn_4"})"));
    EXPECT_EQ(client.ask({{"action", "describe"}, {"eventId", 2}})["data"],
              Json::parse(R"({"name":"TestNode","secure":false})"));
    const auto login = client.ask(Json::parse(
        R"({"action":"login","eventId":3,"data":{"info":{"_browser":false},"protocol":"happn_4"},"options":{"timeout":60000}})"));
    EXPECT_EQ(login["data"]["id"], client.id());
    EXPECT_EQ(login["data"]["protocol"], "happn_4");
    EXPECT_EQ(login["data"]["msgCount"], 3);
    EXPECT_EQ(login["data"]["happn"], Json::parse(R"({"name":"TestNode","secure":false})"));
    EXPECT_EQ(login["data"]["info"], Json::parse(R"({"_browser":false})"));
    EXPECT_EQ(login["data"]["address"], Json::parse(R"({"ip":"127.0.0.1","secure":false,"port":4711})"));
    EXPECT_FALSE(login["_meta"].contains("sessionId"));
}

TEST(NodeSession, OldClientsAreAnsweredAsTheirServersDo) {
    Harness node;
    auto& client = node.connect_silently();
    EXPECT_EQ(client.ask(configure("happn_1.3.0")),
              Json::parse(R"({"data":null,"_meta":{"type":"response","status":"ok",
        "published":false,"eventId":1,"action":"configure-session"},"__outbound":true})"));
    const auto description = client.ask({{"action", "describe"}, {"eventId", 2}})["data"];
    EXPECT_EQ(description["encryptPayloads"], false);
    EXPECT_TRUE(description["publicKey"].is_string());
    const auto login =
        client.ask(Json::parse(R"({"action":"login","eventId":3,"data":{"info":{"a":1}}})"))["data"];
    EXPECT_EQ(login["protocol"], "happn_1.3.0");
    EXPECT_EQ(login["id"], client.id());
    EXPECT_EQ(login["happn"], description);
    EXPECT_FALSE(login.contains("msgCount"));
}

TEST(NodeSession, AnyAnnouncementIsAnswered) {
    Harness node;
    const std::pair<const char*, const char*> dialects[] = {
        {"happn", ""},
        {"happn_1", ""},
        {"happn_1.1.0", ""},
        {"1.3.0", ""},
        {"happn_2", "happn_2"},
        {"happn_3", "happn_3"},
        {"happn_5", "happn_4"},
        {"bogus", "happn_4"},
        {"", "happn_4"},
    };
    for (const auto& [announced, answered] : dialects) {
        const auto answer = node.connect_silently().ask(configure(announced));
        EXPECT_EQ(answer["_meta"]["status"], "ok") << announced;
        EXPECT_EQ(answer.value("protocol", ""), answered) << announced;
    }
    EXPECT_EQ(node.connect_silently().ask(configure(5))["_meta"]["status"], "ok");
}

TEST(NodeSession, EverySocketHasAnIdOfItsOwnAndWorksBeforeLogin) {
    Harness node;
    auto& first = node.connect_silently();
    auto& second = node.connect_silently();
    EXPECT_NE(first.id(), second.id());
    EXPECT_EQ(first.id().size(), 36u);
    EXPECT_EQ(first.ask("set", "/a", {{"x", 1}})["_meta"]["status"], "ok");
    EXPECT_EQ(second.ask("get", "/a")["data"], Json::parse(R"({"x":1})"));
}

TEST(NodeSession, NodeRefusesMoreSessionsThanItsLimit) {
    auto settings = node_settings();
    settings.max_sessions = 1;
    Harness node{settings};
    auto& first = node.connect();
    EXPECT_EQ(node.connect_silently().number(), 0u);
    first.leave();
    EXPECT_NE(node.connect_silently().number(), 0u);
}

// --- echo ----------------------------------------------------------------------------------------

TEST(NodeAnswer, EchoesEventIdAndSessionIdAsTheyWereSent) {
    Harness node;
    auto& client = node.connect();
    const auto answer =
        client.ask(Json::parse(R"({"action":"get","eventId":"str1","path":"/a","sessionId":"wrong"})"));
    EXPECT_EQ(answer, Json::parse(R"({"data":null,"_meta":{"type":"response","status":"ok","published":false,
        "eventId":"str1","sessionId":"wrong","action":"get"},"protocol":"happn_4"})"));
    const auto bare = client.ask(Json::parse(R"({"action":"get","path":"/a"})"))["_meta"];
    EXPECT_FALSE(bare.contains("eventId"));
    EXPECT_FALSE(bare.contains("sessionId"));
}

// --- set -----------------------------------------------------------------------------------------

TEST(NodeSet, AnswersWithTheStoredObjectAndItsTimes) {
    Harness node;
    auto& client = node.connect();
    const auto answer = client.ask("set", "/t/1", {{"a", 1}});
    EXPECT_EQ(answer["data"], Json::parse(R"({"a":1})"));
    EXPECT_EQ(answer["_meta"]["path"], "/t/1");
    EXPECT_EQ(answer["_meta"]["published"], true);
    EXPECT_GT(answer["_meta"]["created"].get<std::int64_t>(), 1'600'000'000'000);
    const auto again = client.ask("set", "/t/1", 5);
    EXPECT_EQ(again["data"], Json::parse(R"({"value":5})"));
    EXPECT_EQ(again["_meta"]["created"], answer["_meta"]["created"]);
}

TEST(NodeSet, PublicationsComeBeforeTheSettersOwnAnswer) {
    Harness node;
    auto& client = node.connect();
    client.ask("on", "/SET@/t/*");
    const auto frames = client.say(Json::parse(
        R"({"action":"set","eventId":7,"path":"/t/1","data":{"a":1},"options":{"meta":{"foo":"bar","path":"z"}}})"));
    ASSERT_EQ(frames.size(), 2u);
    const auto& meta = frames[0]["_meta"];
    EXPECT_EQ(frames[0]["data"], Json::parse(R"({"a":1})"));
    EXPECT_EQ(frames[0]["protocol"], "happn_4");
    EXPECT_EQ(meta["type"], "data");
    EXPECT_EQ(meta["action"], "/SET@/t/1");
    EXPECT_EQ(meta["channel"], "/SET@/t/*");
    EXPECT_EQ(meta["path"], "/t/1");
    EXPECT_EQ(meta["sessionId"], client.id());
    EXPECT_EQ(meta["publicationId"], client.id() + "-7");
    EXPECT_EQ(meta["consistency"], 2);
    EXPECT_EQ(meta["foo"], "bar");
    EXPECT_EQ(meta["created"], frames[1]["_meta"]["created"]);
    EXPECT_EQ(frames[1]["_meta"]["type"], "response");
}

TEST(NodeSet, PublicationsToOldClientsLookAsFromAnOldServer) {
    Harness node;
    auto& old_one = node.connect("happn_1.3.0");
    old_one.ask("on", "/ALL@/t/*");
    node.connect().ask("set", "/t/deep/er", {{"a", 1}}, {{"noStore", true}});
    const auto heard = old_one.heard();
    ASSERT_EQ(heard.size(), 1u);  // an old `*` crosses slashes
    EXPECT_EQ(heard[0]["protocol"], "happn_1.3.0");
    EXPECT_EQ(heard[0]["__outbound"], true);
    EXPECT_FALSE(heard[0]["_meta"].contains("created"));
}

TEST(NodeSet, OneSessionGetsOnePublicationForEachOfItsChannels) {
    Harness node;
    auto& client = node.connect();
    for (const char* channel : {"/SET@/d/a", "/SET@/d/a", "/SET@/d/*", "/ALL@/d/a"}) {
        client.ask("on", channel);
    }
    EXPECT_EQ(client.say({{"action", "set"}, {"eventId", 1}, {"path", "/d/a"}, {"data", 1}}).size(), 3u + 1u);
}

TEST(NodeSet, OptionsDecideWhatIsStoredAndPublished) {
    Harness node;
    auto& client = node.connect();
    auto& listener = node.connect();
    listener.ask("on", "/ALL@*");
    EXPECT_FALSE(client.ask("set", "/ns", {{"a", 1}}, {{"noStore", true}})["_meta"].contains("created"));
    EXPECT_EQ(client.ask("get", "/ns")["data"], nullptr);
    EXPECT_EQ(listener.heard().size(), 1u);
    EXPECT_EQ(client.ask("set", "/np", {{"a", 1}}, {{"noPublish", true}})["_meta"]["published"], false);
    EXPECT_EQ(client.ask("get", "/np")["data"], Json::parse(R"({"a":1})"));
    EXPECT_TRUE(listener.heard().empty());
    const auto merged = client.ask("set", "/np", {{"b", 2}}, {{"merge", true}});
    EXPECT_EQ(merged["data"], Json::parse(R"({"a":1,"b":2})"));
    EXPECT_EQ(listener.heard()[0]["data"], merged["data"]);
    EXPECT_EQ(client.ask("set", "/null", nullptr, {{"nullValue", true}})["data"],
              Json::parse(R"({"value":null})"));
}

TEST(NodeSet, NoDataResponseIsShortForHappnFourOnly) {
    Harness node;
    const Json request = Json::parse(
        R"({"action":"set","eventId":8,"path":"/a","data":{"x":1},"options":{"noDataResponse":true,"noStore":true}})");
    EXPECT_EQ(node.connect().ask(request), Json::parse(R"({"_meta":{"path":"/a","eventId":8,"type":"response",
        "status":"ok","published":true}})"));
    EXPECT_EQ(node.connect("happn_3").ask(request)["data"], Json::parse(R"({"x":1})"));
    EXPECT_EQ(node.connect("happn_1.3.0").ask(request)["data"], Json::parse(R"({"x":1})"));
}

TEST(NodeSet, TargetClientsAndNoClusterNarrowTheAudience) {
    Harness node;
    auto& setter = node.connect();
    auto& first = node.connect();
    auto& second = node.connect();
    first.ask(Json::parse(R"({"action":"login","eventId":3,"data":{"info":{"clusterName":"c"}}})"));
    first.ask("on", "/ALL@/a");
    second.ask("on", "/ALL@/a");
    setter.ask("set", "/a", 1, {{"targetClients", {first.id()}}});
    EXPECT_EQ(first.heard().size(), 1u);
    EXPECT_EQ(second.heard().size(), 0u);
    setter.ask("set", "/a", 1, {{"noCluster", true}});
    EXPECT_EQ(first.heard().size(), 0u);
    EXPECT_EQ(second.heard().size(), 1u);
    EXPECT_EQ(setter.ask("set", "/a", 1, {{"publishResults", true}})["_meta"]["publishResults"],
              Json::parse(R"({"successful":2,"failed":0,"skipped":0,"queued":2})"));
}

TEST(NodeSet, DeferredPublicationsFollowTheAnswerAndAreReported) {
    for (const int consistency : {0, 1}) {
        Harness node;
        auto& client = node.connect();
        client.ask("on", "/SET@/c");
        const auto frames = client.say({{"action", "set"},
                                        {"eventId", 40},
                                        {"path", "/c"},
                                        {"data", {{"c", 1}}},
                                        {"options", {{"consistency", consistency}}}});
        ASSERT_EQ(frames.size(), 3u);
        EXPECT_EQ(frames[0]["_meta"]["published"], false);
        EXPECT_EQ(frames[1]["_meta"]["consistency"], consistency);
        EXPECT_EQ(frames[2],
                  Json({{"id", client.id() + "-40"},
                        {"action", "publication-ack"},
                        {"result", {{"successful", 1}, {"failed", 0}, {"skipped", 0}, {"queued", 1}}},
                        {"status", "ok"},
                        {"_meta", {{"type", "ack"}, {"eventId", 40}}},
                        {"protocol", "happn_4"}}));
    }
}

TEST(NodeSet, OldClientsGetNoReportOfQueuedPublications) {
    Harness node;
    const auto answer = node.connect("happn_1.3.0").ask("set", "/c", 1, {{"consistency", 0}});
    EXPECT_EQ(answer["_meta"]["published"], false);
}

TEST(NodeSet, AcknowledgedPublicationsWaitForEveryRecipient) {
    Harness node;
    auto& setter = node.connect();
    auto& first = node.connect();
    auto& second = node.connect("happn_1.3.0");
    first.ask("on", "/SET@/c");
    second.ask("on", "/SET@/c");
    EXPECT_EQ(setter.ask("set", "/c", 1, {{"consistency", 3}})["_meta"]["published"], false);
    const auto publication = first.heard().at(0)["_meta"]["publicationId"];
    const Json ack{{"action", "ack"}, {"eventId", 5}, {"data", publication}, {"sessionId", first.id()}};
    EXPECT_EQ(first.ask(ack)["_meta"]["status"], "ok");
    first.ask(ack);
    EXPECT_TRUE(setter.heard().empty()) << "one client cannot acknowledge for another";
    second.say(ack);
    const auto report = setter.heard().at(0);
    EXPECT_EQ(report["status"], "ok");
    EXPECT_EQ(report["result"]["acknowledged"], 2);
}

TEST(NodeSet, UnacknowledgedPublicationsAreReportedAfterAMinute) {
    Harness node;
    auto& setter = node.connect("happn_1.3.0");
    auto& listener = node.connect("happn_1.3.0");
    listener.ask("on", "/SET@/c");
    setter.ask("set", "/c", 1, {{"consistency", 3}});
    node.pass(seconds{55});
    EXPECT_TRUE(setter.heard().empty());
    node.pass(seconds{10});
    const auto report = setter.heard().at(0);
    EXPECT_EQ(report["status"], "error");
    EXPECT_EQ(report["error"], "unacknowledged publication");
    EXPECT_EQ(node.hub().publisher().unacknowledged(), 0u);
}

TEST(NodeSet, BadPathsAreRefusedInTheWordsOfTheGeneration) {
    Harness node;
    auto& client = node.connect();
    auto& old_one = node.connect("happn_1.3.0");
    const auto message = [](const Json& answer) {
        return answer["_meta"]["error"]["message"].get<std::string>();
    };
    EXPECT_EQ(message(client.ask("set", "/d/*", 1)),
              "Bad path, if the action is 'set' the path cannot contain the * wildcard character");
    EXPECT_TRUE(message(client.ask("set", "/d/#!", 1)).starts_with("Bad path, can only contain characters"));
    EXPECT_TRUE(message(client.ask("on", "/ALL@/d/#!")).starts_with("Bad path, can only contain characters"));
    EXPECT_TRUE(message(client.ask("remove", "/d/#!")).starts_with("Bad path, can only contain characters"));
    EXPECT_EQ(message(client.ask({{"action", "set"}, {"eventId", 1}, {"path", 5}})),
              "Bad path [5], must be a string");
    EXPECT_EQ(message(client.ask({{"action", "set"}, {"eventId", 1}})),
              "Bad path [undefined], must be a string");
    EXPECT_EQ(client.ask("get", "/d/#!")["_meta"]["status"], "ok");
    EXPECT_EQ(old_one.ask("set", "/d/#!", 1)["_meta"]["status"], "ok");
    EXPECT_EQ(old_one.ask("set", "/d/*", 1)["_meta"]["status"], "ok");
    EXPECT_EQ(message(old_one.ask({{"action", "set"}, {"eventId", 1}, {"path", 5}})),
              "get recipients failed");
    const auto longest = "/" + std::string(max_path, 'a');
    EXPECT_EQ(client.ask("set", longest, 1)["_meta"]["status"], "error");
    EXPECT_EQ(old_one.ask("set", longest, 1)["_meta"]["status"], "error");
}

TEST(NodeSet, IncrementCountsInTheNamedMemberOfTheItem) {
    Harness node;
    auto& client = node.connect();
    auto& listener = node.connect();
    listener.ask("on", "/SET@/inc");
    client.ask("set", "/inc", {{"kept", 1}}, {{"noPublish", true}});
    const auto first = client.ask("set", "/inc", "counter", {{"increment", 2}, {"noPublish", true}});
    EXPECT_EQ(first["data"], (Json{{"value", 2}, {"gauge", "counter"}}));
    EXPECT_FALSE(first["_meta"].contains("path"));
    EXPECT_EQ(first["_meta"]["published"], false);
    EXPECT_TRUE(listener.heard().empty());
    const auto second = client.ask("set", "/inc", "counter", {{"increment", -0.5}});
    EXPECT_EQ(second["data"]["value"], 1.5);
    const auto heard = listener.heard();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0]["data"], (Json{{"value", 1.5}, {"gauge", "counter"}}));
    client.ask("set", "/inc", "other", {{"increment", 1}});
    EXPECT_EQ(client.ask("get", "/inc")["data"],
              Json::parse(R"({"kept":1,"counter":{"value":1.5},"other":{"value":1}})"));
}

TEST(NodeSet, IncrementRefusesWhatIsNoCounter) {
    Harness node;
    auto& client = node.connect();
    client.ask("set", "/inc", {{"text", "x"}, {"huge", {{"value", 1e308}}}});
    for (const auto& [gauge, step] :
         std::vector<std::pair<Json, Json>>{{5, 1}, {"a", "1"}, {"a", true}, {"text", 1}, {"huge", 1e308}}) {
        const auto answer = client.ask("set", "/inc", gauge, {{"increment", step}});
        EXPECT_EQ(answer["_meta"]["status"], "error") << gauge << step;
    }
    EXPECT_EQ(client.ask("get", "/inc")["data"], Json::parse(R"({"text":"x","huge":{"value":1e308}})"));
}

TEST(NodeSet, SiblingsOfOldClientsAreItemsOfTheirOwnAndPublishedAtThePath) {
    Harness node;
    auto& client = node.connect("happn_1.3.0");
    auto& listener = node.connect("happn_1.3.0");
    listener.ask("on", "/SET@/d/sib");
    const auto first = client.ask("set", "/d/sib", {{"s", 1}}, {{"set_type", "sibling"}});
    const auto second = client.ask("set", "/d/sib", {{"s", 2}}, {{"set_type", "sibling"}});
    const std::string path = first["_meta"]["path"];
    EXPECT_TRUE(path.starts_with("/d/sib/"));
    EXPECT_EQ(path.size() - path.find('_'), 33u);
    EXPECT_NE(path, second["_meta"]["path"]);
    const auto heard = listener.heard();
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_EQ(heard[0]["_meta"]["action"], "/SET@/d/sib");
    EXPECT_EQ(heard[0]["_meta"]["path"], path);
    EXPECT_EQ(client.ask("get", path)["data"], (Json{{"s", 1}}));
    EXPECT_EQ(client.ask("get", "/d/sib")["data"], nullptr);
    EXPECT_EQ(node.connect().ask("set", "/d/sib", 1, {{"set_type", "sibling"}})["_meta"]["path"], "/d/sib");
}

TEST(NodeSet, ATagOfAnOldClientIsACopyUnderAPathOfItsOwn) {
    Harness node;
    auto& client = node.connect("happn_1.3.0");
    auto& listener = node.connect("happn_1.3.0");
    listener.ask("on", "/SET@/d/a");
    client.ask("set", "/d/a", {{"y", 2}});
    listener.heard();
    const auto tagged = client.ask("set", "/d/a", nullptr, {{"tag", "first"}});
    EXPECT_EQ(tagged["_meta"]["status"], "ok");
    EXPECT_EQ(tagged["_meta"]["tag"], "first");
    const std::string path = tagged["_meta"]["path"];
    EXPECT_TRUE(path.starts_with("/_TAGS/d/a/")) << path;
    EXPECT_EQ(tagged["data"]["data"], (Json{{"y", 2}}));
    EXPECT_EQ(tagged["data"]["_meta"], (Json{{"path", "/d/a"}}));
    EXPECT_EQ(tagged["data"]["_id"], "/d/a");
    const auto heard = listener.heard();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0]["_meta"]["action"], "/SET@/d/a");
    EXPECT_EQ(heard[0]["_meta"]["path"], path);
    EXPECT_EQ(heard[0]["_meta"]["tag"], "first");
    EXPECT_EQ(heard[0]["data"], tagged["data"]);
    client.ask("set", "/d/a", {{"y", 3}});
    const auto stored = client.ask("get", "/_TAGS/d/a/*");
    ASSERT_EQ(stored.size(), 2u);  // the copy, and what every list ends with
    EXPECT_EQ(stored[0]["data"], (Json{{"y", 2}}));
    EXPECT_EQ(stored[0]["_meta"]["tag"], "first");
    EXPECT_EQ(stored[0]["_meta"]["path"], path);
    EXPECT_EQ(client.ask("get", path)["_meta"]["tag"], "first");
}

TEST(NodeSet, ATagBringsNoDataAndMakesTheItemThatIsNotThere) {
    Harness node;
    auto& client = node.connect("happn_1.3.0");
    const auto refused = client.ask("set", "/d/a", {{"y", 2}}, {{"tag", "first"}});
    EXPECT_EQ(refused["_meta"]["error"],
              (Json{{"name", "SystemError"},
                    {"message", "doStore failed"},
                    {"inner", Json::object()},
                    {"code", 500},
                    {"severity", 0},
                    {"reason", "DataService"}}));
    EXPECT_EQ(client.ask("get", "/d/a")["data"], nullptr);
    const auto tagged = client.ask("set", "/d/a", nullptr, {{"tag", "first"}});
    EXPECT_EQ(tagged["data"], (Json{{"data", Json::object()}, {"_meta", {{"path", "/d/a"}}}}));
    EXPECT_EQ(client.ask("get", "/d/a")["data"], Json::object());
}

TEST(NodeSet, ATagIsNothingToCurrentClientsAndToWhatIsNotStored) {
    Harness node;
    EXPECT_EQ(node.connect().ask("set", "/d/a", {{"y", 1}}, {{"tag", "t"}})["_meta"]["path"], "/d/a");
    auto& old = node.connect("happn_1.3.0");
    const auto answer = old.ask("set", "/d/a", nullptr, {{"tag", "t"}, {"noStore", true}});
    EXPECT_EQ(answer["data"], (Json{{"value", nullptr}}));
    EXPECT_FALSE(answer["_meta"].contains("tag"));
    EXPECT_EQ(old.ask("get", "/_TAGS/*").size(), 1u);
}

TEST(NodeSet, AMergeOfAnOldClientKeepsWhatIsMergedWithNull) {
    Harness node;
    auto& old = node.connect("happn_1.3.0");
    old.ask("set", "/d/a", {{"x", 1}, {"y", 2}});
    EXPECT_EQ(old.ask("set", "/d/a", {{"x", nullptr}, {"z", nullptr}}, {{"merge", true}})["data"],
              (Json{{"x", 1}, {"y", 2}, {"z", nullptr}}));
    EXPECT_EQ(node.connect().ask("set", "/d/a", {{"x", nullptr}}, {{"merge", true}})["data"],
              (Json{{"x", nullptr}, {"y", 2}, {"z", nullptr}}));
}

TEST(NodeRemove, OfACurrentClientHeedsCriteriaWhereTheyCanChoose) {
    Harness node;
    auto& client = node.connect();
    for (int n = 1; n <= 3; ++n) {
        client.ask("set", "/r/" + std::to_string(n), {{"n", n}});
    }
    const Json options{{"criteria", {{"n", {{"$gt", 2}}}}}};
    EXPECT_EQ(client.ask("remove", "/r/*", {}, options)["data"], (Json{{"removed", 1}}));
    EXPECT_EQ(client.ask("remove", "/r/1", {}, options)["data"], (Json{{"removed", 1}}));
    client.ask("set", "/r/9", {{"n", 9}});
    const auto refused = client.ask("remove", "/r/*", {}, {{"criteria", {{"n", {{"$foo", 2}}}}}});
    EXPECT_EQ(refused["_meta"]["error"]["message"], "unknown operator: $foo");
    EXPECT_EQ(node.connect("happn_1.3.0").ask("remove", "/r/*", {}, options)["data"], (Json{{"removed", 2}}));
}

TEST(NodeRemove, WhatCannotBeReadRemovesNothing) {
    Harness node;
    auto& client = node.connect();
    client.ask("set", "/r/1", {{"n", 1}});
    client.say(
        R"({"action":"remove","eventId":77,"path":"/r/*","options":{"criteria":{"n":{"$gt":1e999}}}})");
    for (const char* criteria : {"[]", "5", "\"x\""}) {
        const auto refused = client.ask("remove", "/r/*", {}, {{"criteria", Json::parse(criteria)}});
        EXPECT_EQ(refused["_meta"]["error"]["message"], "criteria must be an object") << criteria;
    }
    EXPECT_EQ(client.ask("count", "/r/*")["data"], (Json{{"value", 1}}));
}

/// A number beyond a double's reach is JSON; who looks at its item finds no members.
TEST(NodeGet, OfDataThatCannotBeLookedAtIsAnswered) {
    Harness node;
    auto& client = node.connect();
    client.say_text(
        R"({"action":"set","eventId":77,"path":"/a","data":{"x":1e999},"options":{"noDataResponse":true}})");
    EXPECT_EQ(client.ask("get", "/a", {}, {{"fields", {{"y", 0}}}})["_meta"]["status"], "ok");
    EXPECT_EQ(client.ask("get", "/a", {}, {{"criteria", {{"x", 1}}}})["data"], nullptr);
    EXPECT_EQ(client.ask("get", "/*", {}, {{"fields", {{"x", 1}}}, {"sort", {{"x", 1}}}}).size(), 2u);
}

TEST(NodeGet, OfMoreThanOneAnswerMayHoldIsRefused) {
    auto settings = node_settings();
    settings.max_backlog = 100;
    Harness node{settings};
    auto& client = node.connect();
    for (int n = 0; n < 3; ++n) {
        client.ask("set", "/d/" + std::to_string(n), {{"text", std::string(40, 'x')}});
    }
    for (const auto& options : {Json::object(), Json{{"fields", {{"text", 1}}}}}) {
        const auto refused = client.ask("get", "/d/*", {}, options);
        EXPECT_EQ(refused["_meta"]["error"]["message"],
                  "the answer is too large: ask for less, with limit and skip");
    }
    EXPECT_NE(node.metrics().find("node_answers_too_large_total 2"), std::string::npos) << node.metrics();
    EXPECT_EQ(node.metrics().find("node_store_full_total"), std::string::npos) << "it is not";
    EXPECT_EQ(client.ask("get", "/d/*", {}, {{"options", {{"limit", 1}}}}).size(), 2u);
    EXPECT_EQ(client.ask("count", "/d/*")["data"], (Json{{"value", 3}}));
}

TEST(NodeErrors, HaveNameAndMessageInOneForTheFirstDialect) {
    Harness node;
    for (const char* protocol : {"happn", "happn_1.3.0"}) {
        auto& client = node.connect(protocol);
        const auto error = client.ask("revoke-session", "")["_meta"]["error"];
        if (std::string{protocol} == "happn") {
            EXPECT_EQ(error, (Json{{"name", "Error: invalid session token"}}));
        } else {
            EXPECT_EQ(error, (Json{{"name", "Error"}, {"message", "invalid session token"}}));
        }
    }
}

TEST(NodeSet, TheStoreIsBoundedInBytes) {
    auto settings = node_settings();
    settings.max_store_bytes = 32;
    Harness node{settings};
    auto& client = node.connect();
    EXPECT_EQ(client.ask("set", "/a", {{"x", 1}})["_meta"]["status"], "ok");
    const auto answer = client.ask("set", "/b", std::string(40, 'x'));
    EXPECT_EQ(answer["_meta"]["error"]["message"], "the store is full");
    EXPECT_EQ(client.ask("get", "/b")["data"], nullptr);
    EXPECT_EQ(client.ask("set", "/b", std::string(40, 'x'), {{"noStore", true}})["_meta"]["status"], "ok");
}

TEST(NodeSet, FullStoreIsAnErrorAndNothingIsPublished) {
    auto settings = node_settings();
    settings.max_items = 1;
    Harness node{settings};
    auto& client = node.connect();
    client.ask("on", "/ALL@*");
    client.ask("set", "/only", 1, {{"noPublish", true}});
    const auto answer = client.ask("set", "/more", 1);
    EXPECT_EQ(answer["_meta"]["error"]["name"], "SystemError");
    EXPECT_EQ(answer["_meta"]["error"]["code"], 500);
}

// --- get, count, remove --------------------------------------------------------------------------

TEST(NodeGet, WildcardsAreAnsweredByAListThatEndsInItsMeta) {
    Harness node;
    auto& client = node.connect();
    client.ask("set", "/d/1", {{"u", 1}});
    client.ask("set", "/d/2/x", {{"u", 2}});
    const auto list = client.ask("get", "/d/*");
    ASSERT_EQ(list.size(), 3u);
    EXPECT_EQ(list[0]["u"], 1);
    EXPECT_EQ(list[0]["_meta"]["path"], "/d/1");
    EXPECT_FALSE(list[0]["_meta"].contains("_id"));
    EXPECT_EQ(list[2]["type"], "response");
    EXPECT_EQ(list[2]["status"], "ok");
    EXPECT_EQ(client.ask("get", "/none/*").size(), 1u);
    EXPECT_EQ(node.connect("happn_1.3.0").ask("get", "/d/*")[0]["_meta"]["_id"], "/d/1");
}

TEST(NodeGet, FieldsLeaveNoMetaAndMaybeNoData) {
    Harness node;
    auto& client = node.connect();
    client.ask("set", "/d/1", {{"u", 1}, {"v", 2}});
    EXPECT_EQ(client.ask("get", "/d/1", nullptr, {{"fields", {{"v", 1}}}})["data"],
              Json::parse(R"({"v":2})"));
    EXPECT_FALSE(client.ask("get", "/d/1", nullptr, {{"fields", {{"x", 1}}}}).contains("data"));
    EXPECT_EQ(client.ask("get", "/d/*", nullptr, {{"fields", {{"u", 1}}}})[0],
              Json::parse(R"({"u":1,"_meta":{}})"));
    EXPECT_EQ(client.ask("get", "/d/*", nullptr, {{"options", {{"path_only", true}}}})[0],
              Json::parse(R"({"_meta":{"path":"/d/1"}})"));
}

TEST(NodeCount, CountsWhatMatches) {
    Harness node;
    auto& client = node.connect();
    client.ask("set", "/d/1", {{"u", 1}});
    client.ask("set", "/d/2", {{"u", 2}});
    EXPECT_EQ(client.ask("count", "/d/*")["data"], Json::parse(R"({"value":2})"));
    EXPECT_EQ(client.ask("count", "/d/*", nullptr, {{"criteria", {{"u", 1}}}})["data"],
              Json::parse(R"({"value":1})"));
    EXPECT_EQ(node.connect("happn_1.3.0").ask("count", "/d/*")["data"], nullptr);
}

TEST(NodeRemove, PublishesOnceForTheWholePatternEvenWhenNothingWasThere) {
    Harness node;
    auto& client = node.connect();
    auto& wide = node.connect();
    auto& exact = node.connect();
    wide.ask("on", "/REMOVE@/d/*");
    exact.ask("on", "/ALL@/d/1");
    client.ask("set", "/d/1", 1, {{"noPublish", true}});
    client.ask("set", "/d/2", 1, {{"noPublish", true}});
    const auto answer = client.ask("remove", "/d/*");
    EXPECT_EQ(answer["data"], Json::parse(R"({"removed":2})"));
    EXPECT_TRUE(answer["_meta"]["timestamp"].is_number());
    EXPECT_EQ(answer["_meta"]["published"], true);
    const auto heard = wide.heard();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0]["_meta"]["action"], "/REMOVE@/d/*");
    EXPECT_EQ(heard[0]["data"], Json::parse(R"({"removed":2})"));
    EXPECT_TRUE(exact.heard().empty());
    client.ask("remove", "/d/zzz");
    EXPECT_EQ(wide.heard().at(0)["data"], Json::parse(R"({"removed":0})"));
}

// --- on, off -------------------------------------------------------------------------------------

TEST(NodeOn, AnswersAReferenceToNewClientsOnly) {
    Harness node;
    EXPECT_TRUE(node.connect().ask("on", "/ALL@/a")["data"]["id"].is_string());
    EXPECT_EQ(node.connect("happn_1.3.0").ask("on", "/ALL@/a")["data"], Json::object());
}

TEST(NodeOn, ChannelWithoutAWordIsAnErrorForOldClientsAndDeafForNewOnes) {
    Harness node;
    auto& client = node.connect();
    EXPECT_EQ(client.ask("on", "/a")["_meta"]["status"], "ok");
    EXPECT_EQ(client.ask("set", "/a", 1)["_meta"]["status"], "ok");
    EXPECT_EQ(node.connect("happn_1.3.0").ask("on", "/a")["_meta"]["status"], "error");
}

TEST(NodeOn, InitialValuesComeWithTheAnswer) {
    Harness node;
    auto& client = node.connect();
    client.ask("set", "/d/a", {{"x", 1}});
    const auto answer = client.ask("on", "/SET@/d/*", nullptr, {{"initialCallback", true}});
    EXPECT_EQ(answer["data"][0]["x"], 1);
    EXPECT_EQ(answer["data"][0]["_meta"]["path"], "/d/a");
    EXPECT_EQ(answer["initialValues"][0]["_meta"]["path"], "/d/a");
    EXPECT_TRUE(answer["_meta"]["referenceId"].is_string());
    EXPECT_EQ(client.ask("on", "/SET@/none/*", nullptr, {{"initialEmit", true}})["data"], Json::array());
}

TEST(NodeOn, OldClientsGetInitialValuesAsPublicationsToo) {
    Harness node;
    auto& client = node.connect("happn_1.3.0");
    client.ask("set", "/d/a", {{"x", 1}});
    const auto frames = client.say(Json::parse(
        R"({"action":"on","eventId":5,"path":"/ALL@/d/a","options":{"initialEmit":true,"listenerId":2,"refCount":1}})"));
    ASSERT_EQ(frames.size(), 2u);
    EXPECT_EQ(frames[0]["data"], Json::parse(R"({"x":1})"));
    EXPECT_EQ(frames[0]["_meta"]["channel"], "/ALL@/d/a");
    EXPECT_EQ(frames[0]["_meta"]["action"], "/ON@/ALL@/d/a");
    EXPECT_EQ(frames[1]["data"][0]["x"], 1);
}

TEST(NodeOn, ForeignResponseAddressesAreAcceptedAndNeverServed) {
    Harness node;
    auto& victim = node.connect();
    auto& thief = node.connect();
    const auto channel = "/SET@/_exchange/responses/" + victim.id() + "/*";
    EXPECT_EQ(thief.ask("on", channel)["_meta"]["status"], "ok");
    EXPECT_EQ(thief.ask("on", "/SET@/_exchange/responses/*")["_meta"]["status"], "ok");
    victim.ask("on", channel);
    node.connect().ask("set", "/_exchange/responses/" + victim.id() + "/TestNode/c/m/1", {{"status", "ok"}});
    EXPECT_EQ(victim.heard().size(), 1u);
    EXPECT_TRUE(thief.heard().empty());
}

TEST(NodeOn, DepthIsTakenAndToldToTheSubscriber) {
    Harness node;
    auto& client = node.connect();
    client.ask("on", "/ALL@/v/**", nullptr, {{"depth", 2}});
    EXPECT_EQ(client.say({{"action", "set"}, {"path", "/v/1/2"}, {"data", 1}})[0]["_meta"]["depth"], 2);
    EXPECT_EQ(client.say({{"action", "set"}, {"path", "/v/1/2/3"}, {"data", 1}}).size(), 1u);
}

TEST(NodeOn, SubscriptionsOfASessionAreBounded) {
    auto settings = node_settings();
    settings.max_subscriptions = 2;
    Harness node{settings};
    auto& client = node.connect();
    client.ask("on", "/ALL@/a");
    client.ask("on", "/ALL@/b");
    EXPECT_EQ(client.ask("on", "/ALL@/c")["_meta"]["error"]["message"], "too many subscriptions");
    client.ask("off", "/ALL@/a");
    EXPECT_EQ(client.ask("on", "/ALL@/c")["_meta"]["status"], "ok");
}

class NodeOff : public testing::Test {
protected:
    NodeOff() : client{node.connect()} {
        first = client.ask("on", "/SET@/d/a", nullptr, {{"listenerId", 3}})["data"]["id"].get<std::string>();
        client.ask("on", "/SET@/d/a", nullptr, {{"listenerId", 5}});
        client.ask("on", "/ALL@/d/*");
    }
    std::size_t heard() { return client.say({{"action", "set"}, {"path", "/d/a"}, {"data", 1}}).size() - 1; }
    Harness node;
    Client& client;
    std::string first;
};

TEST_F(NodeOff, ByReferenceTakesThatOne) {
    const auto answer = client.ask("off", "/SET@/d/a", nullptr, {{"referenceId", first}})["data"];
    EXPECT_EQ(answer["id"], first);
    ASSERT_EQ(answer["removed"].size(), 1u);
    const auto& removed = answer["removed"][0];
    EXPECT_EQ(removed["subscriberKey"], client.id());
    EXPECT_EQ(removed["data"]["options"]["listenerId"], 3);
    EXPECT_EQ(removed["data"]["ref"], first);
    EXPECT_EQ(removed["data"]["action"], "SET");
    EXPECT_EQ(removed["data"]["path"], "/d/a");
    EXPECT_EQ(heard(), 2u);
}

TEST_F(NodeOff, UnknownReferencesTakeNothingAndAreOk) {
    const auto answer = client.ask("off", "/SET@/d/a", nullptr, {{"referenceId", "nope-1"}});
    EXPECT_EQ(answer["data"], Json::parse(R"({"id":"nope-1","removed":[]})"));
    EXPECT_EQ(answer["_meta"]["status"], "ok");
    EXPECT_EQ(heard(), 2u);
}

TEST_F(NodeOff, AListenerIsNothingToCurrentClientsSoTheChannelGoes) {
    client.ask("off", "/SET@/d/a", nullptr, {{"refCount", 1}, {"listenerId", 5}});
    EXPECT_EQ(heard(), 1u);
}

TEST(NodeOffOfAnOldClient, ByListenerTakesThatListener) {
    Harness node;
    auto& client = node.connect("happn_1.3.0");
    auto& publisher = node.connect("happn_1.3.0");
    const auto on = [&](int listener) {
        client.ask("on", "/SET@/d/a", nullptr, {{"refCount", 1}, {"listenerId", listener}});
    };
    const auto off = [&](int listener) {
        client.ask("off", "/SET@/d/a", nullptr, {{"refCount", 1}, {"listenerId", listener}});
        publisher.ask("set", "/d/a", {{"x", 1}});
        return client.heard().size();
    };
    on(3);
    on(4);
    EXPECT_EQ(off(5), 1u);
    EXPECT_EQ(off(3), 1u);
    EXPECT_EQ(off(4), 0u);
}

TEST(NodeOn, WithMergeBringsOnlyWhatWasMergedInUnlessTheChannelIsHeldWhole) {
    Harness node;
    auto& client = node.connect();
    auto& parts = node.connect();
    auto& both = node.connect();
    auto& old = node.connect("happn_1.3.0");
    client.ask("set", "/d/a", {{"x", 1}});
    parts.ask("on", "/SET@/d/a", nullptr, {{"merge", true}});
    both.ask("on", "/SET@/d/a");
    both.ask("on", "/SET@/d/a", nullptr, {{"merge", true}});
    old.ask("on", "/SET@/d/a", nullptr, {{"merge", true}});
    client.ask("set", "/d/a", {{"y", 2}}, {{"merge", true}});
    const auto part = parts.heard();
    ASSERT_EQ(part.size(), 1u);
    EXPECT_EQ(part[0]["data"], (Json{{"y", 2}}));
    EXPECT_TRUE(part[0]["_meta"].contains("created"));
    const Json whole{{"x", 1}, {"y", 2}};
    const auto held = both.heard();
    ASSERT_EQ(held.size(), 1u);
    EXPECT_EQ(held[0]["data"], whole);
    EXPECT_EQ(old.heard().at(0)["data"], whole);
    client.ask("set", "/d/a", {{"z", 3}});
    EXPECT_EQ(parts.heard().at(0)["data"], (Json{{"z", 3}}));
}

TEST_F(NodeOff, ByPathTakesAllOfThatChannel) {
    const auto answer = client.ask("off", "/SET@/d/a");
    EXPECT_EQ(answer["data"]["id"], false);
    EXPECT_EQ(answer["data"]["removed"].size(), 2u);
    EXPECT_EQ(heard(), 1u);
}

TEST_F(NodeOff, StarTakesEverything) {
    EXPECT_EQ(client.ask("off", "*", nullptr, {{"referenceId", 0}})["data"]["removed"].size(), 3u);
    EXPECT_EQ(heard(), 0u);
}

TEST(NodeSession, ClosingForgetsItsSubscriptionsAtOnce) {
    Harness node;
    auto& client = node.connect();
    client.ask("on", "/ALL@/a");
    client.leave();
    EXPECT_EQ(node.hub().state().subscriptions.channels(), 0u);
    EXPECT_EQ(
        node.connect().ask("set", "/a", 1, {{"publishResults", true}})["_meta"]["publishResults"]["queued"],
        0);
}

// --- other actions -------------------------------------------------------------------------------

TEST(NodeActions, DisconnectIsAnsweredToOldClientsWhoWaitForIt) {
    Harness node;
    const Json disconnect{{"action", "disconnect"}, {"eventId", 9}};
    EXPECT_EQ(node.connect("happn_1.3.0").ask(disconnect)["_meta"]["status"], "ok");
    EXPECT_EQ(node.connect("happn_2").ask(disconnect)["_meta"]["status"], "ok");
    EXPECT_TRUE(node.connect("happn_4").say(disconnect).empty());
}

TEST(NodeActions, UnknownAndMissingActionsAreOkForOldClientsAndSilentForNewOnes) {
    Harness node;
    for (const Json& request :
         {Json{{"action", "bogus"}, {"eventId", 1}}, Json{{"eventId", 1}, {"path", "/x"}}}) {
        EXPECT_EQ(node.connect("happn_1.3.0").ask(request)["_meta"]["status"], "ok");
        EXPECT_TRUE(node.connect().say(request).empty());
    }
}

TEST(NodeActions, NonceComesTwiceAndIsNeverTheSame) {
    Harness node;
    auto& client = node.connect();
    const Json request{{"action", "request-nonce"}, {"eventId", 1}, {"data", {{"publicKey", "x"}}}};
    const auto answer = client.ask(request);
    EXPECT_EQ(answer["nonce"], answer["data"]["nonce"]);
    EXPECT_NE(answer["nonce"], client.ask(request)["nonce"]);
}

TEST(NodeActions, RevokingAnswersAsAnInsecureNodeDoes) {
    Harness node;
    EXPECT_EQ(node.connect().ask({{"action", "revoke-token"}, {"eventId", 1}})["_meta"]["error"]["message"],
              "Cannot revoke-token Not Secure");
    EXPECT_TRUE(node.connect().say({{"action", "revoke-session"}, {"eventId", 1}}).empty());
    EXPECT_EQ(node.connect("happn_1.3.0")
                  .ask({{"action", "revoke-session"}, {"eventId", 1}})["_meta"]["error"]["message"],
              "invalid session token");
}

TEST(NodeActions, EncryptedFramesAreRefused) {
    Harness node;
    auto& client = node.connect();
    const auto refused = client.ask(Json::parse(R"({"sessionId":"x","encrypted":"00ff"})"));
    EXPECT_EQ(refused["_meta"]["error"]["message"], "Encrypted payloads are no longer supported");
    EXPECT_EQ(client.ask(Json::parse(
                  R"({"action":"login","eventId":3,"data":{"encrypted":{"data":[1]}}})"))["_meta"]["status"],
              "error");
}

// --- keepalive -----------------------------------------------------------------------------------

TEST(NodeKeepalive, EveryPingIsAnsweredWithItsNumber) {
    Harness node;
    for (const char* protocol : {"happn_1.3.0", "happn_4"}) {
        EXPECT_EQ(node.connect(protocol).say_text(std::string_view{R"("primus::ping::1795373968745")"}),
                  std::vector<Json>{"primus::pong::1795373968745"});
    }
    auto& client = node.connect();
    EXPECT_EQ(client.say_text(std::string_view{R"("primus::id::")"}),
              std::vector<Json>{"primus::id::" + client.id()});
    EXPECT_TRUE(client.say_text(std::string_view{R"("primus::pong::1")"}).empty());
}

TEST(NodeKeepalive, OnlyHappnFourIsPingedEveryThirtySeconds) {
    Harness node;
    auto& client = node.connect("happn_4");
    auto& third = node.connect("happn_3");
    auto& old_one = node.connect("happn_1.3.0");
    node.pass(seconds{35});
    const auto heard = client.heard();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_TRUE(heard[0].get<std::string>().starts_with("primus::ping::"));
    EXPECT_TRUE(third.heard().empty());
    EXPECT_TRUE(old_one.heard().empty());
}

TEST(NodeKeepalive, SilentNewClientsAreClosedAMinuteAfterTheUnansweredPing) {
    Harness node;
    auto& silent = node.connect();
    auto& alive = node.connect();
    for (int beat = 0; beat < 4; ++beat) {
        node.pass(seconds{30});
        if (!alive.heard().empty()) {
            alive.say_text(std::string_view{R"("primus::pong::1")"});
        }
        EXPECT_EQ(silent.link().closed().has_value(), beat >= 3) << beat;
    }
    EXPECT_FALSE(alive.link().closed());
}

TEST(NodeKeepalive, AClientThatIsGoneIsCountedOnceHoweverLongItsSocketTakesToClose) {
    Harness node;
    node.connect();
    node.pass(seconds{180});
    EXPECT_NE(node.metrics().find("happn_gateway_node_silent_sessions_total 1\n"), std::string::npos)
        << node.metrics();
}

TEST(NodeKeepalive, OldClientsMayBeSilentForTwoMinutes) {
    Harness node;
    auto& client = node.connect("happn_1.3.0");
    node.pass(seconds{120});
    EXPECT_FALSE(client.link().closed());
    node.pass(seconds{60});
    EXPECT_TRUE(client.link().closed());
}

TEST(NodeStop, ClosesEverybodySoThatTheyComeBack) {
    Harness node;
    auto& client = node.connect();
    auto& old_one = node.connect("happn_1.3.0");
    node.hub().close_all();
    EXPECT_TRUE(client.heard().empty()) << "primus::server::close would keep clients away";
    EXPECT_EQ(old_one.heard().at(0)["eventKey"], "server-side-disconnect");
    EXPECT_TRUE(client.link().closed() && old_one.link().closed());
}

// --- bad input -----------------------------------------------------------------------------------

TEST(NodeBadInput, FramesThatAreNoRequestsAreDroppedAndTheSessionGoesOn) {
    Harness node;
    for (const char* protocol : {"happn_1.3.0", "happn_4"}) {
        auto& client = node.connect(protocol);
        for (const std::string_view frame : {"",
                                             "not json",
                                             "{",
                                             "[]",
                                             "[1,2]",
                                             "5",
                                             "null",
                                             "true",
                                             "\"text\"",
                                             "primus::ping::1",
                                             "{\"a\":tru}",
                                             "{\"action\":\"set\"",
                                             "\xff\xfe",
                                             "{\"action\":\"set\",\"path\":\"\xc3\x28\"}"}) {
            EXPECT_TRUE(client.say_text(frame).empty()) << frame;
        }
        EXPECT_EQ(client.ask("get", "/a")["_meta"]["status"], "ok");
    }
}

TEST(NodeBadInput, WrongTypesAnywhereAreAnsweredNotCrashed) {
    Harness node;
    auto& client = node.connect();
    for (const char* wrong : {"5", "null", "[]", "\"x\"", "{}", "[[]]", "{\"a\":{}}"}) {
        for (const char* action : {"set",
                                   "get",
                                   "on",
                                   "off",
                                   "remove",
                                   "count",
                                   "login",
                                   "configure-session",
                                   "ack",
                                   "describe",
                                   "request-nonce"}) {
            for (const char* field : {"path", "data", "options", "eventId", "sessionId", "_meta"}) {
                std::string frame = R"({"action":")" + std::string{action} +
                                    R"(","path":"/SET@/a","eventId":1,")" + field + "\":" + wrong + "}";
                EXPECT_GE(client.say_text(frame).size(), 1u) << frame;
            }
        }
        client.speak("happn_4");
        client.ask("off", "*");
    }
}

TEST(NodeBadInput, ALastDuplicateKeyCountsAsInJavaScript) {
    Harness node;
    const auto answer = node.connect().say_text(std::string_view{
        R"({"action":"get","action":"set","path":"/x","path":"/y","data":1,"data":{"v":2}})"});
    EXPECT_EQ(answer.at(0)["_meta"]["path"], "/y");
    EXPECT_EQ(answer.at(0)["data"], Json::parse(R"({"v":2})"));
}

TEST(NodeBadInput, ASlowReaderIsClosedAndNoLongerFed) {
    auto settings = node_settings();
    settings.max_backlog = 1000;
    Harness node{settings};
    auto& slow = node.connect();
    slow.ask("on", "/ALL@/a");
    slow.link().back_up(1001);
    auto& setter = node.connect();
    const auto answer = setter.ask("set", "/a", 1, {{"publishResults", true}});
    EXPECT_EQ(answer["_meta"]["publishResults"]["failed"], 1);
    EXPECT_TRUE(slow.link().closed());
    setter.ask("set", "/a", 1);
    EXPECT_TRUE(slow.heard().empty());
}

// --- what concerns the gateway -------------------------------------------------------------------

TEST(NodeForGateway, ExchangeRequestsAndSubscribedPublicationsAreHandedOver) {
    Harness node;
    node.hub().state().subscriptions.add(0, Generation::old, "/SET@/routes/*", 0, {});
    auto& client = node.connect();
    client.ask("set", "/elsewhere", 1);
    client.ask("set", "/routes/a/b", {{"value", 1}}, {{"meta", {{"hg", "other;2"}}}});
    client.ask("set", "/_exchange/requests/TestNode/c/m", {{"callbackAddress", "x"}}, {{"noStore", true}});
    ASSERT_EQ(node.published().size(), 2u);
    EXPECT_EQ(node.published()[0].path, "/routes/a/b");
    EXPECT_TRUE(node.published()[0].for_routes);
    EXPECT_EQ(node.published()[0].mark, "other;2");
    EXPECT_EQ(node.published()[0].session_id, client.id());
    EXPECT_FALSE(node.published()[1].for_routes);
    EXPECT_FALSE(node.published()[1].request_taken);
}

TEST(NodeForGateway, ARequestThatAClientListensToIsKnownAsTaken) {
    Harness node;
    auto& provider = node.connect("happn_1.3.0");
    provider.ask("on", "/SET@/_exchange/requests/TestNode/c/*");
    node.connect().ask(
        "set", "/_exchange/requests/TestNode/c/m", {{"args", Json::array()}}, {{"noStore", true}});
    ASSERT_EQ(node.published().size(), 1u);
    EXPECT_TRUE(node.published()[0].request_taken);
    EXPECT_EQ(provider.heard().size(), 1u);
}

}  // namespace
}  // namespace happn::node::test
