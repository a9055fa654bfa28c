// Dead letters of a running gateway between a real Mosquitto and a real mesh: seen, replayed and dropped by
// the commands, and as docs/operations.md shows it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/markdown.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* as_numbers = R"(
version: 1
routes:
  up:
    from: { mqtt: "numbers/{device}", qos: 1 }
    to:   { happn: "set /numbers/{device}" }
    delivery: { guarantee: at-least-once, retry: { max: 0 } }
)";

/// The same, and takes any text.
constexpr const char* as_text = R"(
version: 1
routes:
  up:
    from: { mqtt: "numbers/{device}", qos: 1, decode: text }
    to:   { happn: "set /numbers/{device}" }
    delivery: { guarantee: at-least-once, retry: { max: 0 } }
)";

constexpr const char* another_route = R"(
version: 1
routes:
  other:
    from: { mqtt: "others/{device}", qos: 1 }
    to:   { happn: "set /others/{device}" }
    delivery: at-least-once
)";

struct Ended {
    int status;
    std::string output;
    std::string printed;  // both streams
};

class DeadLetters : public testing::Test {
protected:
    DeadLetters() { gateway = start(); }

    std::unique_ptr<GatewayProcess> start() {
        home.write("mappings/up.yaml", as_numbers);
        const std::string settings =
            "brokers: { local: { url: \"" + mosquitto.url() + "\", client_id: one, session_expiry: 1h } }\n" +
            "meshes: { site: { url: \"" + mesh.url() + "\", reconnect_min: 50ms, reconnect_max: 200ms } }\n" +
            "spool: { path: \"" + (home.path() / "spool").string() + "\" }\nmappings: [\"" +
            (home.path() / "mappings/*.yaml").string() + "\"]\n";
        home.write("config/gateway.yaml", settings + "admin: { listen: \"127.0.0.1:${ADMIN_PORT}\" }\n");
        return std::make_unique<GatewayProcess>(GatewayFiles{.settings = settings, .mappings = {}});
    }

    /// As a person types it, where config/gateway.yaml is that of the running gateway.
    Ended type(const std::string& line) const {
        const auto programs = std::filesystem::path{gateway_program()}.parent_path().string();
        Process process{{.arguments = {"bash", "-c", line},
                         .environment = {{"PATH", programs + ":" + std::getenv("PATH")},
                                         {"ADMIN_PORT", std::to_string(gateway->admin_port())},
                                         {"HOME", home.path().string()},
                                         {"CURL_HOME", home.path().string()},
                                         {"XDG_CONFIG_HOME", (home.path() / ".config").string()}},
                         .directory = home.path().string()}};
        const int status = process.wait();
        return {status, process.output(), process.printed()};
    }
    Ended command(const std::string& arguments) const {
        return type("happn-gateway dead-letters " + arguments + " --config config/gateway.yaml");
    }

    void publish(const std::string& device, const std::string& payload) {
        probe.publish({.topic = "numbers/" + device, .payload = payload, .qos = 1});
    }

    /// What no route can read as JSON.
    void give_up(const std::vector<std::string>& payloads) {
        const auto before = gateway->route("up").outcome("dead");
        for (const std::string& payload : payloads)
            publish("a", payload);
        EXPECT_TRUE(has("dead", before + payloads.size()));
    }

    bool has(const std::string& outcome, std::uint64_t count) const {
        return eventually([&] { return gateway->route("up").outcome(outcome) == count; });
    }

    void reload(const char* mapping) {
        home.write("mappings/up.yaml", mapping);
        gateway->process().signal(SIGHUP);
        gateway->process().wait_for_line("reloaded: 1 route");
    }

    json listed() const { return json::parse(command("list --json").output)["letters"]; }

    TemporaryDirectory home;
    Mosquitto mosquitto;
    JsMesh mesh;
    MqttProbe probe{mosquitto.port()};
    std::unique_ptr<GatewayProcess> gateway;
};

TEST_F(DeadLetters, AreListedShownReplayedInOrderAndDropped) {
    give_up({"{one", "{two", "{three"});
    const json letters = listed();
    ASSERT_EQ(letters.size(), 3u);
    EXPECT_EQ(letters[0]["stage"], "decode");
    const auto id = letters[2]["id"].get<int>();
    const json shown = json::parse(command("show --json " + std::to_string(id)).output);
    EXPECT_EQ(shown["payload"], "{one") << "the first one is the last of the list";
    EXPECT_EQ(shown["from"]["address"], "numbers/a");
    EXPECT_EQ(shown["from"]["meta"]["qos"], 1);

    JsClient client{happn_client_of("13.1.1")};
    client.connect(mesh.port());
    const auto heard = client.on("/numbers/*");
    reload(as_text);
    EXPECT_EQ(command("replay --route up").output, "3 dead letters replayed\n");
    for (const char* text : {"{one", "{two", "{three"})
        EXPECT_EQ(client.wait_message(heard)["data"]["value"], text);
    EXPECT_TRUE(has("delivered", 3));
    EXPECT_EQ(gateway->route("up").recovered, 3u);
    EXPECT_EQ(command("list").output, "0 dead letters in the spool\n");

    reload(as_numbers);
    give_up({"{four"});
    EXPECT_EQ(command("drop " + listed()[0]["id"].dump()).output, "1 dead letter dropped\n");
    EXPECT_EQ(metric(gateway->metrics(), "happn_gateway_dead_letters_dropped_total"), 1);
    EXPECT_EQ(metric(gateway->metrics(), "happn_gateway_spool_messages"), 0);
}

