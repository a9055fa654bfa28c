// Streams whose readers are slower than what they stream, whatever that is: paths of the node and of a real
// mesh, and topics of a real broker.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/raw_client.hpp"

namespace {

using namespace support;
using nlohmann::json;

enum class Streamed { node, mesh, broker };

const char* routes_of(Streamed what) {
    if (what == Streamed::broker)
        return R"(
version: 1
routes:
  slow: { from: { http: "GET /slow" }, to: { stream: { mqtt: "values/+", qos: 1 }, queue: { max: 3 } } }
  impatient:
    from: { http: "GET /impatient" }
    to: { stream: { mqtt: "values/+", qos: 1 }, queue: { max: 3, overflow: close } }
  from-stored:
    from: { http: "GET /from-stored" }
    to: { stream: { mqtt: "values/+", qos: 1 }, initial: true, queue: { max: 3, overflow: close } }
)";
    return R"(
version: 1
routes:
  put: { from: { http: "PUT /values/{leaf}" }, to: { happn: "set /values/{leaf}" } }
  slow: { from: { http: "GET /slow" }, to: { stream: { happn: "on /values/*" }, queue: { max: 3 } } }
  impatient:
    from: { http: "GET /impatient" }
    to: { stream: { happn: "on /values/*" }, queue: { max: 3, overflow: close } }
  from-stored:
    from: { http: "GET /from-stored" }
    to: { stream: { happn: "on /values/*" }, initial: true, queue: { max: 3, overflow: close } }
)";
}

class SlowReader : public testing::TestWithParam<Streamed> {
protected:
    SlowReader() {
        std::string settings = "node: { enabled: true }\n";
        if (GetParam() == Streamed::mesh) settings = mesh_settings(mesh.emplace()) + "rest: { mesh: site }\n";
        if (GetParam() == Streamed::broker) {
            settings += broker_settings(mosquitto.emplace());
            device.emplace(mosquitto->port());
        }
        gateway.emplace(
            GatewayFiles{.settings = settings, .mappings = {{"streams.yaml", routes_of(GetParam())}}});
    }

    void put(const std::string& leaf, const json& value) {
        if (device)
            return device->publish(
                {.topic = "values/" + leaf, .payload = value.dump(), .qos = 1, .retained = true});
        const auto answer = gateway->http().Put("/values/" + leaf, value.dump(), "application/json");
        ASSERT_TRUE(answer && answer->status < 300) << (answer ? answer->body : "no answer");
    }
    /// Opened, and nothing read after the head of the answer.
    RawClient reader_of(const std::string& path) {
        RawClient reader{gateway->port()};
        reader.send("GET " + path + " HTTP/1.1\r\nHost: gateway\r\nAccept: application/x-ndjson\r\n\r\n");
        EXPECT_TRUE(reader.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
        return reader;
    }

    std::optional<JsMesh> mesh;
    std::optional<Mosquitto> mosquitto;
    std::optional<MqttProbe> device;
    std::optional<GatewayProcess> gateway;
};

INSTANTIATE_TEST_SUITE_P(Of,
                         SlowReader,
                         testing::Values(Streamed::node, Streamed::mesh, Streamed::broker),
                         [](const auto& of) {
                             return std::string{of.param == Streamed::node   ? "the_node"
                                                : of.param == Streamed::mesh ? "a_mesh"
                                                                             : "a_broker"};
                         });

/// More than the sockets between can hold.
constexpr int many = 200;
constexpr std::size_t large = 100'000;

TEST_P(SlowReader, IsToldWhatWasLeftOut) {
    auto reader = reader_of("/slow");
    for (int i = 0; i < many; ++i)
        put("a", std::string(large, 'x'));
    put("a", "the last");
    const std::string seen = reader.read_until("the last");
    EXPECT_NE(seen.find(R"({"event":"lagged","dropped":)"), std::string::npos);
    EXPECT_GT(metric(gateway->metrics(), "happn_gateway_stream_items_dropped_total"), 0);
}

TEST_P(SlowReader, IsCutOffWhereTheRouteSaysSo) {
    auto reader = reader_of("/impatient");
    for (int i = 0; i < many; ++i)
        put("a", std::string(large, 'x'));
    const std::string seen = reader.read_to_end();
    EXPECT_NE(seen.find(R"("event":"closed","name":"Overloaded")"), std::string::npos);
    EXPECT_TRUE(seen.ends_with("0\r\n\r\n"));
}

/// Though it is more than the queue may hold as well.
TEST_P(SlowReader, GetsAllThatIsStored) {
    for (int i = 0; i < many; ++i)
        put(std::to_string(i), std::string(large, 'z'));
    auto reader = reader_of("/from-stored");
    put("a", "live");
    const std::string seen = reader.read_until("\"live\"");
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(seen, 'z')), many * large);
}

TEST(LargeMessagesOfAMesh, EndTheConnectionAboveItsLimitAndAnotherIsMade) {
    JsMesh mesh;
    const GatewayProcess gateway{
        {.settings =
             mesh_settings(mesh, ", max_message: 64KiB, reconnect_min: 100ms") + "rest: { mesh: site }\n",
         .mappings = {{"values.yaml", R"(
version: 1
routes:
  put: { from: { http: "PUT /values/{leaf}" }, to: { happn: "set /values/{leaf}" } }
  get: { from: { http: "GET /values/{leaf}" }, to: { happn: "get /values/{leaf}" } }
  all: { from: { http: "GET /values" }, to: { happn: "get /values/*" } }
)"}}}};
    const std::string half = json{{"x", std::string(40'000, 'x')}}.dump();
    for (const char* leaf : {"a", "b"})
        ASSERT_EQ(gateway.http().Put(std::string{"/values/"} + leaf, half, "application/json")->status, 200);
    EXPECT_EQ(gateway.http().Get("/values")->status, 503);
    gateway.wait_until_ready();
    EXPECT_EQ(gateway.http().Get("/values/a")->body, half);
}

}  // namespace
