// Bad requests to mapped routes, byte by byte: each is refused, no route runs, and the connection goes on.
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/gateway_process.hpp"
#include "tests/support/raw_client.hpp"

namespace {

using namespace support;

constexpr const char* routes = R"(
version: 1
routes:
  echo:
    from: { http: "POST /echo" }
    to:   { answer: "{payload}" }
  device:
    from: { http: "GET /devices/{device}/state" }
    to:   { answer: "{device}" }
  name:
    from: { http: "POST /names" }
    to:   { happn: "set /names/{payload.name}" }
  delegated:
    from: { http: "POST /delegated" }
    to:   { happn: "set /names/latest", as: "{payload.user}" }
)";

class BadRequestToAMappedRoute : public testing::Test {
protected:
    /// The answer, and the one to a good request after it on the same connection.
    std::string answer_to(const std::string& request_line,
                          const std::string& headers = {},
                          const std::string& body = {}) {
        const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
        client.emplace(gateway.port());
        client->send(request_line + " HTTP/1.1\r\nHost: gateway\r\n" + headers + length + "\r\n" + body);
        client->send("GET /devices/d1/state HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n");
        const std::string answers = client->read_to_end();
        EXPECT_TRUE(answers.ends_with("\r\n\r\nd1")) << answers;
        return answers;
    }
    static bool has_status(const std::string& answers, int status) {
        return answers.starts_with("HTTP/1.1 " + std::to_string(status) + ' ');
    }
    /// Of good requests only.
    void expect_runs(const std::string& route, std::uint64_t times) {
        EXPECT_EQ(gateway.route(route).matched, times);
    }

    GatewayProcess gateway{{.settings = "node: { enabled: true }\n", .mappings = {{"routes.yaml", routes}}}};
    std::optional<RawClient> client;
};

TEST_F(BadRequestToAMappedRoute, OfAnotherContentTypeIs415) {
    EXPECT_TRUE(has_status(answer_to("POST /echo", "Content-Type: text/plain\r\n", "{}"), 415));
    EXPECT_TRUE(has_status(
        answer_to("POST /echo", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", "{}"), 415));
    expect_runs("echo", 0);
}

TEST_F(BadRequestToAMappedRoute, WhoseBodyIsNoJsonIs400) {
    for (const std::string body : {"{bad", "{\"a\":tru}", "[1,2", "\"\xff\""}) {
        const std::string answer = answer_to("POST /echo", "Content-Type: application/json\r\n", body);
        EXPECT_TRUE(has_status(answer, 400)) << answer;
        EXPECT_NE(answer.find("application/problem+json"), std::string::npos) << answer;
    }
    EXPECT_EQ(gateway.route("echo").outcome("delivered"), 0U);
}

TEST_F(BadRequestToAMappedRoute, WhoseBodyIsOfAnotherKindIsToldWhatItIsAndNotWhatItHolds) {
    const std::string is_a_list = "the payload is a list, not an object";
    for (const auto& [path, detail] : {std::pair{"/names", "{payload.name} has no value: " + is_a_list},
                                       std::pair{"/delegated", "'as' names nobody: " + is_a_list}}) {
        const std::string answer =
            answer_to(std::string{"POST "} + path, "Content-Type: application/json\r\n", R"(["secret"])");
        EXPECT_TRUE(has_status(answer, 400)) << answer;
        EXPECT_NE(answer.find(detail), std::string::npos) << answer;
        EXPECT_EQ(answer.find("secret"), std::string::npos) << answer;
    }
}

TEST_F(BadRequestToAMappedRoute, WhoseCaptureEscapesFindsNoRoute) {
    for (const std::string level : {"a%2Fb", "..", "%2e%2e", "a%00b", "%zz", "%ff"}) {
        const std::string answer = answer_to("GET /devices/" + level + "/state");
        EXPECT_TRUE(has_status(answer, 404)) << level << ": " << answer;
    }
    expect_runs("device", 6);
}

TEST_F(BadRequestToAMappedRoute, OfAnotherMethodIs405WithAllow) {
    const std::string answer = answer_to("DELETE /echo");
    EXPECT_TRUE(has_status(answer, 405)) << answer;
    EXPECT_NE(answer.find("Allow: OPTIONS, POST\r\n"), std::string::npos) << answer;
}

TEST_F(BadRequestToAMappedRoute, OfAnUnknownPathIs404) {
    EXPECT_TRUE(has_status(answer_to("GET /nothing"), 404));
    EXPECT_TRUE(has_status(answer_to("GET /devices/d1/state/deeper"), 404));
}

}  // namespace
