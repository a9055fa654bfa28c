// A real mesh that is there and says nothing: nobody waits longer than is said, nothing is claimed of the
// mesh that it has not said, and all is well as soon as it talks again.
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr auto generation_name = [](const auto& mesh) { return name_of_version(mesh.param); };

constexpr const char* asking = R"(
version: 1
routes:
  echo:
    from: { http: "GET /echo/{a}/{b}" }
    to:   { call: "componentName/methodName", mesh: site, args: { a: "{a}", b: "{b}" }, timeout: 1s }
)";

class FrozenMesh : public testing::TestWithParam<const char*> {
protected:
    explicit FrozenMesh(const std::string& keep_alive = {})
        : gateway{
              {.settings = mesh_settings(mesh, keep_alive) + "rest: { mesh: site }\ntimeouts: { rest: 1s }\n",
               .mappings = {{"asking.yaml", asking}}}} {}

    httplib::Result call(const std::string& method = "methodName") const {
        return gateway.http().Post("/rest/method/componentName/" + method,
                                   R"({"parameters":{"a":1,"b":"two"}})",
                                   "application/json");
    }
    void expect_call_failed(int status, const std::string& name) const {
        const auto answer = call();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, status) << answer->body;
        const auto body = json::parse(answer->body);
        EXPECT_EQ(body.at("message"), "Call failed");
        EXPECT_EQ(body.at("error").at("name"), name);
    }
    void expect_problem(const std::string& path, int status, const std::string& name) const {
        const auto answer = gateway.http().Get(path);
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, status) << answer->body;
        EXPECT_EQ(answer->get_header_value("Content-Type"), "application/problem+json");
        EXPECT_EQ(json::parse(answer->body).at("name"), name);
    }
    void expect_well() const {
        ASSERT_TRUE(eventually([this] { return call()->status == 200; }));
        EXPECT_EQ(json::parse(call()->body).at("data"), (json{{"a", 1}, {"b", "two"}}));
        EXPECT_EQ(json::parse(gateway.http().Get("/echo/x/y")->body), (json{{"a", "x"}, {"b", "y"}}));
        gateway.wait_until_ready();
    }

    JsMesh mesh{{.generation = GetParam()}};
    GatewayProcess gateway;
};

TEST_P(FrozenMesh, LeavesNobodyWithoutAnAnswerInTime) {
    expect_well();
    mesh.freeze();
    expect_call_failed(504, "Timeout");
    expect_problem("/echo/x/y", 504, "Timeout");
    mesh.thaw();
    expect_well();
}

TEST_P(FrozenMesh, IsNotSaidToLackAMethodBeforeItHasSaidSo) {
    mesh.freeze();
    const auto unanswered = call("nope");
    ASSERT_TRUE(unanswered);
    EXPECT_EQ(unanswered->status, 504) << unanswered->body;
    mesh.thaw();
    ASSERT_TRUE(eventually([this] { return call("nope")->status == 404; }));
    EXPECT_EQ(json::parse(call("nope")->body),
              (json{{"message", "Failure parsing request body"},
                    {"data", nullptr},
                    {"error", {{"message", "method nope does not exist on component componentName"}}}}));
}

INSTANTIATE_TEST_SUITE_P(Generations, FrozenMesh, testing::Values("2.13.0", "13.1.1"), generation_name);

/// The gateway looks every second whether the mesh is there.
class AbandonedMesh : public FrozenMesh {
protected:
    AbandonedMesh()
        : FrozenMesh{", keep_alive: 1s, keep_alive_timeout: 1s, reconnect_min: 20ms, reconnect_max: 100ms"} {}
};

TEST_P(AbandonedMesh, IsUnavailableAtOnceUntilItTalksAgain) {
    mesh.freeze();
    gateway.process().wait_for_line("the mesh has gone silent");
    gateway.wait_until_ready(false);
    expect_call_failed(503, "Unavailable");
    expect_problem("/echo/x/y", 503, "Unavailable");
    mesh.thaw();
    gateway.wait_until_ready();
    expect_well();
}

