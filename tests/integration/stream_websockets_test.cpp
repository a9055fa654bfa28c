// Streams over websockets, as far as they are not those of any other form: what a slow reader is told, and
// how they end.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/raw_client.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr std::string_view closed_1013{"\x88\x02\x03\xf5"};

constexpr const char* routes = R"(
version: 1
routes:
  watch:
    from: { http: "GET /watch", auth: required }
    to: { stream: { happn: "on /allowed/*" } }
  slow:
    from: { http: "GET /slow" }
    to: { stream: { happn: "on /allowed/*" }, queue: { max: 3 } }
  impatient:
    from: { http: "GET /impatient" }
    to: { stream: { happn: "on /allowed/*" }, queue: { max: 3, overflow: close } }
  lively:
    from: { http: "GET /lively" }
    to: { stream: { happn: "on /allowed/*" }, heartbeat: 1s }
  put: { from: { http: "PUT /allowed/{leaf}" }, to: { happn: "set /allowed/{leaf}" } }
)";

RawClient reader_of(const GatewayProcess& gateway, const std::string& target) {
    RawClient reader{gateway.port()};
    reader.send("GET " + target + " HTTP/1.1\r\nHost: gateway\r\n" + websocket_upgrade + "\r\n");
    EXPECT_TRUE(reader.read_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    return reader;
}

class WebsocketsOfTheNode : public testing::Test {
protected:
    void put(const json& value) {
        const auto answer = gateway.http().Put("/allowed/a", value.dump(), "application/json");
        ASSERT_TRUE(answer && answer->status == 200);
    }
    /// More than the sockets between can hold.
    void put_too_much() {
        const std::string large(100'000, 'x');
        for (int i = 0; i < 200; ++i)
            put(large);
    }
    GatewayProcess gateway{{.settings = "node: { enabled: true }\n", .mappings = {{"streams.yaml", routes}}}};
};

TEST_F(WebsocketsOfTheNode, TellASlowReaderWhatItHasMissed) {
    auto reader = reader_of(gateway, "/slow");
    put_too_much();
    put("the last");
    const std::string seen = reader.read_until("\"the last\"");
    EXPECT_NE(seen.find(R"({"event":"lagged","dropped":)"), std::string::npos);
}

TEST_F(WebsocketsOfTheNode, CloseWith1013WhereARouteCutsSlowReadersOff) {
    auto reader = reader_of(gateway, "/impatient");
    put_too_much();
    const std::string seen = reader.read_until(closed_1013);
    EXPECT_NE(seen.find(R"({"event":"closed","name":"Overloaded")"), std::string::npos);
    EXPECT_TRUE(eventually([&] { return gateway.route("impatient").pending == 0; }));
}

/// The client of this test answers no ping.
TEST_F(WebsocketsOfTheNode, CloseWith1013WhenPingsAreNotAnswered) {
    auto reader = reader_of(gateway, "/lively");
    reader.read_until(closed_1013);
    EXPECT_TRUE(eventually([&] { return gateway.route("lively").pending == 0; }));
}

TEST(WebsocketsOfAMesh, CloseWhenTheUsersTokenIsRevoked) {
    JsMesh mesh{{.generation = "13.1.1", .secure = true}};
    const GatewayProcess gateway{
        {.settings = mesh_settings(mesh, ", username: _ADMIN, password: happn") + "rest: { mesh: site }\n",
         .mappings = {{"streams.yaml", routes}}}};
    const auto login = gateway.http().Post(
        "/rest/login", json{{"username", "tester"}, {"password", "pw"}}.dump(), "application/json");
    const std::string token = json::parse(login->body).at("data").at("token");
    auto reader = reader_of(gateway, "/watch?happn_token=" + token);
    ASSERT_GT(mesh.revoke("tester"), 0);
    const std::string seen = reader.read_until(closed_1013);
    EXPECT_NE(seen.find(R"({"event":"closed","name":)"), std::string::npos) << seen;
}

}  // namespace
