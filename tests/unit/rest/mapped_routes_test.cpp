#include <gmock/gmock.h>

#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

using gateway::HttpSource;
using gateway::QueryParameter;
using gateway::ValueType;
using Json = nlohmann::json;

gateway::HttpSource source_of(std::string method, std::string_view path) {
    HttpSource source;
    source.method = std::move(method);
    source.path = gateway::pattern(path, gateway::AddressKind::http);
    return source;
}

/// Answers with `text`, a template.
gateway::Route answering(HttpSource source, std::string_view text) {
    gateway::Route route;
    route.name = source.method + ' ' + source.path.text();
    gateway::Scope scope = gateway::scope_of(source.path, gateway::Scope::Source::http);
    for (const auto& parameter : source.query) {
        scope.query.push_back(parameter.name);
        if (parameter.type != ValueType::string) scope.typed_query.push_back(parameter.name);
    }
    gateway::Target target;
    target.rule = gateway::AnswerTarget{gateway::ObjectMap{gateway::Template::parse(text, scope).value()}};
    route.source = std::move(source);
    route.targets.push_back(std::move(target));
    return route;
}

QueryParameter query(std::string name, ValueType type = ValueType::string) {
    QueryParameter parameter;
    parameter.name = std::move(name);
    parameter.type = type;
    return parameter;
}

class MappedRoutesTest : public SurfaceTest {
protected:
    static std::string detail(const HttpReply& reply) { return json_of(reply).value("detail", ""); }
};

TEST_F(MappedRoutesTest, AnAnswerIsSentAsJson) {
    use({answering(source_of("POST", "/echo"), "{payload}")});
    const HttpReply reply = post("/echo", R"({"t": 21.50})");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.content_type, "application/json");
    EXPECT_EQ(reply.body.view(), R"({"t": 21.50})");
}

TEST_F(MappedRoutesTest, ATextIsSentBare) {
    use({answering(source_of("GET", "/hello/{name}"), "hello {name}")});
    const HttpReply reply = ask("GET", "/hello/ann%20b");
    EXPECT_EQ(reply.content_type, "text/plain; charset=utf-8");
    EXPECT_EQ(reply.body.view(), "hello ann b");
}

TEST_F(MappedRoutesTest, AnUnknownPathIsAProblem) {
    const HttpReply reply = ask("GET", "/nosuch");
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.content_type, "application/problem+json");
    EXPECT_EQ(detail(reply), "no route for GET /nosuch");
}

TEST_F(MappedRoutesTest, AnotherMethodIs405WithAllow) {
    use({answering(source_of("GET", "/a"), "x"), answering(source_of("PUT", "/a"), "y")});
    const HttpReply reply = ask("DELETE", "/a");
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(header_of(reply, "Allow"), "GET, HEAD, OPTIONS, PUT");
    const HttpReply options = ask("OPTIONS", "/a");
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(header_of(options, "Allow"), "GET, HEAD, OPTIONS, PUT");
}

TEST_F(MappedRoutesTest, HeadIsServedByGet) {
    use({answering(source_of("GET", "/a"), "x")});
    EXPECT_EQ(ask("HEAD", "/a").status, 200);
}

TEST_F(MappedRoutesTest, PathsOfTheHappnerSurfaceAreNotForMappings) {
    use({answering(source_of("GET", "/{rest...}"), "mine")});
    EXPECT_NE(ask("GET", "/version").body.view(), "mine");
    EXPECT_NE(ask("GET", "/rest/nothing").body.view(), "mine");
    EXPECT_EQ(ask("GET", "/versions").body.view(), "mine");
}

TEST_F(MappedRoutesTest, ACaptureCannotEscape) {
    use({answering(source_of("GET", "/d/{device}"), "{device}")});
    for (const std::string path : {"/d/a%2Fb", "/d/..", "/d/%2e%2e", "/d/a%00b", "/d/%zz", "/d/"})
        EXPECT_EQ(ask("GET", path).status, 404) << path;
}

TEST_F(MappedRoutesTest, AnAnswerThatSaysItselfWhatItIsIsNotRefusedBeforeItIsThere) {
    HttpSource source = source_of("GET", "/page/{kind}");
    const gateway::Scope scope = gateway::scope_of(source.path, gateway::Scope::Source::http);
    gateway::Route route = answering(source, "<p>hello</p>");
    route.respond.emplace().headers.emplace_back("Content-Type",
                                                 gateway::Template::parse("text/{kind}", scope).value());
    use({route});
    const HttpReply reply = ask("GET", "/page/html", {{"Accept", "text/html"}});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.content_type, "text/html");
}

