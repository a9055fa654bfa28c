// Start, reload and stop: SIGTERM lets what is in flight finish, SIGHUP takes new mappings or changes
// nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;
using nlohmann::json;

TEST(LifeCycle, SigtermLetsACallInFlightFinishAndThenEndsWithZero) {
    JsMesh mesh;
    GatewayProcess gateway{{.settings = mesh_settings(mesh) + "rest: { mesh: site }\n", .mappings = {}}};
    JsClient observer{"mesh-client@13.1.1"};
    observer.connect(mesh.port());
    auto call = std::async(std::launch::async, [&] {
        return gateway.http().Post("/rest/method/testTools/answerAfter",
                                   R"({"parameters":{"ms":2000,"value":"late"}})",
                                   "application/json");
    });
    ASSERT_TRUE(
        eventually([&] { return observer.call("testTools", "callCount") == 1; }));  // the mesh has the call
    auto stopped = std::async(std::launch::async,
                              [&] { gateway.stop(InFlight::something); });  // SIGTERM, and exit code 0
    gateway.process().wait_for_line("draining");
    const auto answer = call.get();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(json::parse(answer->body).at("data").at("value"), "late");
    stopped.get();
}

constexpr const char* slow_device = R"(
version: 1
routes:
  ask:
    from: { http: "GET /ask" }
    to:   { mqtt: "devices/d1/cmd", qos: 1, body: 1, reply: auto, timeout: 60s }
components:
  device:
    methods:
      ask:
        to: { mqtt: "devices/d1/cmd", qos: 1, body: 1, reply: auto, timeout: 60s }
)";

/// A gateway that is told to stop while a device owes it an answer.
class Drain : public testing::Test {
protected:
    explicit Drain(const std::string& shutdown = "10m")
        : gateway{{.settings = broker_settings(mosquitto) + "timeouts: { shutdown: " + shutdown + " }\n",
                   .mappings = {{"slow.yaml", slow_device}}}} {
        device.subscribe("devices/d1/cmd");
    }

    std::future<httplib::Result> ask() {
        return std::async(std::launch::async, [this] {
            auto client = gateway.http();
            return client.Get("/ask");
        });
    }
    /// SIGTERM, and exit code 0 in the end.
    std::future<void> start_stop() {
        auto stopped = std::async(std::launch::async, [this] { gateway.stop(InFlight::something); });
        gateway.process().wait_for_line("draining");
        return stopped;
    }
    void answer(const MqttMessage& command) { device.publish(reply_to(command, "42")); }
    static void expect_cancelled(const httplib::Result& answer) {
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 503) << answer->body;
        EXPECT_EQ(json::parse(answer->body).at("name"), "Cancelled") << answer->body;
    }

    Mosquitto mosquitto;
    GatewayProcess gateway;
    MqttProbe device{mosquitto.port()};
};

class ShortDrain : public Drain {
protected:
    ShortDrain() : Drain{"200ms"} {}
};

TEST_F(ShortDrain, CancelsWhatHasNotFinishedByItsEnd) {
    auto call = ask();
    device.wait_message("devices/d1/cmd");
    auto stopped = start_stop();
    expect_cancelled(call.get());
    stopped.get();
}

TEST_F(Drain, IsEndedByASecondSignal) {
    auto call = ask();
    device.wait_message("devices/d1/cmd");
    auto stopped = start_stop();
    gateway.process().signal(SIGTERM);
    expect_cancelled(call.get());
    stopped.get();
}

TEST_F(Drain, IsToldByReady) {
    auto call = ask();
    const MqttMessage command = device.wait_message("devices/d1/cmd");
    auto stopped = start_stop();
    const auto ready = gateway.admin().Get("/ready");
    ASSERT_TRUE(ready);
    EXPECT_EQ(ready->status, 503);
    EXPECT_EQ(json::parse(ready->body).at("missing"), json::array({"gateway gateway: draining"}));
    answer(command);
    const auto answered = call.get();
    ASSERT_TRUE(answered);
    EXPECT_EQ(answered->status, 200) << answered->body;
    EXPECT_EQ(answered->body, "42");
    stopped.get();
}

TEST_F(Drain, TakesNoNewMappings) {
    auto call = ask();
    const MqttMessage command = device.wait_message("devices/d1/cmd");
    auto stopped = start_stop();
    gateway.process().signal(SIGHUP);
    gateway.process().wait_for_line("not reloaded: the gateway is stopping");
    answer(command);
    const auto answered = call.get();
    ASSERT_TRUE(answered);
    EXPECT_EQ(answered->status, 200) << answered->body;
    stopped.get();
}

TEST_F(Drain, LetsTheCallOfAJavaScriptClientFinish) {
    JsClient caller{"mesh-client@13.1.1"};
    caller.connect(gateway.port(), {}, "gateway");
    const int call = caller.start(
        {{"command", "call"}, {"component", "device"}, {"method", "ask"}, {"args", json::array()}});
    const MqttMessage command = device.wait_message("devices/d1/cmd");
    auto stopped = start_stop();
    answer(command);
    EXPECT_EQ(caller.finish(call).at("result"), 42);
    stopped.get();
}

class Reload : public testing::Test {
protected:
    static std::string route(const std::string& path) {
        return "version: 1\nroutes:\n  hello: { from: { http: \"GET /" + path +
               "\" }, to: { answer: \"hello from " + path + "\" } }\n";
    }

