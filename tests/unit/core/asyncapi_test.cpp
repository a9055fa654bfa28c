// Routes as AsyncAPI: channels, who sends and who receives, and what never gets into the document.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gateway/documents/asyncapi.hpp"
#include "gateway/documents/channel_address.hpp"
#include "gateway/documents/unique_names.hpp"
#include "tests/unit/core/table_builder.hpp"

namespace gateway::documents {
namespace {

using nlohmann::json;

json document_of(std::vector<Route> routes, std::vector<Connection> connections = {}) {
    const auto table = table_of(std::move(routes));
    return json::parse(asyncapi_document({*table, std::move(connections), "plant", "1.2.3"}));
}

TEST(AsyncApi, TheGatewayReceivesWhatItsSourcesGetAndSendsWhatItsTargetsPublish) {
    const json made = document_of({mqtt_to_happn("up", "devices/{device}/t", "/devices/{device}/t")});
    EXPECT_EQ(made["asyncapi"], "3.0.0");
    EXPECT_EQ(made["operations"]["up"]["action"], "receive");
    EXPECT_EQ(made["operations"]["up_send"]["action"], "send");
    const json topic = made["channels"]["local_devices_device_t"];
    EXPECT_EQ(topic["address"], "devices/{device}/t");
    EXPECT_TRUE(topic["parameters"].contains("device"));
    EXPECT_EQ(made["channels"]["node_devices_device_t"]["address"], "/devices/{device}/t");
}

TEST(AsyncApi, RoutesOfOneAddressShareItsChannel) {
    const json made =
        document_of({mqtt_to_happn("one", "t/{d}", "/one/{d}"), mqtt_to_happn("two", "t/{d}", "/two/{d}")});
    EXPECT_EQ(made["channels"].size(), 3U);
    EXPECT_EQ(made["channels"]["local_t_d"]["messages"].size(), 2U);
    EXPECT_EQ(made["operations"]["two"]["channel"]["$ref"], "#/channels/local_t_d");
}

TEST(AsyncApi, ServersAreTheConnectionsWithoutTheirCredentials) {
    const json made = document_of(
        {mqtt_to_happn("up", "t", "/t")},
        {{.kind = Connection::Kind::broker,
          .name = "local",
          .host = "broker.example:1883",
          .protocol = "mqtt",
          .protocol_version = "5.0",
          .password = true},
         {.kind = Connection::Kind::mesh, .name = "local", .host = "mesh.example:55000", .protocol = "wss"}});
    EXPECT_EQ(made["servers"]["broker-local"]["host"], "broker.example:1883");
    EXPECT_TRUE(made["servers"]["broker-local"].contains("security"));
    EXPECT_EQ(made["servers"]["mesh-local"]["protocol"], "wss");
    EXPECT_FALSE(made["servers"]["mesh-local"].contains("security"));
    EXPECT_EQ(made["channels"]["local_t"]["servers"], json::parse(R"([{"$ref": "#/servers/broker-local"}])"));
}

TEST(AsyncApi, AReadPublishesNothing) {
    const json made = document_of({http_to_happn_get("read", "GET", "/r", "/r")});
    EXPECT_TRUE(made["channels"].empty());
    EXPECT_TRUE(made["operations"].empty());
}

TEST(AsyncApi, AStreamOfTopicsIsReceivedFromTheBroker) {
    Route route = http_to_happn_get("watch", "GET", "/rooms", "/r");
    MqttStream from;
    from.broker = "local";
    from.filter =
        AddressTemplate::parse("rooms/+/{*sensor}/#", AddressTemplate::Kind::mqtt, {}, true).value();
    from.qos = 1;
    from.decode = Decode::text;
    route.targets.front().rule = StreamTarget{std::move(from), false, {}};
    const json made = document_of({route});
    ASSERT_EQ(made["channels"].size(), 1U);
    const json channel = made["channels"].front();
    EXPECT_EQ(channel["address"], "rooms/{level1}/{sensor}/{rest}");
    EXPECT_EQ(channel["messages"].front()["contentType"], "text/plain");
    EXPECT_EQ(made["operations"]["watch"]["action"], "receive");
    EXPECT_EQ(made["operations"]["watch"]["bindings"]["mqtt"]["qos"], 1);
}

TEST(AsyncApi, AMethodIsARequestThatIsAnsweredOnItsCallbackAddress) {
    Route route;
    route.name = "c.m";
    route.source = CallSource{"c", "m", {{"n", ValueType::integer, true}}, R"({"type":"string"})"};
    const json made = document_of(
        {route},
        {{.kind = Connection::Kind::mesh, .name = "node", .host = "h:1", .protocol = "ws", .domain = "gw"}});
    const json channel = made["channels"]["node_exchange_requests_gw_c_m"];
    EXPECT_EQ(channel["address"], "/_exchange/requests/gw/c/m");
    const json args = channel["messages"]["c_m"]["payload"]["properties"]["args"];
    EXPECT_EQ(args["prefixItems"], json::parse(R"([{"type": "integer", "title": "n"}])"));
    const json reply = made["operations"]["c_m"]["reply"];
    EXPECT_EQ(reply["address"]["location"], "$message.payload#/callbackAddress");
    EXPECT_EQ(made["channels"]["c_m_answer"]["messages"]["c_m_answer"]["payload"]["properties"]["args"]
                  ["prefixItems"][1],
              json::parse(R"({"type": "string"})"));
}

TEST(AsyncApi, AMeshThatHasBeenAskedShowsItsMethods) {
    MeshDescription mesh;
    mesh.domain = "site";
    mesh.components["doors"].methods["lock"].parameters = {"door", "callback"};
    mesh.components["security"].methods["listUsers"];
    const auto table = table_of({});
    const json made = json::parse(asyncapi_document({*table, {}, "plant", "1", &mesh, "site"}));
    ASSERT_EQ(made["channels"].size(), 1U) << "the security component is never called";
    const json channel = made["channels"].front();
    EXPECT_EQ(channel["address"], "/_exchange/requests/site/doors/lock");
    EXPECT_EQ(channel["messages"].front()["payload"]["properties"]["args"]["prefixItems"],
              json::parse(R"([{"title": "door"}])"));
}

TEST(ChannelAddress, WildcardsBecomeParameters) {
    const auto topic = channel_address(pattern("a/+/{b:int}/x-{c}.json/#", AddressKind::mqtt));
    EXPECT_EQ(topic.text, "a/{level1}/{b}/x-{c}.json/{rest}");
    EXPECT_EQ(topic.parameters["b"]["description"], "An integer.");
    EXPECT_EQ(channel_address(pattern("/a/{b...}", AddressKind::happn)).text, "/a/{b}");
    EXPECT_EQ(channel_address(pattern("*", AddressKind::happn)).text, "{rest}");
}

TEST(ChannelAddress, ExpressionsOfATargetBecomeParameters) {
    const auto address = channel_address("a/{payload.kind[0].x|slug}/{call.id}/{p...}");
    EXPECT_EQ(address.text, "a/{payload_kind_0_x}/{call_id}/{p}");
    EXPECT_EQ(address.parameters.size(), 3U);
}

TEST(UniqueNames, AreIdentifiersEachOnce) {
    UniqueNames names;
    EXPECT_EQ(names.take("read-light.a"), "read_light_a");
    EXPECT_EQ(names.take("read_light/a"), "read_light_a_2");
    EXPECT_EQ(names.take("/a//b/"), "a_b");
    EXPECT_EQ(names.take("7"), "_7");
    EXPECT_EQ(names.take(""), "_");
}

}  // namespace
}  // namespace gateway::documents