// --- the query ----------------------------------------------------------------------------------

TEST_F(MappedRoutesTest, AnUnknownQueryNameIs400WithASuggestion) {
    HttpSource source = source_of("GET", "/a");
    source.query = {query("limit", ValueType::integer)};
    use({answering(source, "x")});
    const HttpReply reply = ask("GET", "/a?limt=3");
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(detail(reply), "query parameter 'limt' is not known: did you mean 'limit'?");
}

TEST_F(MappedRoutesTest, TheQueryIsTyped) {
    HttpSource source = source_of("GET", "/a");
    source.query = {query("n", ValueType::integer),
                    query("f", ValueType::number),
                    query("b", ValueType::boolean),
                    query("s")};
    source.query[0].minimum = 1;
    source.query[0].maximum = 10;
    use({answering(source, "ok")});
    for (const std::string good : {"n=3", "f=-1.5e3", "b=true", "b=0", "s=%C3%A9", "", "n=1&s="})
        EXPECT_EQ(ask("GET", "/a?" + good).status, 200) << good;
    for (const std::string bad :
         {"n=3.5", "n=x", "n=", "n=03", "n=0", "n=11", "f=1,5", "f=NaN", "b=yes", "n=1&n=2", "s=%zz"})
        EXPECT_EQ(ask("GET", "/a?" + bad).status, 400) << bad;
}

TEST_F(MappedRoutesTest, ANumberThatIsOutOfRangeIsToldTheRange) {
    HttpSource source = source_of("GET", "/a");
    source.query = {
        query("n", ValueType::integer), query("f", ValueType::number), query("g", ValueType::number)};
    source.query[0].minimum = 1;
    source.query[0].maximum = 100;
    source.query[1].minimum = -273.15;
    source.query[2].maximum = 7;
    use({answering(source, "ok")});
    EXPECT_EQ(detail(ask("GET", "/a?n=101")), "query parameter 'n' must be from 1 to 100");
    EXPECT_EQ(detail(ask("GET", "/a?f=-300")), "query parameter 'f' must be at least -273.15");
    EXPECT_EQ(detail(ask("GET", "/a?g=8")), "query parameter 'g' must be at most 7");
}

TEST_F(MappedRoutesTest, ANumberThatIsInfiniteToProgramsIsNone) {
    HttpSource source = source_of("GET", "/r");
    source.query = {query("above", ValueType::number)};
    use({answering(source, "{in.query.above}")});
    EXPECT_EQ(detail(ask("GET", "/r?above=1e400")), "query parameter 'above' is too large a number");
    EXPECT_EQ(ask("GET", "/r?above=1e-400").body.view(), "1e-400");
}

TEST_F(MappedRoutesTest, DefaultsStandInAndRequiredOnesAreMissed) {
    HttpSource source = source_of("GET", "/a");
    source.query = {query("limit", ValueType::integer), query("device")};
    source.query[0].fallback = gateway::Value::integer(5);
    source.query[1].required = true;
    use({answering(source, "{in.query.limit}")});
    EXPECT_EQ(ask("GET", "/a?device=d").body.view(), "5");
    EXPECT_EQ(detail(ask("GET", "/a?limit=3")), "query parameter 'device' is missing");
}

// --- the body -----------------------------------------------------------------------------------

TEST_F(MappedRoutesTest, AnotherContentTypeIs415) {
    use({answering(source_of("POST", "/a"), "{payload}")});
    EXPECT_EQ(ask("POST", "/a", {{"Content-Type", "text/plain"}}, "{}").status, 415);
    EXPECT_EQ(ask("POST", "/a", {{"Content-Type", "application/senml+json"}}, "{}").status, 200);
    EXPECT_EQ(ask("POST", "/a", {}, "{}").status, 200);
    EXPECT_EQ(ask("POST", "/a", {{"Content-Encoding", "gzip"}}, "{}").status, 415);
}