    void reload_with(const std::string& text, const std::string& expected_line) {
        std::ofstream{mappings.path() / "routes.yaml"} << text;
        const std::size_t seen = gateway->process().line_count();
        gateway->process().signal(SIGHUP);
        gateway->process().wait_for_line(expected_line, patience, seen);
    }

    int status_of(const std::string& path) { return gateway->http().Get(path)->status; }

    TemporaryDirectory mappings;
    std::optional<GatewayProcess> gateway;

    void SetUp() override {
        mappings.write("routes.yaml", route("old"));
        gateway.emplace(GatewayFiles{
            .settings = "mappings: [\"" + (mappings.path() / "*.yaml").string() + "\"]\n", .mappings = {}});
    }
};

TEST_F(Reload, TakesTheNewRoutes) {
    EXPECT_EQ(gateway->http().Get("/old")->body, "hello from old");
    reload_with(route("new"), "reloaded");
    EXPECT_EQ(status_of("/new"), 200);
    EXPECT_EQ(status_of("/old"), 404);
}

TEST_F(Reload, TakesNewFilesThatMatchThePattern) {
    mappings.write(
        "more.yaml",
        "version: 1\nroutes: { more: { from: { http: \"GET /more\" }, to: { answer: \"more\" } } }\n");
    reload_with(route("old"), "reloaded: 2 routes");
    EXPECT_EQ(status_of("/more"), 200);
}

TEST_F(Reload, ShowsAMistakeWithItsPlaceInTheLine) {
    reload_with("version: 1\nroutes: { hello: { form: 1 } }\n", "not reloaded");
    gateway->process().wait_for_line("routes: { hello: { form: 1 } }");
    gateway->process().wait_for_line("                   ^");
}

TEST_F(Reload, ChangesNothingWhenTheNewFilesHaveMistakes) {
    reload_with("version: 1\nroutes: { hello: { from: { http: \"GET /new\" } } }\n", "not reloaded");
    EXPECT_EQ(status_of("/old"), 200);
    EXPECT_EQ(status_of("/new"), 404);
}

TEST(Start, FailsWithAClearWordWhenAPortIsTaken) {
    GatewayProcess first{{.settings = "", .mappings = {}}};
    TemporaryDirectory directory;
    const auto file =
        directory.write("gateway.yaml", "listen: [\"127.0.0.1:" + std::to_string(first.port()) + "\"]\n");
    Process second{{.arguments = {gateway_program(), "run", "--config", file.string()}}};
    EXPECT_EQ(second.wait(), 1);
    EXPECT_NE(second.printed().find(std::to_string(first.port())), std::string::npos) << second.printed();
}

TEST(Logs, AreJsonLinesWhenAskedFor) {
    GatewayProcess gateway{{.settings = "log: { level: info, format: json }\n", .mappings = {}}};
    const json line = json::parse(gateway.process().wait_for_line("is ready"));
    EXPECT_EQ(line.at("level"), "info");
    EXPECT_TRUE(line.contains("time"));
}

/// Standard output is not used by `run`, so all that was printed is the log; each line is marked as of
/// standard error.
std::vector<json> events(const std::string& printed) {
    constexpr std::string_view mark = "! ";
    std::vector<json> events;
    std::istringstream lines{printed};
    for (std::string line; std::getline(lines, line);) {
        EXPECT_TRUE(line.starts_with(mark)) << line;
        events.push_back(json::parse(line.substr(mark.size()), nullptr, false));
        EXPECT_TRUE(events.back().is_object()) << line;
    }
    return events;
}

bool has_event(const std::vector<json>& events, const std::string& level, std::string_view part) {
    return std::ranges::any_of(events, [&](const json& event) {
        return event.value("level", "") == level &&
               event.value("message", "").find(part) != std::string::npos;
    });
}

TEST(Logs, AreJsonLinesToTheEndEvenAfterAReloadWithMistakes) {
    TemporaryDirectory mappings;
    const auto file = mappings.write("routes.yaml", "version: 1\nroutes: {}\n");
    GatewayProcess gateway{
        {.settings = "log: { level: debug, format: json }\nmappings: [\"" + file.string() + "\"]\n",
         .mappings = {}}};
    mappings.write("routes.yaml", "version: 1\nroutes: { hello: { form: 1 } }\n");
    gateway.process().signal(SIGHUP);
    gateway.process().wait_for_line("not reloaded");
    gateway.stop();
    const auto seen = events(gateway.process().printed());
    EXPECT_TRUE(has_event(seen, "error", file.string() + ":2:20: HG201: unknown key 'form'"));
}

TEST(Logs, AreJsonLinesWhenTheGatewayCannotStart) {
    GatewayProcess first{{.settings = "", .mappings = {}}};
    TemporaryDirectory directory;
    const std::string port = std::to_string(first.port());
    const auto file =
        directory.write("gateway.yaml", "listen: [\"127.0.0.1:" + port + "\"]\nlog: { format: json }\n");
    Process second{{.arguments = {gateway_program(), "run", "--config", file.string()}}};
    EXPECT_EQ(second.wait(), 1);
    EXPECT_TRUE(has_event(events(second.printed()), "error", port));
}

}  // namespace
