#include "config/load.hpp"
#include "tests/tree/tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

namespace config {
namespace {

using namespace std::chrono_literals;

Environment environment(std::map<std::string, std::string> variables = {}) {
    return {[variables](std::string_view name) -> std::optional<std::string> {
                const auto found = variables.find(std::string{name});
                return found == variables.end() ? std::nullopt : std::optional{found->second};
            },
            support::source_tree("config")};
}

Loaded parsed(std::string_view text, std::map<std::string, std::string> variables = {}) {
    return parse(text, "gateway.yaml", environment(std::move(variables)));
}

std::string all_text(const Loaded& loaded) {
    std::string text;
    for (const auto& finding : loaded.findings.sorted())
        text += finding.text();
    return text;
}

/// The settings of a text that must be right.
Settings settings(std::string_view text, std::map<std::string, std::string> variables = {}) {
    const auto loaded = parsed(text, std::move(variables));
    EXPECT_TRUE(loaded.settings.has_value()) << all_text(loaded);
    return loaded.settings.value_or(Settings{});
}

/// "CODE line:column" of every finding, in order.
std::vector<std::string> findings(std::string_view text) {
    const auto loaded = parsed(text);
    std::vector<std::string> lines;
    for (const auto& finding : loaded.findings.sorted()) {
        lines.push_back(finding.code + " " + std::to_string(finding.line) + ":" +
                        std::to_string(finding.column));
    }
    EXPECT_EQ(loaded.settings.has_value(), !loaded.findings.has_errors());
    return lines;
}

/// The only finding's message and hint.
std::string complaint(std::string_view text) {
    const auto loaded = parsed(text);
    EXPECT_FALSE(loaded.settings.has_value());
    EXPECT_EQ(loaded.findings.size(), 1u) << all_text(loaded);
    if (loaded.findings.size() == 0) return {};
    const auto& finding = loaded.findings.all().front();
    return finding.code + ": " + finding.message + (finding.hint.empty() ? "" : " (" + finding.hint + ")");
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(LoadGateway, AnEmptyFileGivesTheDefaults) {
    const auto defaults = settings("");

    EXPECT_EQ(defaults.name, "gateway");
    ASSERT_EQ(defaults.listen.size(), 1u);
    EXPECT_EQ(defaults.listen[0].port, 8080);
    EXPECT_TRUE(defaults.node.enabled);
    EXPECT_EQ(defaults.node.name, "gateway");
    EXPECT_EQ(defaults.rest.mesh, "node");
    EXPECT_EQ(defaults.timeouts.rest, gateway::Duration{10s});
    EXPECT_FALSE(defaults.admin);
}

TEST(LoadGateway, ReadsEverySection) {
    const auto read = settings(R"(
name: plant7
listen: ["127.0.0.1:18080", { address: "[::1]:0", proxy_protocol: true,
         tls: { certificate: "-----BEGIN CERTIFICATE-----", key: "-----BEGIN KEY-----", min_version: 1.3 } }]
admin: { listen: "localhost:18081", token: secret }
health: { listen: "0.0.0.0:18082" }
node: { enabled: true, secure: false, store: data/node.sqlite, name: plant-node, max_sessions: 5, max_backlog: 1MiB,
        keep_alive: 20s, max_silence: 1m }
meshes:
  site: { url: ["wss://mesh:55001", "ws://other"], tls: { server_name: mesh.example, ca: "-----BEGIN CERTIFICATE-----" }, username: gw, password: pw, required: false, call_timeout: 3s, keep_alive: 5s, keep_alive_timeout: 2s }
  old: { url: ["ws://[::1]"], token: t0ken }
brokers:
  local: { url: "mqtt://broker", version: 3.1.1, username: u, password: p, client_id: c, keep_alive: 10s,
           session_expiry: 1h, will: { topic: gone, payload: "yes", qos: 1, retain: true }, max_queue: 7 }
  cloud: { url: "wss://broker/mqtt", tls: { ca: "-----BEGIN CERTIFICATE-----", alpn: [mqtt] }, headers: { X-Key: k3y },
           status: { topic: here, offline: away } }
rest: { mesh: site, allow: ["thermostat/*"], tokens: [bearer], hosts: ["GW.example", "*.plant.example"] }
workers: 1
log: { level: debug, format: json, access: true }
clients: { requests: 30/m, burst: 5, connections: 7 }
proxies: { trusted: ["10.0.0.0/8", "::1"] }
compression: { enabled: false, minimum: 2KiB }
limits: { http_body: 64KiB, websocket_message: 1MiB }
timeouts: { rest: 250ms, shutdown: 1m }
)");

    EXPECT_EQ(read.name, "plant7");
    EXPECT_EQ(read.listen.at(1).host, "::1");
    EXPECT_TRUE(read.listen.at(1).proxy_protocol);
    EXPECT_EQ(read.listen.at(1).tls.value().key.text.reveal(), "-----BEGIN KEY-----");
    EXPECT_EQ(read.listen.at(1).tls.value().min_version, gateway::TlsVersion::tls_1_3);
    EXPECT_FALSE(read.listen.at(0).tls);
    EXPECT_EQ(read.client_limits.requests, 0.5);
    EXPECT_EQ(read.client_limits.burst, 5u);
    EXPECT_EQ(read.client_limits.connections, 7u);
    EXPECT_EQ(read.proxies.trusted.size(), 2u);
    EXPECT_EQ(read.rest.hosts, (std::vector<std::string>{"gw.example", "*.plant.example"}));
    EXPECT_FALSE(read.compression.enabled);
    EXPECT_EQ(read.compression.minimum, 2048u);
    EXPECT_TRUE(read.log.access);
    EXPECT_EQ(read.admin->listen.host, "127.0.0.1");
    EXPECT_EQ(read.admin->token.reveal(), "secret");
    EXPECT_EQ(read.health->listen.port, 18082);
    EXPECT_EQ(read.node.name, "plant-node");
    EXPECT_EQ(read.node.store_file, support::source_tree("config/data/node.sqlite"));
    EXPECT_EQ(read.node.max_sessions, 5u);
    EXPECT_EQ(read.node.max_backlog, 1024u * 1024);
    EXPECT_EQ(read.node.keep_alive, gateway::Duration{20s});
    EXPECT_EQ(read.node.max_silence, gateway::Duration{1min});
    ASSERT_EQ(read.meshes.size(), 2u);
    EXPECT_EQ(read.meshes[0].name, "site");
    ASSERT_EQ(read.meshes[0].urls.size(), 2u);
    EXPECT_EQ(read.meshes[0].urls[0].endpoint.host, "mesh");
    EXPECT_EQ(read.meshes[0].urls[0].endpoint.port, 55001);
    EXPECT_TRUE(read.meshes[0].urls[0].tls);
    EXPECT_EQ(read.meshes[0].urls[1].endpoint.port, 55000);
    EXPECT_FALSE(read.meshes[0].urls[1].tls);
    EXPECT_EQ(read.meshes[0].tls.server_name, "mesh.example");
    EXPECT_TRUE(read.meshes[0].tls.verify);
    EXPECT_EQ(read.meshes[0].password.reveal(), "pw");
    EXPECT_FALSE(read.meshes[0].required);
    EXPECT_EQ(read.meshes[0].call_timeout, gateway::Duration{3s});
    EXPECT_EQ(read.meshes[0].keep_alive, gateway::Duration{5s});
    EXPECT_EQ(read.meshes[0].keep_alive_timeout, gateway::Duration{2s});
    EXPECT_EQ(read.meshes[1].urls.at(0).endpoint.host, "::1");
    EXPECT_EQ(read.meshes[1].urls.at(0).endpoint.port, 55000);
    ASSERT_EQ(read.brokers.size(), 2u);
    EXPECT_EQ(read.brokers[0].url, "tcp://broker:1883");
    EXPECT_EQ(read.brokers[0].version, 3);
    EXPECT_EQ(read.brokers[0].session_expiry, gateway::Duration{1h});
    EXPECT_EQ(read.brokers[0].will->topic, "gone");
    EXPECT_TRUE(read.brokers[0].will->retain);
    EXPECT_EQ(read.brokers[0].max_queue, 7u);
    EXPECT_EQ(read.brokers[1].url, "wss://broker:443/mqtt");
    EXPECT_EQ(read.brokers[1].tls.alpn, std::vector<std::string>{"mqtt"});
    EXPECT_EQ(read.brokers[1].headers.at(0).first, "X-Key");
    EXPECT_EQ(read.brokers[1].headers.at(0).second.reveal(), "k3y");
    EXPECT_EQ(read.brokers[1].status->online, "online");
    EXPECT_EQ(read.brokers[1].status->offline, "away");
    EXPECT_EQ(read.brokers[1].status->qos, 1);
    EXPECT_TRUE(read.brokers[1].status->retain);
    EXPECT_EQ(read.rest.mesh, "site");
    EXPECT_TRUE(read.rest.bearer);
    EXPECT_FALSE(read.rest.query);
    EXPECT_EQ(read.log.level, "debug");
    EXPECT_EQ(read.log.format, gateway::LogFormat::json);
    EXPECT_EQ(read.limits.http_body, 64u * 1024);
    EXPECT_EQ(read.timeouts.rest, gateway::Duration{250ms});
    EXPECT_EQ(read.timeouts.shutdown, gateway::Duration{1min});
}

TEST(LoadGateway, AListenersProxiesTlsAndRatesMustBeWhole) {
    EXPECT_TRUE(contains(complaint("listen: { address: \"127.0.0.1:1\", tls: { key: \"-----BEGIN \" } }"),
                         "HG408: key 'certificate' is missing"));
    EXPECT_TRUE(contains(complaint("listen: { address: \"127.0.0.1:1\", proxy_protocol: true }"),
                         "HG408: 'proxy_protocol' needs proxies.trusted"));
    EXPECT_TRUE(contains(complaint("proxies: { trusted: [\"10.0.0.1/8\"] }"), "HG407"));
    EXPECT_TRUE(contains(complaint("rest: { hosts: [\"http://gw.example\"] }"),
                         "expected a host name, without scheme and port"));
    EXPECT_TRUE(contains(complaint("clients: { requests: 0/s }"), "HG407"));
    EXPECT_TRUE(contains(complaint("clients: { requests: 5 }"), "HG407"));
}

TEST(LoadGateway, ReadsValuesFromTheEnvironment) {
    const auto read = settings(
        "listen: [\"127.0.0.1:${PORT}\"]\nnode: { enabled: \"${NODE:-false}\" }\nworkers: ${WORKERS:-1}\n"
        "timeouts:\n  rest: ${REST:-2s}\n",
        {{"PORT", "1234"}});

    EXPECT_EQ(read.listen.at(0).port, 1234);
    EXPECT_EQ(read.timeouts.rest, gateway::Duration{2s});
    EXPECT_FALSE(read.node.enabled);
    EXPECT_EQ(read.workers, 1);
}

TEST(LoadGateway, CollectsAllFindingsAtOnceEachWithItsPlace) {
    EXPECT_EQ(findings("lisen: []\n"
                       "timeouts: { rest: 5 }\n"
                       "limits:\n"
                       "  http_body: lots\n"
                       "brokers: { local: { version: 4 } }\n"
                       "workers: 2\n"),
              (std::vector<std::string>{
                  "HG201 1:1", "HG407 2:19", "HG407 4:14", "HG408 5:19", "HG407 5:30", "HG410 6:10"}));
}

TEST(LoadGateway, UnknownKeysComeWithWhatWasMeant) {
    EXPECT_EQ(complaint("lisen: []"), "HG201: unknown key 'lisen' (did you mean 'listen'?)");
    EXPECT_TRUE(
        contains(complaint("brokers: { b: { url: \"tcp://h\", usrname: x } }"), "did you mean 'username'?"));
}

TEST(LoadGateway, DurationsAndSizesNeedTheirUnit) {
    EXPECT_EQ(complaint("timeouts: { rest: 10 }"),
              "HG407: expected a duration, not '10' (a whole number and ms, s, m, h or d: 250ms, 5s)");
    EXPECT_TRUE(contains(complaint("limits: { http_body: 64KB }"), "expected a size, not '64KB'"));
    EXPECT_TRUE(contains(complaint("timeouts: { rest: 0ms }"), "HG409: must be from 1ms to 1d"));
    EXPECT_TRUE(contains(complaint("limits: { pending: 16777217 }"), "HG409: "));
    // What the other side's packages need: old servers hear from us within 35 s, new clients within 45 s.
    EXPECT_TRUE(contains(complaint("meshes: { site: { url: \"ws://mesh\", keep_alive: 31s } }"),
                         "HG409: must be from 1s to 30s"));
    EXPECT_TRUE(contains(complaint("node: { keep_alive: 41s }"), "HG409: must be from 1s to 40s"));
}

TEST(LoadGateway, ABrokersUrlSaysHowItIsReached) {
    const std::pair<const char*, const char*> spellings[] = {
        {"mqtt://broker", "tcp://broker:1883"},
        {"mqtts://broker", "ssl://broker:8883"},
        {"SSL://broker:1", "ssl://broker:1"},
        {"ws://broker", "ws://broker:80"},
        {"ws://broker/", "ws://broker:80/"},
        {"wss://broker/mqtt/7", "wss://broker:443/mqtt/7"},
        {"wss://[::1]:9001/mqtt", "wss://[::1]:9001/mqtt"},
    };
    for (const auto& [written, meant] : spellings) {
        const auto read = settings("brokers: { b: { url: \"" + std::string{written} + "\" } }");
        EXPECT_EQ(read.brokers.at(0).url, meant);
    }
}

TEST(LoadGateway, APathOrAQueryOfABrokersUrlThatWouldBeLostIsRefused) {
    for (const char* url : {"tcp://broker/path", "ssl://broker/path", "ws://broker/mqtt?token=s3cret"}) {
        const auto line = complaint("brokers: { b: { url: \"" + std::string{url} + "\" } }");
        EXPECT_TRUE(contains(line, "HG409")) << url << line;
        EXPECT_FALSE(contains(line, "s3cret")) << line;
    }
}

TEST(LoadGateway, TlsAndHeadersOfABrokerNeedAUrlThatUsesThem) {
    const auto broker = [](const std::string& keys) { return complaint("brokers: { b: { " + keys + " } }"); };
    EXPECT_TRUE(contains(broker("url: \"tcp://h\", tls: { verify: false }"), "HG414"));
    EXPECT_TRUE(
        contains(findings("brokers: { b: { url: \"ssl://h\", tls: { verify: false } } }").at(0), "HG417"));
    EXPECT_TRUE(contains(broker("url: \"ssl://h\", tls: { certificate: \"-----BEGIN X\" }"), "HG408"));
    EXPECT_TRUE(contains(broker("url: \"ssl://h\", tls: { ca: nonsense }"), "HG407"));
    EXPECT_TRUE(contains(broker("url: \"ssl://h\", tls: { alpn: [\"\"] }"), "HG409"));
    EXPECT_TRUE(contains(broker("url: \"ssl://h\", headers: { A: b }"), "HG414"));
}

TEST(LoadGateway, HeadersOfABrokerCannotChangeTheRequest) {
    const auto headers = [](const std::string& map) {
        return complaint("brokers: { b: { url: \"ws://h\", headers: " + map + " } }");
    };
    EXPECT_TRUE(contains(headers("{ Upgrade: other }"), "HG409"));
    EXPECT_TRUE(contains(headers("{ Sec-WebSocket-Protocol: other }"), "HG409"));
    EXPECT_TRUE(contains(headers("{ \"A B\": c }"), "HG409"));
    EXPECT_TRUE(contains(headers("{ A: \"b\\r\\nC: d\" }"), "HG409"));
    EXPECT_TRUE(contains(headers("[]"), "HG407"));
}

TEST(LoadGateway, AStatusIsInsteadOfAWill) {
    const auto broker = [](const std::string& keys) {
        return complaint("brokers: { b: { url: \"tcp://h\", " + keys + " } }");
    };
    EXPECT_TRUE(contains(broker("status: { topic: a }, will: { topic: b }"), "HG414"));
    EXPECT_TRUE(contains(broker("status: { topic: \"a/#\" }"), "HG204"));
    EXPECT_TRUE(contains(broker("status: { online: up }"), "HG408"));
}

TEST(LoadGateway, WhatIsNotBuiltYetIsRefusedNeverIgnored) {
    const char* const files[] = {
        "workers: 2",
        "node: { secure: true }",
        "node: { password: x }",
        "brokers: { b: { url: \"ssl://broker\", tls: { server_name: other } } }",
    };
    for (const char* file : files) {
        const auto line = complaint(file);
        EXPECT_TRUE(contains(line, "HG410") && contains(line, "not built yet")) << file << "\n" << line;
    }
}

TEST(LoadGateway, TheStoreOfANodeIsMemoryOrAFile) {
    for (const char* wrong : {"true", "5", "\"\"", "[]"}) {
        EXPECT_TRUE(contains(complaint("node: { store: " + std::string{wrong} + " }"),
                             "expected memory or the name of a file"))
            << wrong;
    }
    EXPECT_TRUE(contains(complaint("node: { store: Memory }"), "did you mean 'memory'"));
    EXPECT_TRUE(settings("node: { store: memory }").node.store_file.empty());
}

TEST(LoadGateway, TlsOfAMeshMustProtectSomething) {
    EXPECT_TRUE(contains(complaint("meshes: { m: { url: \"ws://a\", tls: { server_name: b } } }"),
                         "HG414: 'tls' without a wss:// URL would protect nothing"));
    EXPECT_EQ(findings("meshes: { m: { url: \"wss://a\", tls: { verify: false } } }"),
              std::vector<std::string>{"HG417 1:37"});
    EXPECT_TRUE(contains(complaint("meshes: { m: { url: \"wss://a\", tls: { ca: ca.pem } } }"),
                         "HG407: expected a PEM text"));
    const std::string certificate = "certificate: \"-----BEGIN CERTIFICATE-----\"";
    EXPECT_TRUE(
        contains(complaint(("meshes: { m: { url: \"wss://a\", tls: { " + certificate + " } } }").c_str()),
                 "HG408: key 'key' is missing"));
}

TEST(LoadGateway, ANodeOfAMeshIsNamedOnce) {
    EXPECT_TRUE(contains(complaint("meshes: { m: { url: [\"ws://a\", \"ws://a:55000\"] } }"),
                         "HG409: the same address twice"));
    EXPECT_TRUE(contains(complaint("meshes: { m: { url: [] } }"), "HG407"));
}

TEST(LoadGateway, OnePortCannotBeTakenTwice) {
    EXPECT_TRUE(contains(complaint("listen: [\"127.0.0.1:80\"]\nadmin: { listen: \"127.0.0.1:80\" }"),
                         "HG415: port 80 is taken by another listener (the first is at gateway.yaml:1:10)"));
    EXPECT_TRUE(
        contains(complaint("listen: [\"127.0.0.1:80\"]\nhealth: { listen: \"0.0.0.0:80\" }"), "HG415"));
    EXPECT_TRUE(
        findings("listen: [\"127.0.0.1:0\", \"127.0.0.1:0\", \"127.0.0.1:80\", \"[::1]:80\"]").empty());
}

TEST(LoadGateway, AnInsecureNodeStaysOnLoopbackUnlessAllowed) {
    EXPECT_TRUE(contains(complaint("listen: [\"0.0.0.0:8080\"]"), "HG416: an insecure node would be open"));
    EXPECT_TRUE(findings("listen: [\"0.0.0.0:8080\"]\nallow_insecure: true").empty());
    EXPECT_TRUE(findings("listen: [\"0.0.0.0:8080\"]\nnode: { enabled: false }").empty());
}

TEST(LoadGateway, AdminNeedsATokenBeyondLoopback) {
    EXPECT_TRUE(contains(complaint("admin: { listen: \"0.0.0.0:8081\" }"),
                         "HG416: the admin listener needs a token"));
    EXPECT_TRUE(contains(complaint("admin: { listen: \"0.0.0.0:8081\", token: \"\" }"), "HG416"));
    EXPECT_TRUE(findings("admin: { listen: \"0.0.0.0:8081\", token: t }").empty());
}

TEST(LoadGateway, RestAddressesTheOnlyMeshUnlessToldOtherwise) {
    EXPECT_EQ(settings("meshes: { site: { url: \"ws://mesh\" } }").rest.mesh, "site");
    EXPECT_EQ(settings("node: { enabled: false }").rest.mesh, "");
    EXPECT_EQ(settings("meshes: { site: { url: \"ws://mesh\" } }\nrest: { mesh: node }").rest.mesh, "node");
}

TEST(LoadGateway, RestMustNameAMeshThatThereIs) {
    EXPECT_EQ(complaint("meshes: { site: { url: \"ws://mesh\" } }\nrest: { mesh: sita }"),
              "HG203: unknown mesh 'sita' (did you mean 'site'?)");
    EXPECT_TRUE(
        contains(complaint("node: { enabled: false }\nrest: { mesh: node }"), "the node is not enabled"));
    EXPECT_TRUE(
        contains(complaint("meshes: { a: { url: \"ws://a\" }, b: { url: \"ws://b\" } }\nrest: { allow: [] }"),
                 "HG209"));
}

TEST(LoadGateway, NamesOfConnectionsAreChecked) {
    EXPECT_TRUE(contains(complaint("meshes: { node: { url: \"ws://mesh\" } }"), "HG210"));
    EXPECT_TRUE(contains(complaint("brokers: { \"a b\": { url: \"tcp://b\" } }"), "HG210"));
    EXPECT_TRUE(contains(complaint("name: \"../x\""), "HG210"));
}

TEST(LoadGateway, CredentialsThatDoNotFitTogetherAreRefused) {
    EXPECT_TRUE(contains(complaint("meshes: { m: { url: \"ws://m\", password: p } }"), "HG408"));
    EXPECT_TRUE(contains(complaint("meshes: { m: { url: \"ws://m\", username: u, password: p, token: t } }"),
                         "HG414"));
}

TEST(LoadGateway, TheDialectOfRestIsOneOfTwoAndLetsSomebodyIn) {
    EXPECT_EQ(settings("rest: { dialect: 1 }").rest.dialect, 1);
    EXPECT_EQ(settings("rest: { dialect: 4 }").rest.dialect, 4);
    EXPECT_EQ(settings("rest: {}").rest.dialect, 4);
    EXPECT_TRUE(contains(complaint("rest: { dialect: 2 }"), "HG407: expected 1 or 4"));
    EXPECT_TRUE(contains(complaint("rest: { dialect: 1, tokens: [bearer] }"),
                         "HG414: dialect 1 takes no bearer tokens"));
    EXPECT_EQ(settings("rest: { dialect: 1, tokens: [bearer, cookie] }").rest.dialect, 1);
}

TEST(LoadGateway, OneClientIdCannotBeUsedTwiceAtOneBroker) {
    EXPECT_TRUE(contains(complaint("brokers:\n"
                                   "  a: { url: \"tcp://h\", client_id: x }\n"
                                   "  b: { url: \"mqtt://h:1883\", client_id: x }\n"),
                         "HG105: client id 'x' is used twice"));
}

TEST(LoadGateway, AMissingMappingFileIsAnErrorAndAnEmptyPatternAWarning) {
    EXPECT_TRUE(contains(complaint("mappings: [\"nowhere.yaml\"]"), "HG413: there is no mapping file"));

    const auto empty = parsed("mappings: [\"nowhere-*.yaml\"]");
    EXPECT_TRUE(empty.settings.has_value());
    ASSERT_EQ(empty.findings.size(), 1u);
    EXPECT_EQ(empty.findings.all()[0].severity, Severity::warning);
}

TEST(LoadGateway, MappingPatternsAreRelativeToTheFileAndGiveEachFileOnce) {
    const auto read = settings("mappings: [\"gateway.yaml\", \"gateway.y*\", \"../config/gateway.yaml\"]");

    ASSERT_EQ(read.mappings.size(), 1u);
    EXPECT_TRUE(std::filesystem::equivalent(read.mappings[0], support::source_tree("config/gateway.yaml")));
}

TEST(LoadGateway, WhatIsNoMapIsOneFinding) {
    EXPECT_EQ(findings("- a\n- b"), (std::vector<std::string>{"HG407 1:1"}));
    EXPECT_TRUE(contains(complaint("listen: ["), "HG400"));
}

TEST(LoadGateway, WrongTypesAreFindingsAtEveryKey) {
    for (const char* section : {"listen",
                                "admin",
                                "health",
                                "node",
                                "meshes",
                                "brokers",
                                "rest",
                                "log",
                                "limits",
                                "timeouts",
                                "mappings",
                                "workers",
                                "name",
                                "allow_insecure"}) {
        const auto loaded = parsed(std::string{section} + ": [[[]]]");
        EXPECT_FALSE(loaded.settings.has_value()) << section;
        const auto& all = loaded.findings.all();
        EXPECT_TRUE(std::all_of(all.begin(), all.end(), [](const auto& f) { return f.code == "HG407"; }))
            << all_text(loaded);
    }
}

TEST(LoadGateway, AMissingFileIsAFinding) {
    const auto loaded = load("/nowhere/gateway.yaml");

    EXPECT_FALSE(loaded.settings.has_value());
    ASSERT_EQ(loaded.findings.size(), 1u);
    EXPECT_EQ(loaded.findings.all()[0].code, "HG413");
}

TEST(LoadGateway, TheNewcomersFileIsRight) {
    const auto loaded = load(support::source_tree("config/gateway.yaml"));

    ASSERT_TRUE(loaded.settings.has_value()) << all_text(loaded);
    EXPECT_FALSE(loaded.findings.has_errors());
    EXPECT_EQ(loaded.settings->listen.size(), 2u);
    EXPECT_EQ(loaded.settings->listen[1].port, 55000);
    EXPECT_EQ(loaded.settings->admin->listen.port, 8081);
    EXPECT_EQ(loaded.settings->rest.mesh, "node");
    EXPECT_EQ(loaded.settings->brokers.at(0).url, "tcp://127.0.0.1:1883");
    EXPECT_EQ(loaded.settings->brokers.at(0).version, 5);
}

}  // namespace
}  // namespace config
