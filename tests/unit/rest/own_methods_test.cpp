// Methods that mapping files declare, called through the mirror: they are the gateway's own, beside the
// mesh's.
#include <gmock/gmock.h>

#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

using Json = nlohmann::json;

class OwnMethods : public SurfaceTest {};

gateway::Parameter parameter(std::string name, gateway::ValueType type, bool required) {
    gateway::Parameter made;
    made.name = std::move(name);
    made.type = type;
    made.required = required;
    return made;
}

/// thermostat/setTarget(device, celsius), answered by what it was given.
gateway::Route thermostat() {
    gateway::Route route;
    route.name = "thermostat.setTarget";
    gateway::CallSource source;
    source.component = "thermostat";
    source.method = "setTarget";
    source.parameters = {parameter("device", gateway::ValueType::string, true),
                         parameter("celsius", gateway::ValueType::number, false)};
    gateway::Scope scope;
    scope.source = gateway::Scope::Source::call;
    scope.parameters = {"device", "celsius"};
    gateway::Target target;
    target.rule =
        gateway::AnswerTarget{gateway::ObjectMap{gateway::Template::parse("{payload}", scope).value()}};
    route.source = std::move(source);
    route.targets.push_back(std::move(target));
    return route;
}

gateway::Route thermostat_in_other_order() {
    auto route = thermostat();
    auto& parameters = std::get<gateway::CallSource>(route.source).parameters;
    std::swap(parameters.front(), parameters.back());
    return route;
}

TEST_F(OwnMethods, AReloadWhileTheTokenIsCheckedDoesNotSwapArguments) {
    make_secure();
    use({thermostat()});
    mesh.takes_its_time = true;
    EXPECT_FALSE(send(
        "GET",
        R"(/rest/method/thermostat/setTarget?encoded_parameters={"parameters":{"device":"d1","celsius":21}})",
        {bearer("tester")}));
    use({thermostat_in_other_order()});
    mesh.give_verdicts();
    ASSERT_TRUE(late.has_value());
    EXPECT_EQ(json_of(*late)["data"], (Json{{"device", "d1"}, {"celsius", 21}}));
}

TEST_F(OwnMethods, AreCalledByTheDispatcher) {
    use({thermostat()});
    const HttpReply reply =
        post("/rest/method/thermostat/setTarget", R"({"parameters":{"celsius":21.50,"device":"d1"}})");
    EXPECT_EQ(reply.body.view(),
              R"({"message":"Call successful","data":{"device":"d1","celsius":21.50},"error":null})");
    EXPECT_TRUE(mesh.calls.empty());
}

TEST_F(OwnMethods, ReadAPlainQueryAsTheTypesThatTheyDeclare) {
    use({thermostat()});
    const HttpReply reply = ask("GET", "/rest/method/thermostat/setTarget?device=7&celsius=21.50");
    EXPECT_EQ(reply.body.view(),
              R"({"message":"Call successful","data":{"device":"7","celsius":21.50},"error":null})");
    const HttpReply refused = ask("GET", "/rest/method/thermostat/setTarget?device=7&celsius=warm");
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(refused.body.view().find("'celsius' must be of type number"), std::string_view::npos);
}

TEST_F(OwnMethods, DoNotReadWhatHasTypesOfItsOwnAsOthers) {
    use({thermostat()});
    const std::string body = R"({"parameters":{"device":"d1","celsius":"21"}})";
    EXPECT_EQ(post("/rest/method/thermostat/setTarget", body).status, 400);
    EXPECT_EQ(ask("GET", "/rest/method/thermostat/setTarget?encoded_parameters=" + body).status, 400);
}

TEST_F(OwnMethods, OnlyReadTextsAsTypesAndThoseOfTheMeshDoNot) {
    use({thermostat()});
    ask("GET", "/rest/method/componentName/methodName?a=1&b=true");
    ASSERT_EQ(mesh.calls.size(), 1U);
    EXPECT_EQ(mesh.calls.back().args.view(), R"(["1","true"])");
}

