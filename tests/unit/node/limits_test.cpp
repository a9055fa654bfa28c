// Each limit of the node: where it lies, and what a client gets that goes beyond it.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/happn/node/hub.hpp"
#include "adapters/happn/node/too_deep.hpp"
#include "gateway/json.hpp"
#include "tests/unit/node/hub_harness.hpp"

namespace happn::node {
namespace {

using test::Client;
using test::Harness;
using test::Json;
using test::node_settings;

Json error_of(const Json& answer) {
    EXPECT_EQ(answer["_meta"].value("status", ""), "error") << answer;
    return answer["_meta"].value("error", Json::object());
}

/// Both generations are told alike.
class NodeLimit : public testing::TestWithParam<const char*> {
protected:
    Client& connect(gateway::NodeSettings settings = node_settings()) {
        node_ = std::make_unique<Harness>(std::move(settings));
        return node_->connect(GetParam());
    }
    Harness& node() { return *node_; }

private:
    std::unique_ptr<Harness> node_;
};

INSTANTIATE_TEST_SUITE_P(Dialects, NodeLimit, testing::Values("happn_4", "happn_1.3.0"), [](const auto& of) {
    return of.param == std::string_view{"happn_4"} ? "Current" : "Old";
});

// --- frames --------------------------------------------------------------------------------------

std::string nested(std::size_t levels) {
    return R"({"action":"set","eventId":7,"path":"/a","sessionId":"s","options":{},"data":)" +
           std::string(levels, '[') + std::string(levels, ']') + "}";
}

TEST_P(NodeLimit, DepthOfJsonIsToldInAnAnswerToTheRequest) {
    auto& client = connect();
    const auto levels = gateway::json::max_depth;
    EXPECT_EQ(client.say_text(nested(levels - 1)).at(0)["_meta"]["status"], "ok");
    client.ask("remove", "/a");
    const auto answers = client.say_text(nested(levels));
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(error_of(answers[0])["message"], "the request is nested deeper than 64 levels");
    EXPECT_EQ(answers[0]["_meta"]["eventId"], 7);
    EXPECT_EQ(answers[0]["_meta"]["action"], "set");
    EXPECT_EQ(answers[0]["_meta"]["sessionId"], "s");
    EXPECT_EQ(client.ask("get", "/a")["data"], nullptr) << "nothing was set";
}

TEST(TooDeep, OnlyRequestsThatAreDeepAreAnswered) {
    const std::string deep(100, '[');
    EXPECT_TRUE(without_depth(nested(100)));
    EXPECT_TRUE(without_depth(R"({"action":"set","eventId":1,"data":)" + deep)) << "whatever else is wrong";
    const std::string others[] = {
        "",
        "{bad",
        deep,
        "\"" + deep + "\"",
        R"({"action":"set","data":")" + deep + "\"}",  // brackets in a string
        R"({"data":)" + deep,
        R"({"action":5,"data":)" + deep,
        R"({"action":tru,"data":)" + deep,
        R"({"action":"set","eventId":)" + deep,
    };
    for (const auto& text : others) {
        EXPECT_FALSE(without_depth(text)) << text;
    }
}

// --- paths ---------------------------------------------------------------------------------------

TEST_P(NodeLimit, LengthOfPathsIsToldForEveryAction) {
    auto& client = connect();
    const std::string longest = "/" + std::string(max_path - 1, 'a');
    EXPECT_EQ(client.ask("set", longest, {{"a", 1}})["_meta"]["status"], "ok");
    EXPECT_EQ(client.ask("get", longest)["data"]["a"], 1);
    for (const char* action : {"set", "get", "remove", "count", "on", "off"}) {
        const auto path = (action[0] == 'o' ? "/ALL@" : "") + longest + "a";
        EXPECT_EQ(error_of(client.ask(action, path))["message"], "Bad path, longer than 4096 bytes")
            << action;
    }
}

TEST_P(NodeLimit, SegmentsOfASubscriptionAreBounded) {
    auto& client = connect();
    const auto channel = [](std::size_t slashes) {
        std::string text = "/ALL@";
        while (--slashes > 0) {
            text += "/a";
        }
        return text;
    };
    EXPECT_EQ(client.ask("on", channel(max_pattern_segments))["_meta"]["status"], "ok");
    EXPECT_EQ(error_of(client.ask("on", channel(max_pattern_segments + 1)))["message"],
              "Bad path, too many segments");
}

TEST(NodeLimits, DepthOfASubscriptionReachesAsFarAsAnyPath) {
    Harness node;
    auto& client = node.connect();
    client.ask("on", "/ALL@/v/**", nullptr, {{"depth", 1'000'000}});
    std::string path = "/v";
    for (int i = 0; i < 100; ++i) {
        path += "/1";
    }
    EXPECT_EQ(client.say({{"action", "set"}, {"path", path}, {"data", 1}}).size(), 2u);
}

// --- sessions ------------------------------------------------------------------------------------

TEST(NodeLimits, AFurtherSessionIsNotOpened) {  // its websocket is answered with 503
    auto settings = node_settings();
    settings.max_sessions = 2;
    Harness node{settings};
    auto& first = node.connect();
    node.connect();
    EXPECT_EQ(node.connect_silently().number(), 0u);
    first.leave();
    EXPECT_NE(node.connect_silently().number(), 0u);
}

TEST_P(NodeLimit, InfoOfALoginIsRefusedWhereItCannotBeKept) {
    auto& client = connect();
    const auto login = [&](std::size_t bytes) {
        const std::string text(bytes - std::string_view{R"({"x":""})"}.size(), 'x');
        return client.ask({{"action", "login"}, {"eventId", 2}, {"data", {{"info", {{"x", text}}}}}});
    };
    EXPECT_EQ(login(max_kept_json)["data"]["info"]["x"].get<std::string>().size(), max_kept_json - 8);
    EXPECT_EQ(error_of(login(max_kept_json + 1))["message"], "the login's info is longer than 2048 bytes");
}

TEST_P(NodeLimit, SubscriptionsOfASessionAreASystemError) {
    auto settings = node_settings();
    settings.max_subscriptions = 2;
    auto& client = connect(settings);
    client.ask("on", "/ALL@/a");
    client.ask("on", "/ALL@/b");
    const auto error = error_of(client.ask("on", "/ALL@/c"));
    EXPECT_EQ(error["name"], "SystemError");
    EXPECT_EQ(error["code"], 500);
    EXPECT_EQ(error["message"], "too many subscriptions");
    EXPECT_EQ(error["reason"], "SubscriptionService");
    client.ask("off", "/ALL@/a");
    EXPECT_EQ(client.ask("on", "/ALL@/c")["_meta"]["status"], "ok");
}

TEST_P(NodeLimit, AReaderWhoIsTooSlowIsClosed) {
    auto settings = node_settings();
    settings.max_backlog = 100;
    auto& client = connect(settings);
    client.link().back_up(101);
    client.say({{"action", "get"}, {"path", "/a"}});
    EXPECT_EQ(client.link().closed(), 1008);
}

// --- store and publications ----------------------------------------------------------------------

TEST_P(NodeLimit, AFullStoreIsASystemErrorInItemsAndInBytes) {
    auto settings = node_settings();
    settings.max_items = 1;
    settings.max_store_bytes = 100;
    auto& client = connect(settings);
    EXPECT_EQ(client.ask("set", "/a", {{"a", 1}})["_meta"]["status"], "ok");
    for (const Json& answer :
         {client.ask("set", "/b", {{"a", 1}}), client.ask("set", "/a", std::string(100, 'x'))}) {
        EXPECT_EQ(error_of(answer)["message"], "the store is full");
        EXPECT_EQ(error_of(answer)["name"], "SystemError");
        EXPECT_EQ(error_of(answer)["reason"], "DataService");
    }
    EXPECT_EQ(client.ask("get", "/a")["data"]["a"], 1);
}

const Json acknowledged{{"consistency", 3}, {"noStore", true}};

std::vector<Json> publish(Client& client, std::size_t event) {
    return client.say(
        {{"action", "set"}, {"eventId", event}, {"path", "/a"}, {"data", 1}, {"options", acknowledged}});
}

TEST_P(NodeLimit, WhatCannotWaitForItsAcknowledgementsIsReportedAsUnacknowledged) {
    auto& client = connect();
    auto& subscriber = node().connect();
    subscriber.ask("on", "/SET@/a");
    std::vector<std::string> ids;
    for (std::size_t event = 0; event < 1'000; ++event) {
        ASSERT_EQ(publish(client, event).size(), 1u) << "it waits";
        ids.push_back(subscriber.heard().at(0)["_meta"]["publicationId"]);
    }
    const auto frames = publish(client, 1'000);
    ASSERT_EQ(frames.size(), 2u);
    EXPECT_EQ(frames[0]["_meta"]["status"], "ok");
    EXPECT_EQ(frames[1]["action"], "publication-ack");
    EXPECT_EQ(frames[1]["status"], "error");
    EXPECT_EQ(frames[1]["error"], "unacknowledged publication");
    EXPECT_EQ(subscriber.heard().size(), 1u) << "published all the same";
    EXPECT_EQ(publish(node().connect(), 1).size(), 1u) << "another session's waits";
    subscriber.heard();

    subscriber.say({{"action", "ack"}, {"eventId", 1}, {"data", ids[0]}});
    EXPECT_EQ(client.heard().at(0)["status"], "ok");
    EXPECT_EQ(publish(client, 1'001).size(), 1u) << "there is room again";
    node().pass(std::chrono::seconds{65});
    const auto heard = client.heard();
    const auto given_up = std::count_if(heard.begin(), heard.end(), [](const Json& frame) {
        return frame.is_object() && frame.value("action", "") == "publication-ack";
    });
    EXPECT_EQ(given_up, 1'000);
    EXPECT_EQ(publish(client, 1'002).size(), 1u);
}

TEST(NodeLimits, UnacknowledgedPublicationsAreBoundedInAll) {
    Harness node;
    auto& subscriber = node.connect();
    subscriber.ask("on", "/SET@/a");
    for (int session = 0; session < 10; ++session) {
        auto& client = node.connect();
        for (std::size_t event = 0; event < 1'000; ++event) {
            ASSERT_EQ(publish(client, event).size(), 1u);
        }
        subscriber.heard();
    }
    EXPECT_EQ(node.hub().publisher().unacknowledged(), 10'000u);
    EXPECT_EQ(publish(node.connect(), 1).at(1)["status"], "error");
}

}  // namespace
}  // namespace happn::node