TEST_F(DeadLetters, WaitForTheirTurnBehindWhatWaitsForTheMesh) {
    give_up({"{one"});
    mesh.stop();
    gateway->wait_until_ready(false);
    publish("a", "2");
    EXPECT_TRUE(eventually([&] { return gateway->route("up").pending == 1; }));
    reload(as_text);
    EXPECT_EQ(command("replay --all").status, 0);
    EXPECT_EQ(gateway->route("up").pending, 2u);
    mesh.start();
    EXPECT_TRUE(has("delivered", 2));
    JsClient client{happn_client_of("13.1.1")};
    client.connect(mesh.port());
    EXPECT_EQ(client.get("/numbers/a")["value"], "{one") << "the last one";
}

TEST_F(DeadLetters, OfARouteThatHasGoneStayAndItIsSaidWhy) {
    give_up({"{one"});
    reload(another_route);
    const Ended ended = command("replay --all");
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.printed, HasSubstr("0 dead letters replayed"));
    EXPECT_THAT(ended.printed, HasSubstr("there is no route 'up' now"));
    EXPECT_EQ(listed().size(), 1u);
}

TEST_F(DeadLetters, AreStillThereAfterTheGatewayWasKilledAndReplayedByTheNextRun) {
    give_up({"{one"});
    gateway->kill();
    gateway = start();
    EXPECT_EQ(listed().size(), 1u);
    reload(as_text);
    EXPECT_EQ(command("replay --all").status, 0);
    EXPECT_TRUE(has("delivered", 1));
}

TEST_F(DeadLetters, ShowNoCredentialAndNothingThatATerminalWouldObey) {
    probe.publish({.topic = "numbers/a",
                   .payload = "\x1b[2J{",
                   .qos = 1,
                   .user_properties = {{"happn_token", "a-users-own"}, {"unit", "C"}}});
    EXPECT_TRUE(has("dead", 1));
    const Ended ended = command("show " + listed()[0]["id"].dump());
    EXPECT_THAT(ended.output, HasSubstr("unit"));
    EXPECT_THAT(ended.output, HasSubstr("\\x1b[2J{"));
    EXPECT_THAT(ended.output, Not(HasSubstr("\x1b")));
    EXPECT_THAT(ended.output, Not(HasSubstr("a-users-own")));
}

TEST_F(DeadLetters, CommandsThatCannotDoWhatTheyAreToldSayWhy) {
    EXPECT_EQ(command("show 99").status, 1);
    EXPECT_THAT(command("show 99").printed, HasSubstr("dead letter 99 is not in the spool"));
    EXPECT_EQ(command("drop 99").status, 1);
    EXPECT_EQ(command("replay").status, 2);
    EXPECT_EQ(command("replay 1 --all").status, 2);
    EXPECT_EQ(command("show").status, 2);
    EXPECT_EQ(type("happn-gateway dead-letters list").status, 2);
    EXPECT_EQ(type("happn-gateway dead-letters").status, 2);
    const std::string by_address = "happn-gateway dead-letters list --admin 127.0.0.1:$ADMIN_PORT";
    EXPECT_EQ(type(by_address).status, 0);
    gateway->stop();
    EXPECT_THAT(type(by_address).printed, HasSubstr("no answer from an admin listener"));
}

TEST(DeadLettersBehindAToken, AreForThoseWhoHaveIt) {
    const auto port = free_port();
    const std::string settings =
        "node: { enabled: true }\nadmin: { listen: \"127.0.0.1:" + std::to_string(port) +
        "\", token: \"${OPERATORS}\" }\nspool: { path: ./spool }\n";
    GatewayProcess gateway{
        {.settings = settings, .mappings = {}, .environment = {{"OPERATORS", "operators-own"}}}};
    TemporaryDirectory home;
    const auto config = home.write("gateway.yaml", settings).string();
    const auto list = [&](std::vector<std::string> where, std::map<std::string, std::string> environment) {
        std::vector<std::string> arguments{gateway_program(), "dead-letters", "list"};
        arguments.insert(arguments.end(), where.begin(), where.end());
        Process process{{.arguments = std::move(arguments), .environment = std::move(environment)}};
        process.wait();
        return process.printed();
    };
    const std::vector<std::string> by_address{"--admin", "127.0.0.1:" + std::to_string(port)};
    EXPECT_THAT(list(by_address, {}), HasSubstr("a token is required"));
    EXPECT_THAT(list(by_address, {{"HAPPN_GATEWAY_ADMIN_TOKEN", "operators-own"}}),
                HasSubstr("0 dead letters in the spool"));
    EXPECT_THAT(list({"--config", config}, {{"OPERATORS", "operators-own"}}),
                HasSubstr("0 dead letters in the spool"));
    gateway.kill();  // the checks of an orderly end ask without the token
}

/// The commands under "Dead letters", one after the other, against a gateway with one such letter.
TEST_F(DeadLetters, AreWhatTheDocumentationShows) {
    home.write(".config/mosquitto_pub", "-h 127.0.0.1\n-p " + std::to_string(mosquitto.port()) + "\n");
    home.write(".curlrc",
               "connect-to = \"127.0.0.1:8081:127.0.0.1:" + std::to_string(gateway->admin_port()) + "\"\n");
    int typed = 0;
    for (const CodeBlock& block : code_blocks(read_file(source_tree("docs/operations.md")))) {
        if (block.kind != "console dead-letters") continue;
        for (const auto& [line, output] : shown_commands(block)) {
            const Ended ended = type(line);
            EXPECT_EQ(ended.status, 0) << line << '\n' << ended.printed;
            EXPECT_PRED2(reads_as, ended.output, output) << line;
            ++typed;
            if (line.starts_with("mosquitto_pub")) {
                EXPECT_TRUE(has("dead", 1));
            }
        }
    }
    EXPECT_GE(typed, 6);
}

}  // namespace
