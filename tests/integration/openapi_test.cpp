// OpenAPI and AsyncAPI documents, by command and at /openapi.json, before real meshes: judged by the
// ecosystem's own validators, and used by a client that knows nothing but the document.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/markdown.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string everything = test_data("mappings/everything.yaml");
const std::string sample = source_tree("mappings/samples/smart-building.yaml");

/// What a mapped route of the client's own needs: tester may use data below /allowed.
constexpr const char* allowed_items = R"(
version: 1
routes:
  store_item:
    from: { http: "PUT /allowed/{item:slug}", query: { unit: { type: string, default: none } } }
    map: { value: "{payload.value}", unit: "{in.query.unit}", by: "{principal.username|default('nobody')}" }
    to: { happn: "set /allowed/{item}" }
    respond: { status: 201 }
  watch_item:
    from: { http: "GET /allowed/{item:slug}/events" }
    to: { stream: { happn: "on /allowed/{item}" }, initial: true }
  take_form: { from: { http: "POST /bodies/form", body: form }, to: { answer: "{payload}" } }
  take_text: { from: { http: "POST /bodies/text", body: text }, to: { answer: { text: "{payload}" } } }
  take_bytes: { from: { http: "POST /bodies/bytes", body: bytes }, to: { answer: { hex: "{payload|hex}" } } }
  open_door: { from: { http: "GET /open", auth: none }, to: { answer: { open: true } } }
)";

struct Result {
    int status;
    std::string output;
    std::string printed;
};

Result run(std::vector<std::string> arguments, const std::string& directory = {}) {
    Process process{{.arguments = std::move(arguments), .directory = directory}};
    const int status = process.wait();
    return {status, process.output(), process.printed()};
}

Result gateway_command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), gateway_program());
    return run(std::move(arguments));
}

/// "VALID 3.1", or what is wrong.
std::string judged(const std::string& kind, const std::string& document) {
    TemporaryDirectory directory;
    const auto file = directory.write("document.json", document);
    const Result result = run({"node", "validate_document.js", kind, file.string()}, peers_directory());
    EXPECT_EQ(result.status == 0, result.output.starts_with("VALID"));
    return result.output;
}

std::set<std::string> keys_of(const json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.items())
        keys.insert(key);
    return keys;
}

// --- by command ----------------------------------------------------------------------------------

class DocumentCommand : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Mappings,
                         DocumentCommand,
                         testing::Values(sample, everything),
                         [](const auto& tested) { return tested.index == 0 ? "Sample" : "Everything"; });

TEST_P(DocumentCommand, OpenApiIsValidWithEveryExample) {
    const Result made = gateway_command({"openapi", GetParam()});
    ASSERT_EQ(made.status, 0) << made.printed;
    EXPECT_EQ(judged("openapi", made.output), "VALID 3.1\n");
    EXPECT_GT(json::parse(made.output)["paths"].size(), 2U);
}

TEST_P(DocumentCommand, AsyncApiIsValid) {
    const Result made = gateway_command({"asyncapi", GetParam()});
    ASSERT_EQ(made.status, 0) << made.printed;
    EXPECT_EQ(judged("asyncapi", made.output), "VALID 3.0.0\n");
    EXPECT_GT(json::parse(made.output)["operations"].size(), 3U);
}

TEST(DocumentValidators, SeeWhatIsWrong) {
    const json openapi = json::parse(gateway_command({"openapi", sample}).output);
    const auto changed = [&](const char* pointer, const json& value) {
        json other = openapi;
        other[json::json_pointer{pointer}] = value;
        return judged("openapi", other.dump());
    };
    const std::string operation = "/paths/~1buildings~1{building}~1{room}~1setpoint/put";
    EXPECT_THAT(changed("/info", json::object()), Not(HasSubstr("VALID")));
    EXPECT_THAT(changed((operation + "/operationId").c_str(), "read_setpoint"), HasSubstr("not unique"));
    EXPECT_THAT(changed((operation + "/parameters").c_str(), json::array()), HasSubstr("its parameters"));
    EXPECT_THAT(changed((operation + "/responses/200/content/application~1json/schema").c_str(),
                        {{"type", "string"}}),
                HasSubstr("must be string"));
    json asyncapi = json::parse(gateway_command({"asyncapi", sample}).output);
    asyncapi["operations"]["telemetry"]["channel"]["$ref"] = "#/channels/nowhere";
    EXPECT_THAT(judged("asyncapi", asyncapi.dump()), Not(HasSubstr("VALID")));
}

