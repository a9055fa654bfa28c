// Streams behind HTTP requests, read by curl, from real meshes of the oldest and the newest generation: what
// is stored and what is published, refusals, resumption, outages, and the end.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <string>
#include <thread>

#include "tests/integration/curl.hpp"
#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* routes = R"(
version: 1
routes:
  watch:
    from: { http: "GET /allowed/{*}", auth: required }
    to: { stream: { happn: "on /allowed/{*leaf}", actions: [set, remove] }, initial: true, heartbeat: 1s }
    respond: { body: { leaf: "{leaf}", value: "{answer}" } }
  live:
    from: { http: "GET /live" }
    to: { stream: { happn: "on /allowed/*" } }
  denied:
    from: { http: "GET /denied" }
    to: { stream: { happn: "on /denied/*" } }
  put: { from: { http: "PUT /allowed/{leaf}" }, to: { happn: "set /allowed/{leaf}" } }
  delete: { from: { http: "DELETE /allowed/{leaf}" }, to: { happn: "remove /allowed/{leaf}" } }
)";

std::string with_path(std::string text) {
    const std::string placeholder = "/allowed/{*}";
    return text.replace(text.find(placeholder), placeholder.size(), "/watch");
}

struct Kind {
    const char* generation;
    bool secure;
};

class StreamsOfAMesh : public testing::TestWithParam<Kind> {
protected:
    StreamsOfAMesh()
        : gateway{{.settings =
                       mesh_settings(mesh, GetParam().secure ? ", username: _ADMIN, password: happn" : "") +
                       "rest: { mesh: site }\n",
                   .mappings = {{"streams.yaml", with_path(routes)}}}} {
        if (GetParam().secure) token = log_in_as_reader();
    }

    /// The oldest generation gives nobody but the administrator rights on data of the mesh.
    std::string log_in_as_reader() {
        const bool old = std::string{GetParam().generation} == "2.13.0";
        return old ? log_in("_ADMIN", "happn") : log_in("tester", "pw");
    }
    std::string log_in(const std::string& user, const std::string& password) {
        const auto answer = gateway.http().Post(
            "/rest/login", json{{"username", user}, {"password", password}}.dump(), "application/json");
        return json::parse(answer->body).at("data").at("token");
    }
    std::vector<std::string> options(std::vector<std::string> more = {}) const {
        if (!token.empty()) more.insert(more.end(), {"-H", "Authorization: Bearer " + token});
        return more;
    }
    httplib::Headers headers() const {
        if (token.empty()) return {};
        return {{"Authorization", "Bearer " + token}};
    }
    void put(const std::string& leaf, const json& value) {
        const auto answer =
            gateway.http().Put("/allowed/" + leaf, headers(), value.dump(), "application/json");
        ASSERT_TRUE(answer && answer->status == 200) << (answer ? answer->body : "no answer");
    }
    static json item(const std::string& leaf, const json& value) {
        return {{"leaf", leaf}, {"value", value}};
    }

    JsMesh mesh{{.generation = GetParam().generation, .secure = GetParam().secure}};
    GatewayProcess gateway;
    std::string token;
};

std::string kind_name(const testing::TestParamInfo<Kind>& kind) {
    return (kind.param.secure ? "Secure_" : "Insecure_") + name_of_version(kind.param.generation);
}

// What does not depend on who the reader is, on one mesh; the rest where it differs.
constexpr Kind newest[] = {{"13.1.1", true}};
INSTANTIATE_TEST_SUITE_P(Generations, StreamsOfAMesh, testing::ValuesIn(newest), kind_name);
class StreamsOfAnyMesh : public StreamsOfAMesh {};
constexpr Kind kinds[] = {{"2.13.0", false}, {"2.13.0", true}, {"13.1.1", false}, {"13.1.1", true}};
INSTANTIATE_TEST_SUITE_P(Generations, StreamsOfAnyMesh, testing::ValuesIn(kinds), kind_name);

TEST_P(StreamsOfAnyMesh, BringWhatIsStoredAndThenWhatIsPublished) {
    put("a", {{"n", 1}});
    put("b", 2);
    Curl events{gateway, "/watch", options()};
    EXPECT_EQ(events.next_data(), item("a", {{"n", 1}}));
    EXPECT_EQ(events.next_data(), item("b", 2));
    put("a", {{"n", 3}});
    EXPECT_EQ(events.next_data(), item("a", {{"n", 3}}));
    gateway.http().Delete("/allowed/b", headers());
    events.wait_for("event: remove");
    EXPECT_EQ(events.next_data().at("leaf"), "b");
    events.wait_for(":");  // a sign of life
}

