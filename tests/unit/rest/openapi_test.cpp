// /openapi.json: what is in it, and for whom.
#include <gmock/gmock.h>

#include "adapters/rest/conditional.hpp"
#include "adapters/rest/openapi/document.hpp"
#include "adapters/rest/reply_writer.hpp"
#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

gateway::Route read(const std::string& name, const std::string& path, gateway::HttpSource::Auth auth) {
    gateway::Route route = gateway::http_to_happn_get(name, "GET", path, "/" + name);
    std::get<gateway::HttpSource>(route.source).auth = auth;
    route.place = "devices.yaml:3";
    return route;
}

gateway::Route method(const std::string& component, const std::string& name) {
    gateway::Route route;
    route.name = component + '.' + name;
    gateway::CallSource source;
    source.component = component;
    source.method = name;
    gateway::Parameter celsius;
    celsius.name = "celsius";
    celsius.type = gateway::ValueType::number;
    celsius.required = true;
    celsius.minimum = 5;
    celsius.maximum = 35.5;
    celsius.one_of = {{"5", "20.5"}};
    celsius.description = "what it should be";
    source.parameters = {celsius};
    source.returns = R"({"type":"object","required":["ok"]})";
    route.source = std::move(source);
    return route;
}

using Auth = gateway::HttpSource::Auth;

class OpenApi : public SurfaceTest {
protected:
    OpenApi() {
        settings.title = "plant";
        settings.version = "1.2.3";
        use({read("secret", "/secret/{id:int}", Auth::required),
             read("both", "/both", Auth::optional),
             read("open", "/open", Auth::none),
             method("thermostat", "setTarget")});
    }

    HttpReply get(Headers headers = {}) { return ask("GET", "/openapi.json", std::move(headers)); }
    json document(Headers headers = {}) {
        const HttpReply reply = get(std::move(headers));
        EXPECT_EQ(reply.status, 200) << reply.body.view();
        return json_of(reply);
    }
    static std::vector<std::string> paths_of(const json& document) {
        std::vector<std::string> paths;
        for (const auto& [path, item] : document["paths"].items())
            paths.push_back(path);
        return paths;
    }
};

// --- for whom ------------------------------------------------------------------------------------

TEST_F(OpenApi, OnAnInsecureMeshEverybodySeesEverythingAndNobodyIsAskedForAToken) {
    const json seen = document();
    EXPECT_EQ(seen["info"]["title"], "plant");
    EXPECT_EQ(seen["info"]["version"], "1.2.3");
    EXPECT_THAT(paths_of(seen),
                testing::IsSupersetOf({"/secret/{id}",
                                       "/both",
                                       "/open",
                                       "/rest/login",
                                       "/rest/describe",
                                       "/rest/method/thermostat/setTarget",
                                       "/rest/method/componentName/methodName"}));
    EXPECT_THAT(seen.dump(), Not(HasSubstr("\"security\"")));
    EXPECT_FALSE(seen["components"].contains("securitySchemes"));
}

TEST_F(OpenApi, ACallerWithoutATokenSeesWhatNeedsNone) {
    make_secure();
    EXPECT_THAT(paths_of(document()), testing::UnorderedElementsAre("/both", "/open", "/rest/login"));
}

TEST_F(OpenApi, ACallerWithATokenSeesWhatTheMeshListsForIt) {
    make_secure();
    const json seen = document({bearer("_ADMIN")});
    EXPECT_THAT(paths_of(seen), Contains("/rest/method/componentName/methodName"));
    EXPECT_THAT(paths_of(seen), Contains("/secret/{id}"));
}

TEST_F(OpenApi, ACallerWhoMayNotDescribeTheMeshSeesWhatTheGatewayItselfHas) {
    make_secure();
    const auto paths = paths_of(document({bearer("nobody")}));
    EXPECT_THAT(paths, Contains("/rest/method/thermostat/setTarget"));
    EXPECT_THAT(paths, Contains("/secret/{id}"));
    EXPECT_THAT(paths, Not(Contains("/rest/method/componentName/methodName")));
}

TEST_F(OpenApi, ATokenThatTheMeshDoesNotKnowIsRefused) {
    make_secure();
    const HttpReply reply = get({{"Authorization", "Bearer guess"}});
    EXPECT_EQ(reply.status, 401);
    EXPECT_THAT(header_of(reply, "WWW-Authenticate"), HasSubstr("invalid_token"));
}

