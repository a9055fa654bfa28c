// Connections to HTTP services: on which one a request goes out, and what ends one for good.
#include <gtest/gtest.h>

#include "end_to_end.hpp"
#include "tests/support/http_service.hpp"

namespace {

using namespace support;

constexpr const char* echo_mapping = R"(
routes:
  get:  { from: { http: "GET /{what}/{key}" }, to: { http: "GET ${SERVICE}/{what}/{key}" } }
  cut:  { from: { http: "GET /cut/{times}/{key}" }, to: { http: "GET ${SERVICE}/cut/{times}/{key}" } }
  head: { from: { http: "GET /head/{key}" }, to: { http: "HEAD ${SERVICE}/text/{key}" } }
  post: { from: { http: "POST /cut/{times}/{key}" }, to: { http: "POST ${SERVICE}/cut/{times}/{key}" } }
  bare:
    from: { http: "POST /bare/{times}/{key}" }
    to: { http: "POST ${SERVICE}/cut/{times}/{key}", body: "", encode: text }
)";

class AConnection : public testing::Test {
protected:
    std::string get(const std::string& path) {
        const auto answer = http.Get(path);
        return answer ? answer->body : "nothing";
    }
    int connection_of_next_request(const std::string& url) {
        return service.next_request(url).at("connection").get<int>();
    }

    HttpService service;
    GatewayProcess gateway{{.settings = "node: { enabled: true }\n",
                            .mappings = {{"m.yaml", echo_mapping}},
                            .environment = {{"SERVICE", service.url()}}}};
    httplib::Client http = gateway.http();
};

TEST_F(AConnection, OnWhichAnAnswerComesThatNobodyAskedForIsNotUsedAgain) {
    ASSERT_EQ(get("/leaky/one"), "one");
    ASSERT_EQ(httplib::Client{service.url()}.Get("/spill")->status, 200);
    EXPECT_EQ(get("/leaky/two"), "two");
    EXPECT_EQ(get("/leaky/three"), "three");
    const int spilt = connection_of_next_request("/leaky/one");
    const int next = connection_of_next_request("/leaky/two");
    EXPECT_NE(next, spilt);
    EXPECT_EQ(connection_of_next_request("/leaky/three"), next);
}

TEST_F(AConnection, OnWhichAnAnswerIsLongerThanItSaysIsNotUsedAgain) {
    EXPECT_EQ(get("/overflowing/one"), "one");
    EXPECT_EQ(get("/overflowing/two"), "two");
    EXPECT_EQ(get("/leaky/three"), "three");
}

TEST_F(AConnection, OfAHeadRequestIsNotUsedAgainAsABodyMayFollow) {
    ASSERT_EQ(http.Get("/head/a")->status, 200);
    EXPECT_EQ(get("/leaky/one"), "one");
    const int of_head = connection_of_next_request("/text/a");
    EXPECT_NE(connection_of_next_request("/leaky/one"), of_head);
}

TEST_F(AConnection, ThatEndsWithoutAnAnswerEndsAPostThatMayHaveBeenCarriedOut) {
    for (const std::string route : {"/cut", "/bare"}) {
        ASSERT_EQ(get("/leaky/one"), "one");
        const auto answer = http.Post(route + "/1/by-" + route.substr(1), "{}", "application/json");
        EXPECT_EQ(answer->status, 504) << answer->body;
        ASSERT_EQ(get("/leaky/two"), "two");
        const int kept = connection_of_next_request("/leaky/one");
        EXPECT_EQ(connection_of_next_request("/cut/"), kept) << "or it is no test";
        EXPECT_EQ(service.next_request().at("url"), "/leaky/two") << "it was sent once";
    }
}

TEST_F(AConnection, ThatEndsWithoutAnAnswerIsReplacedForWhatMayBeCarriedOutTwice) {
    ASSERT_EQ(get("/leaky/one"), "one");
    EXPECT_EQ(get("/cut/1/a"), R"({"attempts":2})");
}

}  // namespace
