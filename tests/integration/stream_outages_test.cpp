// Streams of a mesh that is out of reach for a while, and of one that has thousands of them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/integration/curl.hpp"
#include "tests/integration/end_to_end.hpp"
#include "tests/support/file_limit.hpp"
#include "tests/support/raw_client.hpp"
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
  one:
    from: { http: "GET /one/{n}" }
    to: { stream: { happn: "on /one/{n}" } }
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

TEST(MeshWithManyStreams, EachReaderHasItsOwnPathAndGetsWhatIsPublishedThere) {
    constexpr int readers = 3000;
    allow_files(readers + 100);
    JsMesh mesh{{.generation = "13.1.1"}};
    const GatewayProcess gateway{{.settings = mesh_settings(mesh), .mappings = {{"streams.yaml", routes}}}};
    JsClient publisher{happn_client_of("13.1.1")};
    publisher.connect(mesh.port());
    const auto io = std::make_shared<asio::io_context>();
    std::vector<RawClient> clients;
    clients.reserve(readers);
    for (int n = 0; n < readers; ++n) {
        clients.emplace_back(gateway.port(), io);
        clients.back().send("GET /one/" + std::to_string(n) + " HTTP/1.1\r\nHost: gateway\r\n\r\n");
    }
    for (RawClient& client : clients)
        ASSERT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(gateway.route("one").pending, readers);
    for (const int n : {0, readers / 2, readers - 1}) {
        publisher.set("/one/" + std::to_string(n), {{"n", n}});
        const std::string data = "data: {\"n\":" + std::to_string(n) + "}\n\n";
        EXPECT_NE(clients[static_cast<std::size_t>(n)].read_until(data).find(data), std::string::npos);
    }
}

}  // namespace