TEST_F(OpenApi, GuessingTokensIsSlowedDown) {
    make_secure();
    for (int i = 0; i < address_allowance.at_once; ++i)
        EXPECT_EQ(get({{"Authorization", "Bearer guess"}}).status, 401);
    EXPECT_EQ(get({bearer("_ADMIN")}).status, 429);
}

TEST_F(OpenApi, BeforeTheMeshHasBeenJoinedNobodyKnowsWhoMaySeeWhat) {
    mesh.joined = false;
    const HttpReply reply = get();
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(header_of(reply, "Retry-After"), "1");
}

TEST_F(OpenApi, TheSecurityComponentAndWhatIsNotAllowedAreLeftOut) {
    gateway::RestSettings rest;
    rest.allow = {"componentName/*"};
    set(rest);
    const auto paths = paths_of(document());
    EXPECT_THAT(paths, Contains("/rest/method/componentName/methodName"));
    for (const std::string hidden : {"security/listUsers", "data/get", "thermostat/setTarget"})
        EXPECT_THAT(paths, Not(Contains("/rest/method/" + hidden)));
}

TEST_F(OpenApi, AMethodThatNoUrlCanNameIsLeftOut) {
    for (const char* name : {"get item", "rate%", "caf\xc3\xa9", "a?b"})
        mesh.add("componentName", name, {"callback"}, [](const auto&) { return FakeMesh::result(1); });
    mesh.add("componentName", "a:b", {"callback"}, [](const auto&) { return FakeMesh::result(1); });
    const std::string all = document().at("paths").dump();
    for (const char* part : {"get%20item", "get item", "rate", "caf", "a%3Fb", "a?b"})
        EXPECT_EQ(all.find(part), std::string::npos) << part;
    EXPECT_NE(all.find("/rest/method/componentName/a:b"), std::string::npos);
}

// --- how it is asked for -------------------------------------------------------------------------

TEST_F(OpenApi, OnlyReadingIsPossible) {
    EXPECT_EQ(ask("HEAD", "/openapi.json").status, 200);
    EXPECT_EQ(ask("OPTIONS", "/openapi.json").status, 204);
    const HttpReply reply = ask("POST", "/openapi.json");
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(header_of(reply, "Allow"), "GET, HEAD, OPTIONS");
}

TEST_F(OpenApi, WhoHasItAlreadyIsNotSentItAgain) {
    const std::string tag = header_of(get(), "ETag");
    ASSERT_FALSE(tag.empty());
    const HttpReply again = get({{"If-None-Match", "\"other\", W/" + tag}});
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(sent_body(again, {}), 0U);
    EXPECT_EQ(header_of(again, "ETag"), tag);
    EXPECT_EQ(get({{"If-None-Match", "\"other\""}}).status, 200);
}

TEST_F(OpenApi, AReloadOrAnotherMeshDescriptionMakesAnotherDocument) {
    const std::string before = header_of(get(), "ETag");
    EXPECT_EQ(header_of(get(), "ETag"), before);
    mesh.add("added", "later", {}, [](const auto&) { return std::nullopt; });
    const std::string with_method = header_of(get(), "ETag");
    EXPECT_NE(with_method, before);
    use({read("new", "/new", Auth::none)});
    EXPECT_NE(header_of(get(), "ETag"), with_method);
    EXPECT_THAT(paths_of(document()), Contains("/new"));
}

TEST_F(OpenApi, WhatIsForOneUserIsNotKeptBySharedCaches) {
    make_secure();
    EXPECT_THAT(header_of(get({bearer("_ADMIN")}), "Cache-Control"), HasSubstr("private"));
    EXPECT_THAT(header_of(get(), "Vary"), HasSubstr("Authorization"));
}

TEST(EntityTag, TellsBodiesApart) {
    const std::string tag = entity_tag({"body"});
    EXPECT_EQ(entity_tag({"body"}), tag);
    EXPECT_NE(entity_tag({"another"}), tag);
}

// --- what is in it -------------------------------------------------------------------------------