TEST_F(OwnMethods, AFailureOfOurOwnIsToldAsItsErrorsSay) {
    auto route = thermostat();
    gateway::Scope scope;
    scope.source = gateway::Scope::Source::call;
    gateway::ErrorRule rule;
    rule.name = "BadRequest";
    rule.status = 422;
    rule.body = gateway::ObjectMap{gateway::Template::parse("no such target", scope).value()};
    route.errors.push_back(std::move(rule));
    use({route});
    const HttpReply shaped = post("/rest/method/thermostat/setTarget", "{}");
    EXPECT_EQ(shaped.status, 422);
    EXPECT_EQ(shaped.body.view(), R"({"message":"Call failed","data":null,"error":"no such target"})");

    route.errors.front().body.reset();
    use({route});
    const HttpReply status_only = post("/rest/method/thermostat/setTarget", "{}");
    EXPECT_EQ(status_only.status, 422);
    EXPECT_EQ(json_of(status_only).at("error").at("name"), "BadRequest");
}

TEST_F(OwnMethods, AStatusOfErrorsCountsAlsoWhereItIsTheUsualOne) {
    auto route = thermostat();
    gateway::ErrorRule rule;
    rule.name = "BadRequest";
    rule.status = gateway::default_status(gateway::Errc::mesh_error);
    route.errors.push_back(rule);
    use({route});
    EXPECT_EQ(post("/rest/method/thermostat/setTarget", "{}").status, rule.status);
}

TEST_F(OwnMethods, HeadersOfErrorsGoAlongButNotTheirContentType) {
    auto route = thermostat();
    gateway::Scope scope;
    scope.source = gateway::Scope::Source::call;
    gateway::ErrorRule rule;
    rule.status = 503;
    for (const auto& [name, value] : Headers{{"Retry-After", "7"}, {"Content-Type", "text/plain"}})
        rule.headers.emplace_back(name, gateway::Template::parse(value, scope).value());
    route.errors.push_back(std::move(rule));
    use({route});
    const HttpReply reply = post("/rest/method/thermostat/setTarget", "{}");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.content_type, json_type);
    EXPECT_EQ(reply.headers, (std::vector<gateway::NameValue>{{"Retry-After", "7"}}));
}

TEST_F(OwnMethods, AMissingArgumentOfOurOwnIs400AndNamed) {
    use({thermostat()});
    const HttpReply reply = post("/rest/method/thermostat/setTarget", R"({"parameters":{"celsius":20}})");
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(json_of(reply)["error"]["message"].get<std::string>(), testing::HasSubstr("device"));
}

TEST_F(OwnMethods, OurOwnComponentsAreDescribedWithTheMeshs) {
    use({thermostat()});
    const Json menu = json_of(ask("GET", "/rest/describe"))["data"];
    EXPECT_EQ(menu["/thermostat/setTarget"],
              (Json{{"uri", "/thermostat/setTarget"},
                    {"parameters", {{"device", "{{device}}"}, {"celsius", "{{celsius}}"}}}}));
    EXPECT_TRUE(menu.contains("/componentName/methodName"));
}

TEST_F(OwnMethods, OnASecureMeshOurOwnComponentsNeedAValidToken) {
    make_secure();
    use({thermostat()});
    const std::string body = R"({"parameters":{"device":"d1"}})";
    EXPECT_EQ(post("/rest/method/thermostat/setTarget", body).status, 403);
    EXPECT_EQ(post("/rest/method/thermostat/setTarget", body, {{"Authorization", "Bearer forged"}}).status,
              403);
    EXPECT_EQ(post("/rest/method/thermostat/setTarget", body, {bearer("nobody")}).status, 200);
}

TEST_F(OwnMethods, OurOwnComponentsCannotBeCalledOnBehalfOfOthers) {
    make_secure();
    use({thermostat()});
    EXPECT_EQ(post("/rest/method/thermostat/setTarget", R"({"as":"tester"})", {bearer("_ADMIN")}).status,
              403);
}

}  // namespace
}  // namespace rest