TEST_P(StreamsOfAMesh, AreLinesForWhoAsksForLines) {
    put("a", 1);
    Curl lines{gateway, "/watch", options({"-i", "-H", "Accept: application/x-ndjson"})};
    lines.wait_for("Content-Type: application/x-ndjson");
    EXPECT_EQ(lines.next_data(), item("a", 1));
}

TEST_P(StreamsOfAnyMesh, GoOnBehindTheLastEventThatTheClientHas) {
    put("a", 1);
    Curl before{gateway, "/watch", options()};
    before.next_data();
    ASSERT_FALSE(before.last_id.empty());
    put("b", 2);
    Curl after{gateway, "/watch", options({"-H", "Last-Event-ID: " + before.last_id})};
    EXPECT_EQ(after.next_data(), item("b", 2)) << "and not a again";
}

TEST_P(StreamsOfAMesh, SeveralOfOneUserShareWhatTheMeshSends) {
    Curl first{gateway, "/watch", options()};
    Curl second{gateway, "/watch", options()};
    first.wait_for(":");
    second.wait_for(":");
    put("a", 1);
    EXPECT_EQ(first.next_data(), item("a", 1));
    EXPECT_EQ(second.next_data(), item("a", 1));
}

/// A mesh that is killed is back empty: what is set from then on comes on the stream that was open all along.
TEST_P(StreamsOfAnyMesh, OutliveAnOutageOfTheMesh) {
    Curl events{gateway, "/watch", options()};
    events.wait_for(":");
    mesh.kill();
    gateway.wait_until_ready(false);
    const auto refused = gateway.http().Get("/live", headers());
    EXPECT_EQ(refused->status, 503);
    mesh.start();
    gateway.wait_until_ready();
    if (GetParam().secure) {  // the new mesh has another secret: the reader's token is worth nothing there
        events.wait_for("event: closed");
        return;
    }
    int n = 0;
    // The stream is made again beside the route's own session: until then a publication may pass it by.
    EXPECT_TRUE(eventually([&] {
        put("a", ++n);
        return events.output().find("\"leaf\":\"a\"") != std::string::npos;
    }));
}

TEST_P(StreamsOfAMesh, EndWhenTheGatewayStopsAndSaySo) {
    Curl events{gateway, "/watch", options()};
    events.wait_for(":");
    gateway.stop(InFlight::something);
    EXPECT_EQ(events.wait(), 0) << "the last chunk has come";
    events.wait_for("event: closed");
}

class StreamsOfASecureMesh : public StreamsOfAMesh {};
constexpr Kind secure_kinds[] = {{"2.13.0", true}, {"13.1.1", true}};
INSTANTIATE_TEST_SUITE_P(Generations, StreamsOfASecureMesh, testing::ValuesIn(secure_kinds), kind_name);

TEST_P(StreamsOfASecureMesh, ThatItRefusesAreA403BeforeTheyOpen) {
    token = log_in("tester", "pw");
    const auto answer = gateway.http().Get("/denied", headers());
    EXPECT_EQ(answer->status, 403);
    EXPECT_EQ(answer->get_header_value("Content-Type"), "application/problem+json");
    EXPECT_EQ(gateway.http().Get("/live")->status, 401);
}

/// The path is subscribed to already, and a counter runs on it.
TEST_P(StreamsOfASecureMesh, BringALateReaderWhatIsStoredAndAllThatFollows) {
    constexpr int last = 200;
    put("a", 1);
    Curl early{gateway, "/live", options({"-v"})};
    early.wait_for("< HTTP/1.1 200");
    std::thread counting{[&] {
        for (int n = 2; n <= last; ++n)
            put("a", n);
    }};
    early.next_data();
    Curl late{gateway, "/watch", options()};
    int seen = late.next_data().at("value");
    while (seen < last) {
        const int next = late.next_data().at("value");
        EXPECT_TRUE(next == seen + 1 || next == seen) << next << " behind " << seen;
        seen = next;
    }
    counting.join();
    for (int n = 3; n <= last; ++n)
        EXPECT_EQ(early.next_data(), n) << "nothing comes again to who was there before";
}

