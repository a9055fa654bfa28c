// A connection breaks between a request and its answer: nobody knows whether it has been carried out, so that
// it is said to be unknown, and a repetition with its key does not carry it out again. What was never sent
// may be sent again. Real meshes and a real broker, behind a network that breaks.
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* mapping = R"(
version: 1
defaults: { happn: { timeout: 1m } }
routes:
  order:
    from: { http: "POST /orders", idempotency: required }
    to:   { call: "testTools/answerAfter", args: ["{payload.ms}", "taken"] }
    respond: { body: "{answer.value}" }
  store:
    from: { http: "POST /stored", idempotency: required }
    to:   { happn: "set /stored" }
  stored:
    from: { http: "GET /stored" }
    to:   { happn: "get /stored" }
)";

constexpr const char* device_mapping = R"(
version: 1
routes:
  open:
    from: { http: "POST /doors/{door}/open", idempotency: required }
    to:   { mqtt: "doors/{door}/cmd", qos: 1, reply: { topic: "doors/{door}/reply", concurrency: 1 }, timeout: 1m }
  say:
    from: { http: "POST /doors/{door}/say", idempotency: required }
    to:   { mqtt: "doors/{door}/text", qos: 1, timeout: 1m }
    respond: { status: 202 }
)";

constexpr const char* quick_to_return = "reconnect_min: 20ms, reconnect_max: 100ms";

bool is_replay(const httplib::Result& answer) {
    return answer->get_header_value("Idempotent-Replayed") == "true";
}

void expect_error(const httplib::Result& answer, int status, const std::string& name) {
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, status) << answer->body;
    EXPECT_EQ(json::parse(answer->body).at("name"), name) << answer->body;
}

/// What both sites have: a gateway that reaches the other side by a network that the test breaks.
class Site {
public:
    Site(std::uint16_t target, const std::string& settings, const char* routes)
        : network{target},
          gateway{{.settings = with_port(settings, network.port()), .mappings = {{"routes.yaml", routes}}}} {}

    httplib::Result post(const std::string& path, const std::string& key, const std::string& body = "{}") {
        auto client = gateway.http();
        return client.Post(path, {{"Idempotency-Key", key}}, body, "application/json");
    }
    std::future<httplib::Result> start_post(const std::string& path,
                                            const std::string& key,
                                            const std::string& body = "{}") {
        return std::async(std::launch::async, [=, this] { return post(path, key, body); });
    }
    void go_away() {
        network.refuse();
        gateway.wait_until_ready(false);
    }
    void come_back() {
        network.accept();
        gateway.wait_until_ready();
    }

    TcpProxy network;
    GatewayProcess gateway;

private:
    static std::string with_port(std::string settings, std::uint16_t port) {
        const std::string place = "PORT";
        return settings.replace(settings.find(place), place.size(), std::to_string(port));
    }
};

class AMeshThatIsLost : public testing::TestWithParam<const char*> {
protected:
    AMeshThatIsLost() { observer.connect(mesh.port()); }

    int calls() { return observer.call("testTools", "callCount").get<int>(); }

    JsMesh mesh{{.generation = GetParam()}};
    Site site{mesh.port(),
              std::string{"meshes: { site: { url: \"ws://127.0.0.1:PORT\", "} + quick_to_return +
                  " } }\nrest: { mesh: site }\n",
              mapping};
    JsClient observer{std::string{"mesh-client@"} + GetParam()};
};

TEST_P(AMeshThatIsLost, DuringACallMayHaveExecutedItSoThatItsKeyIsKept) {
    const std::string slowly = R"({"ms":60000})";
    auto first = site.start_post("/orders", "k1", slowly);
    ASSERT_TRUE(eventually([&] { return calls() == 1; }));
    site.go_away();
    expect_error(first.get(), 504, "Timeout");
    site.come_back();
    const auto again = site.post("/orders", "k1", slowly);
    expect_error(again, 504, "Timeout");
    EXPECT_TRUE(is_replay(again));
    EXPECT_EQ(calls(), 1);
    EXPECT_EQ(site.gateway.route("order").reasons.at("timeout"), 1U);
}

