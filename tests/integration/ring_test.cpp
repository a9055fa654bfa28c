// Gateways in a circle. Each of three has a mesh and lies between two brokers; or they lead from broker to
// broker alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr std::size_t around = 3;

constexpr const char* mesh_between_brokers = R"(
routes:
  left:
    sync:
      a: { mqtt: "state/{id}", broker: left, qos: 1, retain: true }
      b: { happn: "/state/{id}" }
  right:
    sync:
      a: { mqtt: "state/{id}", broker: right, qos: 1, retain: true }
      b: { happn: "/state/{id}" }
)";

constexpr const char* broker_to_broker = R"(
routes:
  circle:
    sync:
      a: { mqtt: "state/{id}", broker: left, qos: 1, retain: true }
      b: { mqtt: "state/{id}", broker: right, qos: 1, retain: true }
)";

/// Gateway i lies between the brokers i and i + 1.
class Ring {
public:
    Ring(const char* routes, int version) {
        for (std::size_t i = 0; i < around; ++i) {
            const auto broker = [&](const char* name, std::size_t which) {
                return std::string{"  "} + name + ": { url: \"" + brokers.at(which % around).url() +
                       "\", version: " + std::to_string(version) + " }\n";
            };
            gateways.at(i) = std::make_unique<GatewayProcess>(
                GatewayFiles{.settings = "brokers:\n" + broker("left", i) + broker("right", i + 1),
                             .mappings = {{"routes.yaml", routes}}});
        }
    }

    std::uint64_t total(const std::vector<std::string>& routes, const std::string& reason) const {
        std::uint64_t sum = 0;
        for (const auto& gateway : gateways) {
            for (const std::string& route : routes) {
                const auto counts = gateway->route(route);
                const auto found = counts.reasons.find(reason);
                if (found != counts.reasons.end()) sum += found->second;
            }
        }
        return sum;
    }

    std::array<Mosquitto, around> brokers;
    std::array<std::unique_ptr<GatewayProcess>, around> gateways;
};

class RingOfMeshes : public testing::TestWithParam<int> {
protected:
    RingOfMeshes() {
        for (std::size_t i = 0; i < around; ++i) {
            meshes.at(i).connect(ring.gateways.at(i)->port());
            states.at(i) = meshes.at(i).on("/state/*", "set");
        }
    }

    Ring ring{mesh_between_brokers, GetParam()};
    std::array<JsClient, around> meshes{
        JsClient{"happn-3@13.12.1"}, JsClient{"happn-3@13.12.1"}, JsClient{"happn-3@13.12.1"}};
    std::array<int, around> states{};
};

TEST_P(RingOfMeshes, OnePublicationIsOneDeliveryAtEach) {
    // Without a mark a value that is said again is nothing new.
    const std::vector<std::string> values =
        GetParam() == 5 ? std::vector<std::string>{"1", "2", "2"} : std::vector<std::string>{"1", "2", "3"};
    for (std::size_t from = 0; from < around; ++from) {
        for (const std::string& value : values) {
            meshes.at(from).set("/state/" + std::to_string(from), {{"n", value}});
            for (std::size_t at = 0; at < around; ++at)
                EXPECT_EQ(meshes.at(at).wait_message(states.at(at)).at("data").at("n"), value);
        }
    }
    // What went round would be ahead of these.
    for (std::size_t from = 0; from < around; ++from) {
        meshes.at(from).set("/state/mark", {{"from", from}});
        for (std::size_t at = 0; at < around; ++at)
            EXPECT_EQ(meshes.at(at).wait_message(states.at(at)).at("data").at("from"), from);
    }
    for (std::size_t at = 0; at < around; ++at)
        EXPECT_EQ(meshes.at(at).waiting_messages(states.at(at)), 0U) << "at " << at;
}

INSTANTIATE_TEST_SUITE_P(Versions, RingOfMeshes, testing::Values(3, 5), [](const auto& version) {
    return version.param == 3 ? "Mqtt311" : "Mqtt5";
});

class RingOfBrokers : public testing::Test {
protected:
    void go_round(int version) {
        ring = std::make_unique<Ring>(broker_to_broker, version);
        for (std::size_t i = 0; i < around; ++i) {
            devices.push_back(std::make_unique<MqttProbe>(ring->brokers.at(i).port()));
            devices.back()->subscribe("state/#", 1);
        }
        for (const char* value : {"1", "2", "3"}) {
            devices.at(0)->publish({.topic = "state/x", .payload = value, .qos = 1, .retained = true});
            for (const auto& device : devices)
                device->wait_message([&](const MqttMessage& it) { return it.payload == value; });
            pass_marks();
        }
    }
    /// All that went round before has come by: a mark follows it over each broker in turn, in both
    /// directions.
    void pass_marks() {
        for (const std::size_t from : {0U, 1U, 2U, 0U, 2U, 1U, 0U}) {
            const std::string mark = "state/mark-" + std::to_string(++marks);
            devices.at(from)->publish({.topic = mark, .payload = "0", .qos = 1});
            for (const auto& device : devices)
                device->wait_message(mark);
        }
    }
    /// Everything that was under way has ended.
    bool is_at_rest() const {
        return std::ranges::all_of(ring->gateways, [](const auto& gateway) {
            return gateway->route("circle.a_to_b").pending == 0 &&
                   gateway->route("circle.b_to_a").pending == 0;
        });
    }
    std::vector<std::string> retained() {
        std::vector<std::string> values;
        for (const auto& broker : ring->brokers) {
            MqttProbe reader{broker.port()};
            reader.subscribe("state/x");
            values.push_back(reader.wait_message("state/x").payload);
        }
        return values;
    }

    std::unique_ptr<Ring> ring;
    std::vector<std::unique_ptr<MqttProbe>> devices;
    int marks = 0;
    const std::vector<std::string> both{"circle.a_to_b", "circle.b_to_a"};
};

TEST_F(RingOfBrokers, Over311WhereNothingSaysWhoseAMessageIsItComesToRestByValue) {
    go_round(3);
    ASSERT_TRUE(eventually([&] { return ring->total(both, "same") >= 3; }));
    ASSERT_TRUE(eventually([&] { return is_at_rest(); }));
    EXPECT_EQ(retained(), (std::vector<std::string>{"3", "3", "3"}));
    for (const auto& device : devices) {
        const auto more =
            std::ranges::count_if(device->waiting(), [](const auto& it) { return it.topic == "state/x"; });
        EXPECT_LE(more, 2 * 3) << "each value comes from two sides at most, and back once";
    }
}

TEST_F(RingOfBrokers, Over5ItEndsByTheHops) {
    go_round(5);
    ASSERT_TRUE(eventually([&] { return ring->total(both, "hops") >= 3; }));
    ASSERT_TRUE(eventually([&] { return is_at_rest(); }));
    const auto marked = devices.at(1)->waiting();
    EXPECT_TRUE(std::ranges::any_of(marked, [](const MqttMessage& message) {
        return std::ranges::any_of(message.user_properties, [](const auto& property) {
            return property.first == "hg" && property.second.ends_with(";8");
        });
    })) << "no message counts its eighth hop";
}

}  // namespace