TEST(DocumentCommands, SayHowTheyAreUsed) {
    for (const std::string command : {"openapi", "asyncapi"}) {
        EXPECT_EQ(gateway_command({command}).status, 2);
        const Result live = gateway_command({command, "--live", sample});
        EXPECT_EQ(live.status, 2);
        EXPECT_THAT(live.printed, HasSubstr("--config"));
        EXPECT_EQ(gateway_command({command, "/does/not/exist.yaml"}).status, 1);
        EXPECT_THAT(gateway_command({command, "--help"}).printed, HasSubstr("Example: "));
    }
}

TEST(DocumentCommands, TheServerIsTheOneThatIsNamed) {
    const Result made = gateway_command({"openapi", "--server", "https://api.example/v1", sample});
    EXPECT_EQ(json::parse(made.output)["servers"][0]["url"], "https://api.example/v1");
}

TEST(DocumentCommands, NoCredentialGetsIntoADocument) {
    TemporaryDirectory directory;
    directory.write("mappings/m.yaml", read_file(everything));
    const auto config =
        directory.write("gateway.yaml",
                        "name: plant\n"
                        "meshes: { site: { url: \"wss://mesh.example:55000\", username: gw-user, "
                        "password: hidden-word } }\n"
                        "brokers: { local: { url: \"tcp://broker.example:1883\", username: b-user, "
                        "password: hidden-word } }\n"
                        "mappings: [\"mappings/m.yaml\"]\n");
    for (const std::string command : {"openapi", "asyncapi"}) {
        const Result made = gateway_command({command, "--config", config.string()});
        ASSERT_EQ(made.status, 0) << made.printed;
        for (const char* secret : {"hidden-word", "gw-user", "b-user"})
            EXPECT_THAT(made.output, Not(HasSubstr(secret))) << command;
        EXPECT_THAT(judged(command, made.output), HasSubstr("VALID"));
        if (command == "openapi") continue;
        const json servers = json::parse(made.output)["servers"];
        EXPECT_EQ(servers["broker-local"]["host"], "broker.example:1883");
        EXPECT_EQ(servers["mesh-site"]["protocol"], "wss");
    }
}

// --- before real meshes --------------------------------------------------------------------------

/// The generated client, over a process of its own.
class GeneratedClient {
public:
    GeneratedClient(const GatewayProcess& gateway, const std::string& token)
        : process_{{.arguments = {"node",
                                  "openapi_client.js",
                                  "http://127.0.0.1:" + std::to_string(gateway.port()) + "/openapi.json",
                                  token},
                    .directory = peers_directory()}} {
        operations = json::parse(process_.next_output_line()).at("operations").get<std::set<std::string>>();
    }

    json call(const std::string& operation, const json& parameters, const json& body = nullptr) {
        process_.write_line(
            json{{"operation", operation}, {"parameters", parameters}, {"body", body}}.dump());
        return json::parse(process_.next_output_line());
    }

    std::set<std::string> operations;

private:
    Process process_;
};

class OpenApiOverAMesh : public testing::Test {
protected:
    explicit OpenApiOverAMesh(bool secure)
        : mesh{{.secure = secure}},
          credentials{secure ? ", username: _ADMIN, password: happn" : ""},
          gateway{{.settings = broker_settings(mosquitto) + mesh_settings(mesh, credentials) +
                               "rest: { mesh: site }\n",
                   .mappings = {{"everything.yaml", read_file(everything)}, {"items.yaml", allowed_items}}}} {
    }

    std::string document(const std::string& token = {}) {
        auto client = gateway.http();
        httplib::Headers headers;
        if (!token.empty()) headers.emplace("Authorization", "Bearer " + token);
        const auto result = client.Get("/openapi.json", headers);
        if (!result) throw WaitFailed("/openapi.json: " + httplib::to_string(result.error()));
        EXPECT_EQ(result->status, 200) << result->body;
        return result->body;
    }

    std::string token_of(const std::string& user) {
        const json body{{"username", user}, {"password", "pw"}};
        const auto result = gateway.http().Post("/rest/login", body.dump(), "application/json");
        EXPECT_TRUE(result && result->status == 200);
        return json::parse(result->body)["data"]["token"];
    }