TEST_P(AMeshThatIsLost, BeforeACallHasNotExecutedItSoThatItMayBeSentAgain) {
    const std::string quickly = R"({"ms":0})";
    site.go_away();
    expect_error(site.post("/orders", "k1", quickly), 503, "Unavailable");
    site.come_back();
    const auto again = site.post("/orders", "k1", quickly);
    EXPECT_EQ(again->status, 200) << again->body;
    EXPECT_FALSE(is_replay(again));
    EXPECT_TRUE(is_replay(site.post("/orders", "k1", quickly)));
    EXPECT_EQ(calls(), 1);
    EXPECT_EQ(site.gateway.route("order").reasons.at("unavailable"), 1U);
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         AMeshThatIsLost,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

/// What is stored and read is the same to all generations.
class AMeshThatFallsSilent : public testing::Test {
protected:
    /// The gateway has sent the request, and the mesh has never read it.
    std::future<httplib::Result> lose(const std::string& route,
                                      std::future<httplib::Result> (*start)(Site&)) {
        site.network.stall();
        auto request = start(site);
        EXPECT_TRUE(eventually([&] { return site.gateway.route(route).matched == 1; }));
        site.go_away();
        site.network.resume();
        site.come_back();
        return request;
    }

    JsMesh mesh;
    Site site{mesh.port(),
              std::string{"meshes: { site: { url: \"ws://127.0.0.1:PORT\", "} + quick_to_return +
                  " } }\nrest: { mesh: site }\n",
              mapping};
};

TEST_F(AMeshThatFallsSilent, MayHaveStoredWhatItWasSent) {
    auto request = lose("store", [](Site& to) { return to.start_post("/stored", "k1"); });
    expect_error(request.get(), 504, "Timeout");
    EXPECT_TRUE(is_replay(site.post("/stored", "k1")));
}

TEST_F(AMeshThatFallsSilent, HasOnlyNotBeenReachedByWhoReads) {
    auto request = lose("stored", [](Site& from) {
        return std::async(std::launch::async, [&] { return from.gateway.http().Get("/stored"); });
    });
    expect_error(request.get(), 503, "Unavailable");
}

/// In a session that the broker keeps, a publication is sent again, and waited for.
class ABrokerThatIsLost : public testing::TestWithParam<int> {
protected:
    Mosquitto mosquitto;
    Site site{mosquitto.port(),
              "brokers: { local: { url: \"tcp://127.0.0.1:PORT\", version: " + std::to_string(GetParam()) +
                  ", session_expiry: 0s, " + quick_to_return + " } }\n",
              device_mapping};
    MqttProbe device{mosquitto.port()};
};

TEST_P(ABrokerThatIsLost, DuringACallOfADeviceMayHaveExecutedItSoThatItsKeyIsKept) {
    device.subscribe("doors/+/cmd");
    auto first = site.start_post("/doors/1/open", "k1");
    device.wait_message("doors/1/cmd");
    site.go_away();
    expect_error(first.get(), 504, "Timeout");
    site.come_back();
    const auto again = site.post("/doors/1/open", "k1");
    expect_error(again, 504, "Timeout");
    EXPECT_TRUE(is_replay(again));
    auto later = site.start_post("/doors/2/open", "k2");
    device.wait_message("doors/2/cmd");
    EXPECT_TRUE(device.waiting().empty()) << "nothing more has come before";
    device.publish({.topic = "doors/2/reply", .payload = "1", .qos = 1});
    EXPECT_EQ(later.get()->status, 200);
}

TEST_P(ABrokerThatIsLost, BeforeACallThatWaitsForItsTurnHasNotExecutedItSoThatItMayBeSentAgain) {
    device.subscribe("doors/1/cmd");
    auto first = site.start_post("/doors/1/open", "k1", R"({"n":1})");
    device.wait_message("doors/1/cmd");
    auto second = site.start_post("/doors/1/open", "k2", R"({"n":2})");
    ASSERT_TRUE(eventually([&] { return site.gateway.route("open").matched == 2; }));
    site.go_away();
    expect_error(first.get(), 504, "Timeout");
    expect_error(second.get(), 503, "Unavailable");
    site.come_back();
    auto again = site.start_post("/doors/1/open", "k2", R"({"n":2})");
    EXPECT_EQ(json::parse(device.wait_message("doors/1/cmd").payload), (json{{"n", 2}}));
    device.publish({.topic = "doors/1/reply", .payload = "1", .qos = 1});
    EXPECT_EQ(again.get()->status, 200);
}

TEST_P(ABrokerThatIsLost, BeforeACallHasNotExecutedItSoThatItMayBeSentAgain) {
    site.go_away();
    expect_error(site.post("/doors/1/open", "k1"), 503, "Unavailable");
    device.answer("doors/1/cmd", [](const MqttMessage&) {
        return MqttMessage{.topic = "doors/1/reply", .payload = "1", .qos = 1};
    });
    site.come_back();
    EXPECT_EQ(site.post("/doors/1/open", "k1")->status, 200);
}

TEST_P(ABrokerThatIsLost, DuringAPublicationMayHaveItSoThatItsKeyIsKept) {
    site.network.stall();
    auto first = site.start_post("/doors/1/say", "k1");
    ASSERT_TRUE(eventually([&] { return site.gateway.route("say").matched == 1; }));
    site.go_away();
    expect_error(first.get(), 504, "Timeout");
    site.network.resume();
    site.come_back();
    EXPECT_TRUE(is_replay(site.post("/doors/1/say", "k1")));
    EXPECT_EQ(site.gateway.route("say").reasons.at("timeout"), 1U);
}

INSTANTIATE_TEST_SUITE_P(Versions, ABrokerThatIsLost, testing::Values(3, 5), [](const auto& version) {
    return version.param == 3 ? "Mqtt311" : "Mqtt5";
});

}  // namespace