TEST_F(OpenApi, AMethodsParametersAreASchemaAndItsAnswerTheEnvelope) {
    const json operation = document()["paths"]["/rest/method/thermostat/setTarget"]["post"];
    const json body = operation["requestBody"]["content"]["application/json"]["schema"];
    EXPECT_EQ(body["properties"]["parameters"], json::parse(R"({
        "type": "object", "required": ["celsius"],
        "properties": {"celsius": {"type": "number", "minimum": 5, "maximum": 35.5, "enum": [5, 20.5],
                                   "description": "what it should be"}}})"));
    EXPECT_EQ(body["required"], json::parse(R"(["parameters"])"));
    const json answer = operation["responses"]["200"]["content"]["application/json"]["schema"];
    EXPECT_EQ(answer["properties"]["data"], json::parse(R"({"type": "object", "required": ["ok"]})"));
    EXPECT_EQ(operation["tags"], json::parse(R"(["thermostat"])"));
}

TEST_F(OpenApi, WhatAMeshFillsInItselfIsNoParameter) {
    const json seen = document();
    const auto parameters = [&](const std::string& name) {
        return seen["paths"]["/rest/method/componentName/" + name]["post"]["requestBody"]["content"]
                   ["application/json"]["schema"]["properties"]["parameters"]["properties"];
    };
    EXPECT_EQ(parameters("methodName"), json::parse(R"({"a": {}, "b": {}})"));
    EXPECT_EQ(parameters("restParams"), json::object());
}

TEST_F(OpenApi, APathsCapturesAreTypedParameters) {
    const json parameters = document()["paths"]["/secret/{id}"]["get"]["parameters"];
    EXPECT_EQ(
        parameters,
        json::parse(R"([{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}])"));
}

TEST_F(OpenApi, ARouteThatHeedsIdempotencyKeysSaysSo) {
    using Idempotency = gateway::HttpSource::Idempotency;
    auto optional = gateway::http_to_happn_get("order", "POST", "/orders", "/orders");
    std::get<gateway::HttpSource>(optional.source).idempotency = Idempotency::optional;
    auto required = gateway::http_to_happn_get("change", "PATCH", "/orders", "/orders");
    std::get<gateway::HttpSource>(required.source).idempotency = Idempotency::required;
    use({std::move(optional),
         std::move(required),
         gateway::http_to_happn_get("put", "PUT", "/orders", "/o")});
    const json orders = document()["paths"]["/orders"];
    EXPECT_EQ(orders["post"]["parameters"][0]["name"], "Idempotency-Key");
    EXPECT_EQ(orders["post"]["parameters"][0]["in"], "header");
    EXPECT_EQ(orders["post"]["parameters"][0]["required"], false);
    EXPECT_EQ(orders["patch"]["parameters"][0]["required"], true);
    EXPECT_EQ(orders["post"]["responses"]["409"]["$ref"], "#/components/responses/KeyInUse");
    EXPECT_EQ(orders["post"]["responses"]["422"]["$ref"], "#/components/responses/KeyReused");
    EXPECT_FALSE(orders["put"].contains("parameters"));
    EXPECT_FALSE(orders["put"]["responses"].contains("409"));
}

TEST_F(OpenApi, OnASecureMeshAnOperationSaysWhichTokensItTakes) {
    make_secure();
    gateway::RestSettings rest;
    rest.query = false;
    set(rest);
    const json seen = document({bearer("_ADMIN")});
    const auto security = [&](const std::string& path, const char* verb) {
        return seen["paths"][path][verb]["security"];
    };
    EXPECT_EQ(security("/secret/{id}", "get"), json::parse(R"([{"bearer": []}])"));
    EXPECT_EQ(security("/both", "get"), json::parse(R"([{}, {"bearer": []}])"));
    EXPECT_EQ(security("/open", "get"), json::array());
    EXPECT_EQ(security("/rest/describe", "get"), json::parse(R"([{"bearer": []}, {"cookie": []}])"));
    EXPECT_EQ(seen["components"]["securitySchemes"].size(), 2U);
}

TEST_F(OpenApi, RoutesThatDifferInTheNamesOfCapturesOnlyAreOnePath) {
    gateway::Route written = gateway::http_to_happn_get("write", "PUT", "/items/{name}", "/i");
    use({gateway::http_to_happn_get("read", "GET", "/items/{item}", "/i"), std::move(written)});
    const json item = document()["paths"]["/items/{item}"];
    EXPECT_EQ(item["get"]["operationId"], "read");
    EXPECT_EQ(item["put"]["operationId"], "write");
    EXPECT_EQ(item["put"]["parameters"][0]["name"], "item");
}

