// HTTP services that fail, stall or have more to do than they can: how they are asked again, and left alone.
#include <gmock/gmock.h>

#include <future>

#include "end_to_end.hpp"
#include "tests/integration/counter.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/http_service.hpp"
#include "tests/support/raw_client.hpp"

namespace {

using namespace support;

// --- retries, and the circuit ---

constexpr const char* retry_mapping = R"(
routes:
  fail:
    from: { http: "GET /fail" }
    to: { http: "GET ${SERVICE}/fail/2/503/a", retry: { max: 3, backoff: 10ms } }
  post:
    from: { http: "POST /fail" }
    to: { http: "POST ${SERVICE}/fail/2/503/b", retry: { max: 3, backoff: 10ms } }
  cut:
    from: { http: "POST /cut" }
    to: { http: "POST ${SERVICE}/cut/1/c", retry: { max: 3, backoff: 10ms, when: [network] } }
  busy:
    from: { http: "GET /busy" }
    to: { http: "GET ${SERVICE}/busy/1/d", retry: { max: 1, backoff: 1ms } }
  too_busy:
    from: { http: "GET /too-busy" }
    to: { http: "GET ${SERVICE}/busy/3600/e", retry: { max: 1, backoff: 1ms } }
  busy_until:
    from: { http: "GET /busy-until" }
    to: { http: "GET ${SERVICE}/busy_until/2/f", retry: { max: 1, backoff: 1ms } }
  dead: { from: { http: "GET /dead" }, to: { http: "GET ${OTHER}/text" } }
)";

class AServiceInTrouble : public testing::Test {
protected:
    HttpService service;
    HttpService other;
    GatewayProcess gateway{
        {.settings = "node: { enabled: true }\nservices: { circuit_failures: 3, circuit_pause: 1h }\n",
         .mappings = {{"retry.yaml", retry_mapping}},
         .environment = {{"SERVICE", service.url()}, {"OTHER", other.url()}}}};
    httplib::Client http = gateway.http();
};

TEST_F(AServiceInTrouble, IsAskedAgain) {
    EXPECT_EQ(http.Get("/fail")->body, R"({"attempts":3})");
    EXPECT_EQ(counter(gateway, "service_retries"), 2U);
}

TEST_F(AServiceInTrouble, SeesTheSameIdempotencyKeyEachTime) {
    EXPECT_EQ(http.Post("/fail", "{\"a\":1}", "application/json")->body, R"({"attempts":3})");
    const auto first = service.next_request();
    const std::string key = first.at("headers").at("idempotency-key");
    for (int i = 1; i < 3; ++i) {
        const auto again = service.next_request();
        EXPECT_EQ(again.at("headers").at("idempotency-key"), key);
        EXPECT_EQ(again.at("body"), first.at("body"));
    }
    EXPECT_EQ(http.Post("/fail", "{\"a\":1}", "application/json")->status, 200);
    EXPECT_NE(service.next_request().at("headers").at("idempotency-key"), key);
}

TEST_F(AServiceInTrouble, WhoseConnectionBreaksIsAskedAgain) {
    EXPECT_EQ(http.Post("/cut", "{}", "application/json")->body, R"({"attempts":2})");
}

TEST_F(AServiceInTrouble, IsGivenTheTimeItAsksFor) {
    const auto start = Clock::now();
    EXPECT_EQ(http.Get("/busy")->body, R"({"attempts":2})");
    EXPECT_GE(Clock::now() - start, std::chrono::seconds{1});
}

/// A date has no fractions of a second, so that two seconds are one at least.
TEST_F(AServiceInTrouble, IsGivenTheTimeUntilTheDateItNames) {
    const auto start = Clock::now();
    EXPECT_EQ(http.Get("/busy-until")->body, R"({"attempts":2})");
    EXPECT_GE(Clock::now() - start, std::chrono::seconds{1});
}

TEST_F(AServiceInTrouble, ThatAsksForMoreTimeThanThereIsHasFailed) {
    EXPECT_EQ(http.Get("/too-busy")->status, 502);
    EXPECT_EQ(counter(gateway, "service_retries"), 0U);
}

TEST_F(AServiceInTrouble, IsLeftAloneAfterFailuresInARow) {
    other.kill();
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(http.Get("/dead")->status, 503);
    EXPECT_EQ(counter(gateway, "service_requests"), 3U);
    EXPECT_EQ(counter(gateway, "service_circuit_opened"), 1U);
    EXPECT_EQ(http.Get("/fail")->status, 200) << "another host has a circuit of its own";
}

constexpr const char* circuit_mapping = R"(
routes:
  ails:     { from: { http: "GET /ails/{times}/{key}" }, to: { http: "GET ${SERVICE}/fail/{times}/503/{key}" } }
  held:     { from: { http: "GET /held" }, to: { http: "GET ${SERVICE}/held" } }
  impatient: { from: { http: "POST /impatient" }, to: { call: "slow/answer", timeout: 100ms } }
components:
  slow: { methods: { answer: { parameters: [], to: { http: "GET ${SERVICE}/stall", timeout: 1m } } } }
)";

/// It is left alone after three failures, for a moment.
class ACircuit : public testing::Test {
protected:
    int get(const std::string& path) { return http.Get(path)->status; }
    /// 502: the service has said so; 503: it was not asked.
    int status_when_asked(const std::string& path) {
        int status = 0;
        EXPECT_TRUE(eventually([&] { return (status = get(path)) != 503; }));
        return status;
    }
    void open_by_three_failures(const std::string& path) {
        for (int i = 0; i < 3; ++i)
            ASSERT_EQ(get(path), 502);
        ASSERT_EQ(counter(gateway, "service_circuit_opened"), 1U);
    }
    std::uint64_t asked() const { return counter(gateway, "service_requests"); }

