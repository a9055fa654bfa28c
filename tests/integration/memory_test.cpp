// What the gateway keeps in memory when nothing happens. Not a question of time: the same on any machine.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/file_limit.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;

#ifdef NDEBUG
constexpr bool optimized = true;
#else
constexpr bool optimized = false;
#endif

constexpr std::size_t idle_limit_kb = 24'000;  // libcurl and what it loads take 3'000 of them
constexpr std::size_t sessions = 10'000;
constexpr std::size_t session_limit_kb = 12;
constexpr std::size_t streams = 10'000;
constexpr std::size_t stream_limit_kb = 14;

constexpr const char* routes = R"(
version: 1
routes:
  up: { from: { mqtt: "up/{rest...}" }, to: { happn: "set /up/{rest...}" } }
  watch: { from: { http: "GET /watch" }, to: { stream: { happn: "on /up/*" }, heartbeat: 1h } }
  put: { from: { http: "PUT /up/{leaf}" }, to: { happn: "set /up/{leaf}" } }
)";

std::size_t resident_kb(const Process& process) {
    std::ifstream status{"/proc/" + std::to_string(process.pid()) + "/status"};
    for (std::string word; status >> word;) {
        std::size_t kb = 0;
        if (word == "VmRSS:" && status >> kb) return kb;
    }
    throw WaitFailed("no VmRSS of the gateway");
}

class Memory : public testing::Test {
protected:
    void SetUp() override {
        if (!optimized || tests_another_build()) GTEST_SKIP() << "of release builds only";
    }

    RawClient logged_in() {
        RawClient client{gateway.port(), io};
        client.send("GET /primus HTTP/1.1\r\nHost: gateway\r\n" + websocket_upgrade + "\r\n");
        client.send(text_frame(
            R"({"action":"configure-session","eventId":1,"data":{"protocol":"happn_4","version":"13.12.1"}})"));
        client.send(text_frame(
            R"({"action":"login","eventId":2,"data":{"info":{"_browser":false}},"options":{"timeout":60000}})"));
        client.read_until(R"("eventId":2)");
        return client;
    }

    std::shared_ptr<asio::io_context> io = std::make_shared<asio::io_context>();
    Mosquitto mosquitto;
    GatewayProcess gateway{{.settings = broker_settings(mosquitto), .mappings = {{"routes.yaml", routes}}}};
};

TEST_F(Memory, OfAnIdleGatewayIsSmall) {
    EXPECT_LT(resident_kb(gateway.process()), idle_limit_kb);
}

TEST_F(Memory, OfAnIdleSessionIsSmall) {
    allow_files(sessions + 100);
    const std::size_t before = resident_kb(gateway.process());
    std::vector<RawClient> clients;
    clients.reserve(sessions);
    while (clients.size() < sessions)
        clients.push_back(logged_in());
    EXPECT_LT(resident_kb(gateway.process()), before + sessions * session_limit_kb);
}

TEST_F(Memory, OfAnOpenStreamIsSmallAndTenThousandGetWhatIsPublished) {
    allow_files(streams + 100);
    const std::size_t before = resident_kb(gateway.process());
    std::vector<RawClient> readers;
    readers.reserve(streams);
    while (readers.size() < streams) {
        readers.emplace_back(gateway.port(), io);
        readers.back().send("GET /watch HTTP/1.1\r\nHost: gateway\r\n\r\n");
        readers.back().read_until("\r\n\r\n");
    }
    EXPECT_LT(resident_kb(gateway.process()), before + streams * stream_limit_kb);
    EXPECT_EQ(gateway.http().Put("/up/a", "{\"n\":1}", "application/json")->status, 200);
    for (RawClient& reader : readers)
        EXPECT_NE(reader.read_until("data: {\"n\":1}\n\n").find("data: {\"n\":1}"), std::string::npos);
}

}  // namespace