TEST_F(MappedRoutesTest, MalformedJsonIs400) {
    use({answering(source_of("POST", "/a"), "{payload}")});
    EXPECT_EQ(post("/a", "{bad").status, 400);
    EXPECT_EQ(post("/a", "").status, 200) << "nothing sent is no payload";
}

TEST_F(MappedRoutesTest, AFormBecomesAnObjectOfTexts) {
    HttpSource source = source_of("POST", "/a");
    source.body = HttpSource::Body::form;
    use({answering(source, "{payload}")});
    const HttpReply reply =
        ask("POST", "/a", {{"Content-Type", "application/x-www-form-urlencoded"}}, "x=1&y=a+b");
    EXPECT_EQ(reply.body.view(), R"({"x":"1","y":"a b"})");
}

TEST_F(MappedRoutesTest, TooLargeABodyIs413) {
    HttpSource source = source_of("POST", "/a");
    source.max_body = 4;
    use({answering(source, "{payload}")});
    EXPECT_EQ(post("/a", "12345").status, 413);
    HttpRequest head;
    head.method = "POST";
    head.target = "/a";
    EXPECT_EQ(surface().max_body(head), 4U);
}

// --- who ----------------------------------------------------------------------------------------

TEST_F(MappedRoutesTest, ASecureMeshWantsAToken) {
    make_secure();
    use({answering(source_of("GET", "/a"), "x")});
    const HttpReply reply = ask("GET", "/a");
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(header_of(reply, "WWW-Authenticate"), "Bearer");
    EXPECT_EQ(ask("GET", "/a", {{"Authorization", "Bearer forged"}}).status, 401);
    EXPECT_EQ(ask("GET", "/a", {bearer("nobody")}).status, 200);
    EXPECT_EQ(ask("GET", "/a?happn_token=" + FakeMesh::token_of("nobody")).status, 200);
}

TEST_F(MappedRoutesTest, NobodyIsAdmittedBeforeTheMeshThatKnowsCallersHasBeenJoined) {
    mesh.joined = false;
    HttpSource open = source_of("GET", "/open");
    open.auth = HttpSource::Auth::none;
    use({answering(source_of("GET", "/a"), "x"), answering(open, "x")});
    const HttpReply reply = ask("GET", "/a");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(header_of(reply, "Retry-After"), "1");
    EXPECT_EQ(ask("GET", "/a", {bearer("tester")}).status, 503);
    EXPECT_EQ(ask("GET", "/open").status, 200);
}

TEST_F(MappedRoutesTest, ACookieNeverCounts) {
    make_secure();
    use({answering(source_of("GET", "/a"), "x")});
    EXPECT_EQ(ask("GET", "/a", {{"Cookie", "happn_token=" + FakeMesh::token_of("nobody")}}).status, 401);
}

TEST_F(MappedRoutesTest, AnOptionalTokenMustStillBeAValidOne) {
    make_secure();
    HttpSource source = source_of("GET", "/a");
    source.auth = HttpSource::Auth::optional;
    use({answering(source, "x")});
    EXPECT_EQ(ask("GET", "/a").status, 200);
    EXPECT_EQ(ask("GET", "/a", {{"Authorization", "Bearer forged"}}).status, 401);
}

TEST_F(MappedRoutesTest, WhoCameWithoutAnOptionalTokenIsToldWhenOneIsWanted) {
    make_secure();
    auto route = gateway::http_to_happn_get("read", "GET", "/d/{x}", "/d/{x}");
    std::get<HttpSource>(route.source).auth = HttpSource::Auth::optional;
    use({std::move(route)});
    EXPECT_FALSE(send("GET", "/d/1").has_value());
    dispatcher.on_outcome(sinks.node.delivered.back().first,
                          gateway::Outcome{gateway::Error{gateway::Errc::unauthorized, "who are you?"}});
    ASSERT_TRUE(late.has_value());
    EXPECT_EQ(late->status, 401);
    EXPECT_EQ(header_of(*late, "WWW-Authenticate"), "Bearer");
}

TEST_F(MappedRoutesTest, TheTokenIsKnownBeforeTheRequestIsJudged) {
    make_secure();
    use({answering(source_of("GET", "/a"), "x")});
    EXPECT_EQ(ask("GET", "/a?unknown=1", {{"Authorization", "Bearer forged"}}).status, 401);
    EXPECT_EQ(ask("GET", "/a?unknown=1", {bearer("nobody")}).status, 400);
}