    std::string live(const std::string& command) {
        TemporaryDirectory directory;
        directory.write("m.yaml", allowed_items);
        const auto config = directory.write(
            "gateway.yaml",
            mesh_settings(mesh, credentials) + "rest: { mesh: site }\nmappings: [\"m.yaml\"]\n");
        const Result made = gateway_command({command, "--config", config.string(), "--live"});
        EXPECT_EQ(made.status, 0) << made.printed;
        return made.output;
    }

    Mosquitto mosquitto;
    JsMesh mesh;
    std::string credentials;
    GatewayProcess gateway;
};

class OpenApiOverASecureMesh : public OpenApiOverAMesh {
protected:
    OpenApiOverASecureMesh() : OpenApiOverAMesh{true} {}
};

class OpenApiOverAnInsecureMesh : public OpenApiOverAMesh {
protected:
    OpenApiOverAnInsecureMesh() : OpenApiOverAMesh{false} {}
};

const std::string mesh_method = "/rest/method/componentName/methodName";

TEST_F(OpenApiOverASecureMesh, EachCallerSeesAValidDocumentOfWhatItMayUse) {
    const std::string stranger = document();
    EXPECT_EQ(judged("openapi", stranger), "VALID 3.1\n");
    EXPECT_EQ(keys_of(json::parse(stranger)["paths"]),
              (std::set<std::string>{"/health", "/open", "/rest/login", "/search", "/text"}));

    const std::string tester = document(token_of("tester"));
    EXPECT_EQ(judged("openapi", tester), "VALID 3.1\n");
    const auto seen = keys_of(json::parse(tester)["paths"]);
    EXPECT_TRUE(seen.contains(mesh_method));
    EXPECT_TRUE(seen.contains("/rest/method/inventory/count"));
    EXPECT_TRUE(seen.contains("/items/{item}"));
    EXPECT_FALSE(seen.contains("/rest/method/system/inform")) << "tester has no right to it";

    const std::string nobody = document(token_of("nobody"));
    EXPECT_EQ(judged("openapi", nobody), "VALID 3.1\n");
    EXPECT_FALSE(keys_of(json::parse(nobody)["paths"]).contains(mesh_method));
}

TEST_F(OpenApiOverASecureMesh, AGeneratedClientCallsAMappedRouteAndAMeshMethod) {
    GeneratedClient client{gateway, token_of("tester")};
    const json stored = client.call("store_item", {{"item", "i1"}, {"unit", "kg"}}, {{"value", 7}});
    EXPECT_EQ(stored["status"], 201) << stored;
    EXPECT_EQ(stored["data"], (json{{"value", 7}, {"unit", "kg"}, {"by", "tester"}}));
    const json called =
        client.call("componentName_methodName", nullptr, {{"parameters", {{"a", 1}, {"b", "two"}}}});
    EXPECT_EQ(called["status"], 200) << called;
    EXPECT_EQ(called["data"]["data"], (json{{"a", 1}, {"b", "two"}}));
    const json counted = client.call("inventory_count", nullptr, {{"parameters", {{"sku", "A1"}}}});
    EXPECT_EQ(counted["data"]["data"]["count"], 3) << counted;
    EXPECT_EQ(client.call("open_door", nullptr)["data"]["open"], true);
}

/// The names and types that it is written by are those of use_openapi_client.ts.
TEST_F(OpenApiOverASecureMesh, AClientWrittenInTypeScriptCompilesAndDoesAllOfIt) {
    TemporaryDirectory directory;
    const std::string url = "http://127.0.0.1:" + std::to_string(gateway.port());
    const Result ran =
        run({"node", "write_openapi_client.js", url, directory.path().string(), "tester", "pw"},
            peers_directory());
    ASSERT_EQ(ran.status, 0) << ran.printed;
    json did;
    std::istringstream lines{ran.output};
    for (std::string line; std::getline(lines, line);)
        did.update(json::parse(line));
    const json item{{"value", 7}, {"unit", "kg"}, {"by", "tester"}};
    EXPECT_EQ(did["stored"], (json{201, item}));
    EXPECT_EQ(did["found"], (json{{"text", "a b&c"}, {"limit", 5}, {"exact", false}}));
    EXPECT_EQ(did["refused"], (json{400, "BadRequest"}));
    EXPECT_EQ(did["form"], (json{{"name", "a b"}, {"note", "1&2"}}));
    EXPECT_EQ(did["text"], (json{{"text", "plain, \"as it is\""}}));
    EXPECT_EQ(did["bytes"], (json{{"hex", "00ff0a"}}));
    EXPECT_EQ(did["called"], (json{{"a", 1}, {"b", "two"}}));
    EXPECT_EQ(did["counted"], 3);
    EXPECT_EQ(did["failed"][0], 500);
    EXPECT_EQ(did["failed"][1]["error"]["code"], 418);
    EXPECT_EQ(did["item"], item);
}

