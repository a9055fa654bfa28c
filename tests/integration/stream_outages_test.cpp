// Streams of a mesh that is out of reach for a while.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/curl.hpp"
#include "tests/integration/end_to_end.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* routes = R"(
version: 1
routes:
  live:
    from: { http: "GET /live" }
    to: { stream: { happn: "on /allowed/*" }, heartbeat: 1s }
)";

class MeshOutOfReach : public testing::TestWithParam<const char*> {
protected:
    MeshOutOfReach() { publisher.connect(mesh.port()); }
    void set(const std::string& path, int n) { publisher.set(path, {{"n", n}}); }

    JsMesh mesh{{.generation = GetParam()}};
    TcpProxy proxy{mesh.port()};
    GatewayProcess gateway{{.settings = "meshes: { site: { url: \"ws://127.0.0.1:" +
                                        std::to_string(proxy.port()) + "\" } }\nrest: { mesh: site }\n",
                            .mappings = {{"streams.yaml", routes}}}};
    JsClient publisher{happn_client_of(GetParam())};
};

constexpr const char* oldest_and_newest[] = {"2.13.0", "13.1.1"};
INSTANTIATE_TEST_SUITE_P(Generations,
                         MeshOutOfReach,
                         testing::ValuesIn(oldest_and_newest),
                         [](const auto& generation) { return name_of_version(generation.param); });

TEST_P(MeshOutOfReach, StreamsGoOnBehindTheLastItemThatTheyHaveBrought) {
    set("/allowed/before", 0);
    Curl events{gateway, "/live"};
    events.wait_for(":");
    set("/allowed/a", 1);
    EXPECT_EQ(events.next_data(), (json{{"n", 1}}));
    proxy.refuse();
    gateway.wait_until_ready(false);
    set("/allowed/b", 2);
    set("/allowed/c", 3);
    proxy.accept();
    EXPECT_EQ(events.next_data(), (json{{"n", 2}})) << "neither what was before, nor a again";
    EXPECT_EQ(events.next_data(), (json{{"n", 3}}));
    set("/allowed/d", 4);
    EXPECT_EQ(events.next_data(), (json{{"n", 4}}));
}

}  // namespace