/// The oldest generation leaves revoked sessions open, and their events go on.
class StreamsOfAMeshThatRevokes : public StreamsOfAMesh {};
constexpr Kind revoking_kinds[] = {{"13.1.1", true}};
INSTANTIATE_TEST_SUITE_P(Generations,
                         StreamsOfAMeshThatRevokes,
                         testing::ValuesIn(revoking_kinds),
                         kind_name);

TEST_P(StreamsOfAMeshThatRevokes, EndWhenTheUsersTokenIsRevoked) {
    Curl events{gateway, "/watch", options()};
    events.wait_for(":");
    ASSERT_GT(mesh.revoke("tester"), 0);
    events.wait_for("event: closed");
    EXPECT_EQ(events.wait(), 0);
}

class StreamsOfTheNode : public testing::Test {
protected:
    void put(const std::string& leaf, const json& value) {
        const auto answer = gateway.http().Put("/allowed/" + leaf, value.dump(), "application/json");
        ASSERT_TRUE(answer && answer->status == 200);
    }
    GatewayProcess gateway{
        {.settings = "node: { enabled: true }\n", .mappings = {{"streams.yaml", with_path(routes)}}}};
};

TEST_F(StreamsOfTheNode, BringStoredAndPublishedValues) {
    put("a", 1);
    Curl events{gateway, "/watch"};
    EXPECT_EQ(events.next_data(), (json{{"leaf", "a"}, {"value", 1}}));
    put("b", 2);
    EXPECT_EQ(events.next_data(), (json{{"leaf", "b"}, {"value", 2}}));
}

TEST_F(StreamsOfTheNode, AreGivenToOldClientsWithoutChunks) {
    put("a", 1);
    Curl events{gateway, "/watch", {"--http1.0", "-i"}};
    events.wait_for("Connection: close");
    EXPECT_EQ(events.next_data(), (json{{"leaf", "a"}, {"value", 1}}));
    EXPECT_EQ(events.output().find("Transfer-Encoding"), std::string::npos);
}

TEST_F(StreamsOfTheNode, EndWithTheirReader) {
    {
        RawClient reader{gateway.port()};
        reader.send("GET /live HTTP/1.1\r\nHost: gateway\r\n\r\n");
        reader.read_until("\r\n\r\n");
        EXPECT_EQ(gateway.route("live").pending, 1U);
    }
    EXPECT_TRUE(eventually([&] { return gateway.route("live").pending == 0; }));
    EXPECT_EQ(gateway.route("live").outcome("delivered"), 1U);
}

class StreamsAndReloads : public testing::Test {
protected:
    static std::string route(const std::string& name, const std::string& path) {
        return "  " + name + ": { from: { http: \"GET /" + name + "\" }, to: { stream: { happn: \"on " +
               path + "\" }, heartbeat: 1s } }\n";
    }
    void write(const std::string& both) { mappings.write("routes.yaml", "version: 1\nroutes:\n" + both); }
    void reload() {
        const std::size_t seen = gateway->process().line_count();
        gateway->process().signal(SIGHUP);
        gateway->process().wait_for_line("reloaded: ", patience, seen);
    }

    TemporaryDirectory mappings;
    std::optional<GatewayProcess> gateway;
};

TEST_F(StreamsAndReloads, AChangedRouteEndsItsStreamsAndOthersGoOn) {
    write(route("changed", "/a/*") + route("same", "/a/*"));
    gateway.emplace(GatewayFiles{.settings = "node: { enabled: true }\nmappings: [\"" +
                                             (mappings.path() / "*.yaml").string() + "\"]\n",
                                 .mappings = {}});
    Curl changed{*gateway, "/changed"};
    Curl same{*gateway, "/same"};
    changed.wait_for(":");
    same.wait_for(":");
    write(route("same", "/a/*") + route("changed", "/b/*"));
    reload();
    changed.wait_for("event: closed");
    EXPECT_EQ(changed.next_data().at("message"), "the route has been changed");
    EXPECT_EQ(changed.wait(), 0);
    EXPECT_EQ(gateway->route("same").pending, 1U);
    EXPECT_EQ(same.output().find("closed"), std::string::npos);
}

TEST_F(StreamsOfTheNode, AreNotOpenedForWhoAcceptsNoneOfTheirForms) {
    EXPECT_EQ(gateway.http().Get("/live", {{"Accept", "application/json"}})->status, 406);
    EXPECT_EQ(gateway.http().Head("/live")->status, 200);
    EXPECT_TRUE(eventually([&] { return gateway.route("live").pending == 0; }));
}

}  // namespace