TEST_F(OpenApiOverASecureMesh, AClientWithoutATokenHasOnlyWhatNeedsNone) {
    GeneratedClient client{gateway, ""};
    EXPECT_FALSE(client.operations.contains("store_item"));
    EXPECT_EQ(client.call("open_door", nullptr)["data"]["open"], true);
    const json in = client.call("rest_login", nullptr, {{"username", "tester"}, {"password", "pw"}});
    EXPECT_TRUE(in["data"]["data"]["token"].is_string()) << in;
}

TEST_F(OpenApiOverASecureMesh, TheCommandAsksTheLiveMesh) {
    const std::string openapi = live("openapi");
    EXPECT_EQ(judged("openapi", openapi), "VALID 3.1\n");
    EXPECT_TRUE(json::parse(openapi)["paths"].contains(mesh_method));
    EXPECT_TRUE(json::parse(openapi)["components"].contains("securitySchemes"));
    const std::string asyncapi = live("asyncapi");
    EXPECT_EQ(judged("asyncapi", asyncapi), "VALID 3.0.0\n");
    EXPECT_THAT(asyncapi, HasSubstr("\"/_exchange/requests/TestNode/componentName/methodName\""));
}

TEST_F(OpenApiOverAnInsecureMesh, NobodyIsAskedForAToken) {
    const std::string all = document();
    EXPECT_EQ(judged("openapi", all), "VALID 3.1\n");
    EXPECT_TRUE(json::parse(all)["paths"].contains(mesh_method));
    EXPECT_THAT(all, Not(HasSubstr("\"security\"")));
    GeneratedClient client{gateway, ""};
    EXPECT_EQ(client.call("store_item", {{"item", "i2"}}, {{"value", 1}})["status"], 201);
    EXPECT_EQ(client.call("componentName_strMethod", nullptr, json::object())["data"]["data"], "str");
}

TEST_F(OpenApiOverAnInsecureMesh, TheDocumentFollowsTheMesh) {
    auto client = gateway.http();
    const auto first = client.Get("/openapi.json");
    ASSERT_TRUE(first);
    const std::string tag = first->get_header_value("ETag");
    EXPECT_EQ(client.Get("/openapi.json", {{"If-None-Match", tag}})->status, 304);
    mesh.add_component("late");
    const auto has_it = [&] { return json::parse(document())["paths"].contains("/rest/method/late/hello"); };
    EXPECT_TRUE(eventually(has_it));
    EXPECT_EQ(client.Get("/openapi.json", {{"If-None-Match", tag}})->status, 200);
}

TEST_F(OpenApiOverAnInsecureMesh, TheCommandSaysThatNobodyNeedsAToken) {
    EXPECT_FALSE(json::parse(live("openapi"))["components"].contains("securitySchemes"));
}

TEST(OpenApiOfTheNode, TheCommandAsksARunningGateway) {
    GatewayProcess gateway{{.settings = "", .mappings = {{"items.yaml", allowed_items}}}};
    TemporaryDirectory directory;
    directory.write("items.yaml", allowed_items);
    const auto config =
        directory.write("gateway.yaml",
                        "name: gateway\nlisten: \"127.0.0.1:" + std::to_string(gateway.port()) +
                            "\"\nmappings: [\"items.yaml\"]\n");
    const Result made = gateway_command({"openapi", "--config", config.string(), "--live"});
    ASSERT_EQ(made.status, 0) << made.printed;
    EXPECT_EQ(judged("openapi", made.output), "VALID 3.1\n");
    const auto own = json::parse(gateway.http().Get("/openapi.json")->body);
    EXPECT_EQ(json::parse(made.output), own) << "the same as the gateway's own";
}

TEST(OpenApiOfTheNode, AMeshThatIsAwayIsSaidSo) {
    TemporaryDirectory directory;
    const auto config = directory.write("gateway.yaml", "meshes: { site: { url: \"ws://127.0.0.1:1\" } }\n");
    const Result made = gateway_command({"openapi", "--config", config.string(), "--live"});
    EXPECT_EQ(made.status, 1);
    EXPECT_THAT(made.printed, HasSubstr("'site' cannot be asked"));
}

}  // namespace