TEST_F(OpenApi, RoutesThatDifferInTypesOnlyAreOneOperationThatSaysSo) {
    use({gateway::http_to_happn_get("by_name", "GET", "/things/{name}", "/n"),
         gateway::http_to_happn_get("by_number", "GET", "/things/{id:int}", "/i")});
    const json paths = document()["paths"];
    ASSERT_TRUE(paths.contains("/things/{name}"));
    const json operation = paths["/things/{name}"]["get"];
    EXPECT_EQ(operation["operationId"], "by_number");
    EXPECT_THAT(operation["description"].get<std::string>(), HasSubstr("by_name"));
    EXPECT_EQ(operation["parameters"][0]["schema"],
              json::parse(R"({"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 1}]})"));
}

TEST_F(OpenApi, OperationIdsAreUniqueWhateverRoutesAreCalled) {
    use({gateway::http_to_happn_get("a.b", "GET", "/one", "/i"),
         gateway::http_to_happn_get("a-b", "GET", "/two", "/i"),
         gateway::http_to_happn_get("thermostat_setTarget", "GET", "/three", "/i"),
         method("thermostat", "setTarget")});
    const json paths = document()["paths"];
    EXPECT_EQ(paths["/one"]["get"]["operationId"], "a_b");
    EXPECT_EQ(paths["/two"]["get"]["operationId"], "a_b_2");
    EXPECT_EQ(paths["/rest/method/thermostat/setTarget"]["post"]["operationId"], "thermostat_setTarget_2");
}

TEST_F(OpenApi, TheTestsOfAMappingFileAreItsExamples) {
    gateway::Route route = gateway::http_to_happn_get("write", "PUT", "/items/{id:int}", "/i");
    route.examples = {{"an item is written", {"7"}, {}, R"({"colour":"red"})", 200, R"({"done":true})"},
                      {"nonsense is refused", {"8"}, {}, "1", 400, R"({"error":"no"})"}};
    route.errors.emplace_back().status = 400;
    use({std::move(route)});
    const json operation = document()["paths"]["/items/{id}"]["put"];
    EXPECT_EQ(operation["parameters"][0]["example"], 7);
    const json body = operation["requestBody"]["content"]["application/json"]["examples"];
    ASSERT_EQ(body.size(), 1U) << "a refused body is no example of one";
    EXPECT_EQ(body["example1"]["value"]["colour"], "red");
    EXPECT_EQ(body["example1"]["summary"], "an item is written");
    const json responses = operation["responses"];
    EXPECT_EQ(responses["200"]["content"]["application/json"]["examples"]["example1"]["value"]["done"], true);
    EXPECT_EQ(
        responses["400"]["content"]["application/problem+json"]["examples"]["example1"]["value"]["error"],
        "no");
}

TEST_F(OpenApi, ARestOfAPathIsExplained) {
    use({gateway::http_to_happn_get("files", "GET", "/files/{path...}", "/i")});
    const json parameter = document()["paths"]["/files/{path}"]["get"]["parameters"][0];
    EXPECT_THAT(parameter["description"].get<std::string>(), HasSubstr("One or more levels"));
}

TEST_F(OpenApi, BytesAreABodyThatWritersOfClientsKnow) {
    gateway::Route route = gateway::http_to_happn_get("take", "POST", "/take", "/i");
    std::get<gateway::HttpSource>(route.source).body = gateway::HttpSource::Body::bytes;
    use({std::move(route)});
    EXPECT_EQ(
        document()["paths"]["/take"]["post"]["requestBody"]["content"],
        json::parse(R"({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}})"));
}

TEST_F(OpenApi, AStreamSaysWhatItsItemsAre) {
    gateway::Route route = gateway::http_to_happn_get("watch", "GET", "/items/{item}/events", "/i");
    route.targets.front().rule = gateway::StreamTarget{};
    use({std::move(route)});
    const json responses = document()["paths"]["/items/{item}/events"]["get"]["responses"];
    EXPECT_TRUE(responses["200"]["content"].contains("text/event-stream"));
    EXPECT_TRUE(responses["200"]["content"].contains("application/x-ndjson"));
    EXPECT_TRUE(responses.contains("406"));
}

}  // namespace
}  // namespace rest