INSTANTIATE_TEST_SUITE_P(Generations, AbandonedMesh, testing::Values("2.13.0", "13.1.1"), generation_name);

// --- subscriptions -------------------------------------------------------------------------------

/// A gateway that copies what is published on its mesh, by mapping files that the test rewrites.
class CopyingGateway : public testing::Test {
protected:
    static std::string copying(const std::string& path) {
        return "version: 1\nroutes:\n  copy: { from: { happn: \"on " + path +
               "/{name}\", mesh: site }, to: { happn: \"set /copies/{name}\", mesh: site } }\n";
    }
    void reload_with(const std::string& text) {
        directory.write("copy.yaml", text);
        const auto seen = gateway.process().line_count();
        gateway.process().signal(SIGHUP);
        gateway.process().wait_for_line("reloaded: ", patience, seen);
    }
    std::string settings() const {
        directory.write("copy.yaml", copying("/first"));
        return "meshes: { site: { url: \"ws://127.0.0.1:" + std::to_string(proxy.port()) +
               "\" } }\nrest: { mesh: site }\nmappings: [\"" + (directory.path() / "*.yaml").string() +
               "\"]\n";
    }
    double counted(const std::string& name) const {
        return metric(gateway.metrics(), "happn_gateway_" + name + "_total");
    }
    /// What is set at this path is copied, once.
    void expect_copies(const std::string& path) {
        JsClient client{happn_client_of("13.1.1")};
        client.connect(mesh.port());
        const int copies = client.on("/copies/*", "set");
        client.set(path + "/one", 1);
        client.set(path + "/two", 2);
        EXPECT_EQ(client.wait_message(copies).at("data").at("value"), 1);
        EXPECT_EQ(client.wait_message(copies).at("data").at("value"), 2);
        EXPECT_EQ(client.waiting_messages(copies), 0U);
    }

    TemporaryDirectory directory;
    JsMesh mesh;
    TcpProxy proxy{mesh.port()};
    GatewayProcess gateway{{.settings = settings(), .mappings = {}}};
};

/// After 10 s there is no answer; pings begin after 25 s.
class StalledMesh : public CopyingGateway {};

TEST_F(StalledMesh, IsSubscribedToAsSoonAsItAnswersWithoutANewConnection) {
    proxy.stall();
    reload_with(copying("/second"));
    gateway.process().wait_for_line("/SET@/second/* was not made and is tried again");
    EXPECT_FALSE(gateway.ready());
    const auto said = gateway.readiness();
    EXPECT_NE(said.find("/SET@/second/* (the mesh did not answer in time)"), std::string::npos) << said;
    proxy.resume();
    gateway.wait_until_ready();
    expect_copies("/second");
    EXPECT_EQ(proxy.accepted(), 1U) << "a connection was made anew";
    reload_with("version: 1\nroutes: {}\n");
    JsClient client{happn_client_of("13.1.1")};
    client.connect(mesh.port());
    client.set("/second/last", 3);
    EXPECT_EQ(counted("happn_publications_unmatched"), 0) << "the mesh still has a subscription";
}

/// Nothing comes and goes for longer than a subscription has time to be answered.
class QuietMesh : public CopyingGateway {};

TEST_F(QuietMesh, IsCalledAndSubscribedToAsAnyOther) {
    JsClient elsewhere{"mesh-client@13.1.1"};
    elsewhere.connect(mesh.port());
    for (const auto* const half : {"first", "second"})  // a call has 10 s itself
        elsewhere.call("testTools", "answerAfter", {5500, half});
    const auto answer = gateway.http().Post(
        "/rest/method/componentName/strMethod", R"({"parameters":{}})", "application/json");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
    reload_with(copying("/second"));
    gateway.wait_until_ready();
    expect_copies("/second");
    const auto log = gateway.process().printed();
    EXPECT_EQ(log.find("was not made"), std::string::npos) << log;
    EXPECT_EQ(counted("happn_late_replies"), 0);
}

}  // namespace
