// What becomes of a request's body behind a mapped route: on a real mesh, on a real broker, and where there
// is none.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* routes = R"(
version: 1
routes:
  store:
    from: { http: "PUT /things/{id}" }
    to: { happn: "set /things/{id}" }
    respond: { status: 204, body: null }
  change:
    from: { http: "PATCH /things/{id}" }
    to: { happn: "set /things/{id}", merge: true }
    respond: { status: 204, body: null }
  read: { from: { http: "GET /things/{id}" }, to: { happn: "get /things/{id}" } }
  remark:
    from: { http: "PUT /remarks/{id}", body: text }
    to: [{ happn: "set /things/{id}" }, { mqtt: "remarks/{id}", qos: 1 }]
    respond: { status: 204, body: null }
  picture:
    from: { http: "POST /pictures/{id}", body: bytes }
    to: { mqtt: "pictures/{id}", qos: 1 }
    respond: { status: 202, body: null }
  publish:
    from: { http: "POST /published/{id}" }
    to: { mqtt: "published/{id}", qos: 1, retain: true }
    respond: { status: 202, body: null }
  defaulting:
    from: { http: "POST /defaulting" }
    map: { celsius: "{payload.celsius|default(20)}" }
    to: { answer: "{out}" }
  call: { from: { http: "POST /call" }, to: { call: "componentName/nullMethod" } }
  call-with-text: { from: { http: "POST /text", body: text }, to: { call: "componentName/optsMethod" } }
)";

class BodyOfARequest : public testing::Test {
protected:
    int send(const std::string& method,
             const std::string& path,
             const std::string& body,
             const std::string& type,
             const httplib::Headers& headers = {}) {
        httplib::Request request;
        request.method = method;
        request.path = path;
        request.headers = headers;
        request.body = body;
        if (!type.empty()) request.set_header("Content-Type", type);
        const auto result = client.send(request);
        answer = result ? *result : httplib::Response{};
        return result ? answer.status : 0;
    }
    int send_json(const std::string& method, const std::string& path, const std::string& body) {
        return send(method, path, body, "application/json");
    }
    std::string detail() const { return json::parse(answer.body).at("detail"); }
    std::string stored(const std::string& id) { return client.Get("/things/" + id)->body; }

    JsMesh mesh;
    Mosquitto mosquitto;
    MqttProbe probe{mosquitto.port()};
    GatewayProcess gateway{{.settings = mesh_settings(mesh) + broker_settings(mosquitto),
                            .mappings = {{"bodies.yaml", routes}}}};
    httplib::Client client = gateway.http();
    httplib::Response answer;
};

TEST_F(BodyOfARequest, IsWantedWhereItWouldBeStoredOrPublished) {
    ASSERT_EQ(send_json("PUT", "/things/a", R"({"c":1})"), 204);
    for (const char* method : {"PUT", "PATCH"}) {
        EXPECT_EQ(send_json(method, "/things/a", ""), 400) << method;
        EXPECT_EQ(detail(), "this request needs a body of JSON");
    }
    EXPECT_EQ(stored("a"), R"({"c":1})");
    probe.subscribe("published/#");
    EXPECT_EQ(send_json("POST", "/published/a", ""), 400);
    EXPECT_EQ(send_json("POST", "/published/a", "1"), 202);
    EXPECT_EQ(probe.wait_message("published/a").payload, "1") << "and nothing before";
}

TEST_F(BodyOfARequest, MayBeLeftOutWhereADefaultStandsIn) {
    EXPECT_EQ(send("POST", "/defaulting", "", ""), 200);
    EXPECT_EQ(answer.body, R"({"celsius":20})");
}

TEST_F(BodyOfARequest, MayBeLeftOutOfACallWithoutArguments) {
    EXPECT_EQ(send("POST", "/call", "", ""), 200);
    EXPECT_EQ(answer.body, "null");
}

TEST_F(BodyOfARequest, ThatIsATextStaysOne) {
    probe.subscribe("remarks/#");
    ASSERT_EQ(send("PUT", "/remarks/a", R"(say "hi")", "text/plain"), 204);
    EXPECT_EQ(probe.wait_message("remarks/a").payload, R"(say "hi")");
    EXPECT_EQ(stored("a"), R"(say "hi")");
    ASSERT_EQ(send("PUT", "/remarks/b", "", "text/plain"), 204);
    EXPECT_EQ(probe.wait_message("remarks/b").payload, "");
    EXPECT_EQ(stored("b"), "");
}

TEST_F(BodyOfARequest, ThatIsATextIsOneInUtf8) {
    EXPECT_EQ(send("PUT", "/remarks/a", "caf\xe9", "text/plain; charset=iso-8859-1"), 415);
    EXPECT_EQ(send("PUT", "/remarks/a", "caf\xe9", "text/plain"), 400);
    EXPECT_EQ(send("PUT", "/remarks/a", "caf\xc3\xa9", "text/plain; charset=\"UTF-8\""), 204);
}

/// A program that takes nothing but JSON can read every answer.
TEST_F(BodyOfARequest, ThatIsATextIsAnsweredAsJsonToWhoTakesNothingElse) {
    ASSERT_EQ(send("PUT", "/remarks/a", R"(say "hi")", "text/plain"), 204);
    const std::pair<std::string, std::string> cases[] = {
        {"application/json", R"("say \"hi\"")"},
        {"application/json, text/plain", R"(say "hi")"},
        {"application/json, */*", R"(say "hi")"},
        {"text/plain", R"(say "hi")"},
    };
    for (const auto& [accept, body] : cases) {
        const auto read = client.Get("/things/a", {{"Accept", accept}});
        EXPECT_EQ(read->body, body) << accept;
        const std::string type = body.front() == '"' ? "application/json" : "text/plain; charset=utf-8";
        EXPECT_EQ(read->get_header_value("Content-Type"), type) << accept;
    }
}

TEST_F(BodyOfARequest, ThatIsATextIsAnArgumentOfACall) {
    ASSERT_EQ(send("POST", "/text", R"([1, "2"])", "text/plain"), 200);
    EXPECT_EQ(json::parse(answer.body), (json{{"opts", R"([1, "2"])"}}));
}

TEST_F(BodyOfARequest, ThatIsBytesStaysThem) {
    probe.subscribe("pictures/#");
    const std::string bytes{"\x00\xff\x89PNG", 6};
    ASSERT_EQ(send("POST", "/pictures/a", bytes, "image/png"), 202);
    EXPECT_EQ(probe.wait_message("pictures/a").payload, bytes);
}

/// RFC 9110 sections 13.1.1 and 13.1.2: it must not be carried out if the condition does not hold.
TEST_F(BodyOfARequest, IsNotStoredOnAConditionThatNobodyChecks) {
    ASSERT_EQ(send_json("PUT", "/things/a", "1"), 204);
    const httplib::Headers conditions[] = {
        {{"If-None-Match", "*"}}, {{"If-Match", "\"old\""}}, {{"If-Match", "*"}}};
    for (const auto& condition : conditions) {
        EXPECT_EQ(send("PUT", "/things/a", "2", "application/json", condition), 501);
        EXPECT_EQ(detail(), condition.begin()->first + " is not supported where something is changed");
    }
    EXPECT_EQ(stored("a"), "1");
}

}  // namespace
