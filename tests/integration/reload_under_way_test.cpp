// Mapping files that are reloaded while requests to a real mesh are under way: each is answered by the routes
// that it began with, or by the new ones as a whole, and every argument arrives where it belongs.
#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;
using nlohmann::json;

/// The second edition takes and gives everything in another order: half of each swaps x and y.
constexpr const char* first_edition = R"(
version: 1
routes:
  pair:
    from: { http: "POST /pair" }
    to:   { call: "componentName/methodName", mesh: site, args: ["{payload.x}", "{payload.y}"] }
    respond: { body: { edition: 1, x: "{answer.a}", y: "{answer.b}" } }
  slow:
    from: { http: "GET /slow/{x}" }
    to:   { call: "testTools/answerAfter", mesh: site, args: [1000, "{x}"] }
    respond: { body: { edition: 1, x: "{answer.value}" } }
components:
  pump:
    methods:
      set:
        parameters: [x, y]
        to: { call: "componentName/methodName", mesh: site, args: ["{x}", "{y}"] }
        respond: { body: { edition: 1, x: "{answer.a}", y: "{answer.b}" } }
)";
constexpr const char* second_edition = R"(
version: 1
routes:
  pair:
    from: { http: "POST /pair" }
    to:   { call: "componentName/methodName", mesh: site, args: ["{payload.y}", "{payload.x}"] }
    respond: { body: { edition: 2, x: "{answer.b}", y: "{answer.a}" } }
  slow:
    from: { http: "GET /slow/{x}" }
    to:   { call: "testTools/answerAfter", mesh: site, args: [0, "not {x}"] }
    respond: { body: { edition: 2, x: "{answer.value}" } }
components:
  pump:
    methods:
      set:
        parameters: [y, x]
        to: { call: "componentName/methodName", mesh: site, args: ["{y}", "{x}"] }
        respond: { body: { edition: 2, x: "{answer.b}", y: "{answer.a}" } }
)";

class ReloadUnderWay : public testing::TestWithParam<const char*> {
protected:
    std::string settings() const {
        directory.write("edition.yaml", first_edition);
        return "meshes: { site: { url: \"ws://127.0.0.1:" + std::to_string(proxy.port()) +
               "\", username: _ADMIN, password: happn } }\nrest: { mesh: site }\nmappings: [\"" +
               (directory.path() / "*.yaml").string() + "\"]\n";
    }
    void reload_with(const std::string& text) {
        directory.write("edition.yaml", text);
        const auto seen = gateway.process().line_count();
        gateway.process().signal(SIGHUP);
        gateway.process().wait_for_line("reloaded: ", patience, seen);
    }
    httplib::Headers token_of(const std::string& username) {
        JsClient client{happn_client_of(GetParam())};
        const auto session = client.connect(mesh.port(), {.username = username, .password = "pw"});
        return {{"Authorization", "Bearer " + session.at("token").get<std::string>()}};
    }
    static json body_of(const httplib::Result& answer) {
        EXPECT_TRUE(answer);
        if (!answer) return {};
        EXPECT_EQ(answer->status, 200) << answer->body;
        return json::parse(answer->body);
    }
    std::future<httplib::Result> post(std::string path, json body, httplib::Headers headers) {
        return std::async(std::launch::async, [this, path, body = body.dump(), headers] {
            return gateway.http().Post(path, headers, body, "application/json");
        });
    }

    TemporaryDirectory directory;
    JsMesh mesh{{.generation = GetParam(), .secure = true}};
    TcpProxy proxy{mesh.port()};
    GatewayProcess gateway{{.settings = settings(), .mappings = {}}};
};

TEST_P(ReloadUnderWay, WhileTheMeshJudgesATokenServesByTheNewRoutesAsAWhole) {
    const auto one = token_of("user1");
    const auto two = token_of("user2");
    const auto before = proxy.accepted();
    proxy.stall();
    auto mapped = post("/pair", {{"x", "ex"}, {"y", "why"}}, one);
    auto declared = post("/rest/method/pump/set", {{"parameters", {{"x", "ex"}, {"y", "why"}}}}, two);
    ASSERT_TRUE(eventually([&] { return proxy.accepted() == before + 2; })) << "the mesh is asked for both";
    reload_with(second_edition);
    proxy.resume();
    const json whole{{"edition", 2}, {"x", "ex"}, {"y", "why"}};
    EXPECT_EQ(body_of(mapped.get()), whole);
    EXPECT_EQ(body_of(declared.get()).at("data"), whole);
}

TEST_P(ReloadUnderWay, WhileTheMeshWorksAnswersByTheRouteThatAsked) {
    const auto token = token_of("user1");
    JsClient observer{std::string{"mesh-client@"} + GetParam()};
    observer.connect(mesh.port(), {.username = "_ADMIN", .password = "happn"});
    auto slow =
        std::async(std::launch::async, [this, token] { return gateway.http().Get("/slow/ex", token); });
    ASSERT_TRUE(eventually([&] { return observer.call("testTools", "callCount") == 1; }));
    mesh.freeze();
    reload_with(second_edition);
    mesh.thaw();
    EXPECT_EQ(body_of(slow.get()), (json{{"edition", 1}, {"x", "ex"}}));
    EXPECT_EQ(body_of(gateway.http().Get("/slow/ex", token)), (json{{"edition", 2}, {"x", "not ex"}}));
}

constexpr const char* by_name = R"(
version: 1
routes:
  pair:
    from: { http: "POST /pair" }
    to:   { call: "componentName/methodName", mesh: site, args: { b: "{payload.y}", a: "{payload.x}" } }
  data:
    from: { http: "POST /data" }
    to:   { call: "componentName/dataMethod", mesh: site, args: { p2: "{payload.y}", p1: "{payload.x}" } }
  opts:
    from: { http: "POST /opts" }
    to:   { call: "componentName/optsMethod", mesh: site, args: { opts: "{payload}" } }
)";

TEST_P(ReloadUnderWay, LeavesTheArgumentsOfEveryMethodInTheirPlaces) {
    const auto token = token_of("user1");
    const auto ask = [&](const std::string& path, const json& body) {
        return body_of(gateway.http().Post(path, token, body.dump(), "application/json"));
    };
    const auto call = [&](const std::string& method, const json& parameters) {
        return ask("/rest/method/componentName/" + method, {{"parameters", parameters}}).at("data");
    };
    const json both{{"x", 1}, {"y", "two"}};
    for (const std::string& files : {std::string{by_name}, by_name + std::string{"# again\n"}}) {
        reload_with(files);
        EXPECT_EQ(call("methodName", {{"b", "two"}, {"a", 1}}), (json{{"a", 1}, {"b", "two"}}));
        EXPECT_EQ(call("dataMethod", {{"p2", "two"}, {"p1", 1}}), (json{1, "two", "number", "string"}));
        EXPECT_EQ(call("optsMethod", {{"opts", both}}), (json{{"opts", both}}));
        EXPECT_EQ(ask("/pair", both), (json{{"a", 1}, {"b", "two"}}));
        EXPECT_EQ(ask("/data", both), (json{1, "two", "number", "string"}));
        EXPECT_EQ(ask("/opts", both), (json{{"opts", both}}));
    }
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         ReloadUnderWay,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

}  // namespace