/// What has been reloaded while the mesh says whose the token is.
class ReloadedMeanwhile : public MappedRoutesTest {
protected:
    ReloadedMeanwhile() {
        make_secure();
        mesh.takes_its_time = true;
    }
    HttpReply post_across_reload(gateway::Route before, gateway::Route after, Headers headers = {}) {
        use({std::move(before)});
        headers.push_back(bearer("tester"));
        headers.emplace_back("Content-Type", "application/json");
        EXPECT_FALSE(send("POST", "/a", std::move(headers), R"({"n":1})").has_value());
        use({std::move(after)});
        mesh.give_verdicts();
        if (!late) ADD_FAILURE() << "not answered";
        return std::exchange(late, std::nullopt).value_or(HttpReply{});
    }
    HttpSource source = source_of("POST", "/a");
};

TEST_F(ReloadedMeanwhile, TheBodyIsReadAsTheRouteSaysByNow) {
    HttpSource form = source;
    form.body = HttpSource::Body::form;
    EXPECT_EQ(post_across_reload(answering(source, "{payload}"), answering(form, "{payload}")).status, 415);
    EXPECT_EQ(post_across_reload(answering(form, "{payload}"), answering(source, "{payload}")).status, 200);
}

TEST_F(ReloadedMeanwhile, AKeyThatIsRequiredByNowIsMissed) {
    HttpSource keyed = source;
    keyed.idempotency = HttpSource::Idempotency::required;
    EXPECT_EQ(post_across_reload(answering(source, "ok"), answering(keyed, "ok")).status, 400);
}

TEST_F(ReloadedMeanwhile, WhoIsNotAskedForByNowIsNobody) {
    HttpSource open = source;
    open.auth = HttpSource::Auth::none;
    EXPECT_EQ(post_across_reload(answering(source, "old"), answering(open, "new")).body.view(), "new");
}

TEST_F(ReloadedMeanwhile, AnAnswerIsForThePagesThatTheRouteListsByNow) {
    HttpSource listed = source;
    listed.origins = {"https://app.example"};
    const Headers page{{"Origin", "https://app.example"}};
    const auto before = post_across_reload(answering(listed, "x"), answering(source, "x"), page);
    EXPECT_EQ(header_of(before, "Access-Control-Allow-Origin"), "");
    const auto after = post_across_reload(answering(source, "x"), answering(listed, "x"), page);
    EXPECT_EQ(header_of(after, "Access-Control-Allow-Origin"), "https://app.example");
}

TEST_F(ReloadedMeanwhile, ARouteThatIsGoneIsNotFound) {
    EXPECT_EQ(post_across_reload(answering(source, "x"), answering(source_of("POST", "/b"), "x")).status,
              404);
}

TEST_F(MappedRoutesTest, CredentialsDoNotTravelOn) {
    make_secure();
    use({gateway::http_to_happn_get("read", "GET", "/d/{device}", "/devices/{device}")});
    EXPECT_FALSE(send("GET", "/d/1", {bearer("tester"), {"Cookie", "a=b"}, {"X-Ok", "1"}}).has_value());
    ASSERT_EQ(sinks.node.delivered.size(), 1U);
    const gateway::Output& output = sinks.node.delivered[0].second;
    EXPECT_EQ(output.principal.username, "tester");
    EXPECT_EQ(output.address, "/devices/1");
}

// --- errors of targets --------------------------------------------------------------------------

TEST_F(MappedRoutesTest, AnErrorOfATargetIsAProblemWithItsNameAndCode) {
    use({gateway::http_to_happn_get("read", "GET", "/d/{device}", "/devices/{device}")});
    EXPECT_FALSE(send("GET", "/d/1").has_value());
    dispatcher.on_outcome(
        sinks.node.delivered.at(0).first,
        gateway::Outcome{gateway::Error{gateway::Errc::access_denied, "AccessDenied", 403, "unauthorized"}});
    ASSERT_TRUE(late.has_value());
    EXPECT_EQ(late->status, 403);
    EXPECT_EQ(json_of(*late),
              (Json{{"type", "about:blank"},
                    {"title", "Forbidden"},
                    {"status", 403},
                    {"detail", "unauthorized"},
                    {"name", "AccessDenied"},
                    {"code", 403}}));
}

}  // namespace
}  // namespace rest