    HttpService service;
    GatewayProcess gateway{
        {.settings = "node: { enabled: true }\nservices: { circuit_failures: 3, circuit_pause: 300ms }\n",
         .mappings = {{"circuit.yaml", circuit_mapping}},
         .environment = {{"SERVICE", service.url()}}}};
    httplib::Client http = gateway.http();
};

TEST_F(ACircuit, ClosesWhenTheOneRequestThatTriesSucceeds) {
    open_by_three_failures("/ails/3/a");
    EXPECT_EQ(status_when_asked("/ails/3/a"), 200);
    EXPECT_EQ(asked(), 4U);
    EXPECT_EQ(get("/ails/3/a"), 200);
    EXPECT_EQ(get("/ails/1/b"), 502);
    EXPECT_EQ(get("/ails/1/b"), 200) << "one failure does not open it again";
}

TEST_F(ACircuit, OpensAgainWhenThatOneFails) {
    open_by_three_failures("/ails/4/a");
    EXPECT_EQ(status_when_asked("/ails/4/a"), 502);
    EXPECT_EQ(counter(gateway, "service_circuit_opened"), 2U);
    EXPECT_EQ(status_when_asked("/ails/4/a"), 200);
    EXPECT_EQ(asked(), 5U);
}

TEST_F(ACircuit, LetsNobodyElseTryMeanwhile) {
    open_by_three_failures("/ails/3/a");
    auto trying = std::async(std::launch::async, [&] {
        int status = 503;
        httplib::Client client = gateway.http();
        eventually([&] { return (status = client.Get("/held")->status) != 503; });
        return status;
    });
    service.next_request("/held");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(get("/ails/3/a"), 503);
    EXPECT_EQ(asked(), 4U);
    httplib::Client{service.url()}.Get("/release");
    EXPECT_EQ(trying.get(), 200);
    EXPECT_EQ(get("/ails/3/a"), 200);
}

TEST_F(ACircuit, IsNotOpenedByCallersWithLittlePatience) {
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(http.Post("/impatient", "{}", "application/json")->status, 504);
    EXPECT_EQ(counter(gateway, "service_circuit_opened"), 0U);
    EXPECT_EQ(get("/ails/0/a"), 200);
}

TEST_F(ACircuit, IsNotOpenedByCallersWhoLeave) {
    constexpr int callers = 5;
    for (int i = 0; i < callers; ++i) {
        RawClient caller{gateway.port()};
        caller.send("GET /held HTTP/1.1\r\nHost: gateway\r\n\r\n");
        service.next_request("/held");
        caller.close();
    }
    httplib::Client{service.url()}.Get("/release");
    EXPECT_TRUE(eventually([&] { return gateway.route("held").pending == 0; }));
    EXPECT_EQ(gateway.route("held").ended(), static_cast<std::uint64_t>(callers));
    EXPECT_EQ(counter(gateway, "service_circuit_opened"), 0U);
    EXPECT_EQ(get("/ails/0/a"), 200);
}

// --- limits of one host ---

TEST(AServiceWithOneConnection, IsAskedOneByOneAndRefusesWhatIsTooMuch) {
    HttpService service;
    const GatewayProcess gateway{
        {.settings = "node: { enabled: true }\nservices: { connections: 1, waiting: 1 }\n",
         .mappings = {{"m.yaml",
                       "routes: { stall: { from: { http: \"GET /stall\" }, to: { http: \"GET " +
                           service.url() + "/stall\", timeout: 2s } } }\n"}}}};
    const auto get = [&] { return gateway.http().Get("/stall")->status; };
    auto first = std::async(std::launch::async, get);
    service.next_request();
    auto second = std::async(std::launch::async, get);
    ASSERT_TRUE(eventually([&] { return gateway.route("stall").matched == 2; }));
    EXPECT_EQ(gateway.http().Get("/stall")->status, 503);
    EXPECT_EQ(counter(gateway, "service_overloaded"), 1U);
    EXPECT_EQ(first.get(), 504);
    EXPECT_EQ(second.get(), 504);
}

TEST(AServiceWithOneConnection, IsAskedInTheOrderOfTheRequests) {
    HttpService service;
    const GatewayProcess gateway{
        {.settings = "node: { enabled: true }\nservices: { connections: 1 }\n",
         .mappings = {{"m.yaml",
                       "routes:\n  r: { from: { http: \"GET /{what}/{n}\" }, to: { http: \"GET " +
                           service.url() + "/{what}/{n}\" } }\n"}}}};
    const auto get = [&](const std::string& path) { return gateway.http().Get(path)->status; };
    std::vector<std::future<int>> answers;
    answers.push_back(std::async(std::launch::async, get, "/held/0"));
    service.next_request();
    for (std::uint64_t i = 1; i < 6; ++i) {
        answers.push_back(std::async(std::launch::async, get, "/status/20" + std::to_string(i)));
        ASSERT_TRUE(eventually([&] { return gateway.route("r").matched == i + 1; }));
    }
    httplib::Client{service.url()}.Get("/release");
    EXPECT_EQ(service.next_request().at("url"), "/release");
    for (int i = 1; i < 6; ++i)
        EXPECT_EQ(service.next_request().at("url"), "/status/20" + std::to_string(i));
    for (auto& answer : answers)
        EXPECT_EQ(answer.get(), 200);
}

}  // namespace
