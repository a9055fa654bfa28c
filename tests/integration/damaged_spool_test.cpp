// A gateway whose spool something has written into.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;
using testing::HasSubstr;

constexpr const char* routes = R"(
version: 1
routes:
  up:
    from: { mqtt: "numbers/{device}", qos: 1 }
    to:   { happn: "set /numbers/{device}" }
    delivery: at-least-once
)";

TEST(DamagedSpool, IsSetAsideLoudlyAndTheGatewayWorks) {
    Mosquitto mosquitto;
    TemporaryDirectory spool;
    const auto file = spool.path() / "messages.sqlite";
    const GatewayFiles files{.settings = broker_settings(mosquitto) +
                                         "node: { enabled: true }\nspool: { path: \"" +
                                         spool.path().string() + "\" }\n",
                             .mappings = {{"up.yaml", routes}}};
    { GatewayProcess first{files}; }
    {
        std::fstream out{file, std::ios::binary | std::ios::in | std::ios::out};
        out.seekp(4096);
        out << std::string(4096, '\x5a');
    }
    GatewayProcess gateway{files};
    EXPECT_THAT(gateway.process().printed(), HasSubstr("set aside and begun anew"));
    EXPECT_THAT(gateway.readiness(),
                HasSubstr("a damaged one was set aside: " + file.string() + ".corrupt-"));
    EXPECT_EQ(metric(gateway.metrics(), "happn_gateway_spool_set_aside_total"), 1);
    MqttProbe probe{mosquitto.port()};
    probe.publish({.topic = "numbers/a", .payload = "1", .qos = 1});
    EXPECT_TRUE(eventually([&] { return gateway.route("up").outcome("delivered") == 1; }));
}

}  // namespace
