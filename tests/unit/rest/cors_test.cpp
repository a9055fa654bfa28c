// Web pages of other origins on mapped routes: what a browser is told, and what it may not do on its own.
#include <gmock/gmock.h>

#include "surface_test_base.hpp"

namespace rest {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string app = "https://app.example";

class CorsTest : public SurfaceTest {
protected:
    static gateway::Route answer(std::string method, std::vector<std::string> origins) {
        gateway::Route route = gateway::http_to_happn_get(method + " r", method, "/d/{x}", "/d/{x}");
        std::get<gateway::HttpSource>(route.source).origins = std::move(origins);
        gateway::Target target;
        target.rule =
            gateway::AnswerTarget{gateway::ObjectMap{gateway::Value::json(gateway::Bytes{std::string{"1"}})}};
        route.targets = {std::move(target)};
        return route;
    }
    static Headers from(const std::string& origin) { return {{"Origin", origin}, {"Host", "gateway"}}; }
    static Headers preflight(const std::string& origin, const std::string& method) {
        Headers headers = from(origin);
        headers.emplace_back("Access-Control-Request-Method", method);
        headers.emplace_back("Access-Control-Request-Headers", "content-type");
        return headers;
    }
};

TEST_F(CorsTest, AListedOriginMayReadTheAnswer) {
    use({answer("GET", {app})});
    const HttpReply reply = ask("GET", "/d/1", from(app));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Origin"), app);
    EXPECT_EQ(header_of(reply, "Vary"), "Origin");
}

TEST_F(CorsTest, ThePageMayReadTheHeadersOfTheAnswerWhateverTheyAre) {
    gateway::Route route = answer("GET", {app});
    const gateway::Scope scope =
        gateway::scope_of(std::get<gateway::HttpSource>(route.source).path, gateway::Scope::Source::http);
    route.respond.emplace().headers.emplace_back("X-Total", gateway::Template::parse("7", scope).value());
    use({std::move(route)});
    EXPECT_EQ(header_of(ask("GET", "/d/1", from(app)), "Access-Control-Expose-Headers"), "X-Total");
    EXPECT_EQ(header_of(ask("GET", "/d/1", from("https://evil.example")), "Access-Control-Expose-Headers"),
              "");
}

TEST_F(CorsTest, ErrorsCanBeReadAsWell) {
    use({answer("GET", {app})});
    EXPECT_EQ(header_of(ask("GET", "/d/1?unknown=1", from(app)), "Access-Control-Allow-Origin"), app);
}

TEST_F(CorsTest, AnotherOriginIsToldNothing) {
    use({answer("GET", {app})});
    const HttpReply reply = ask("GET", "/d/1", from("https://evil.example"));
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Origin"), "");
    EXPECT_EQ(header_of(reply, "Vary"), "Origin") << "or a cache would give the answer to the wrong page";
}

TEST_F(CorsTest, AStarIsForAll) {
    use({answer("GET", {"*"})});
    EXPECT_EQ(header_of(ask("GET", "/d/1", from("https://any.example")), "Access-Control-Allow-Origin"), "*");
}

TEST_F(CorsTest, APreflightOfAListedOriginSaysWhatMayFollow) {
    use({answer("POST", {app}), answer("GET", {})});
    const HttpReply reply = ask("OPTIONS", "/d/1", preflight(app, "POST"));
    EXPECT_EQ(reply.status, 204);
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Origin"), app);
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Methods"), "POST") << "GET is not this page's";
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Headers"), "content-type");
    EXPECT_EQ(header_of(ask("OPTIONS", "/d/1", preflight(app, "GET")), "Access-Control-Allow-Origin"), "")
        << "the other route lists nobody";
    EXPECT_EQ(header_of(ask("OPTIONS", "/d/1", preflight("https://evil.example", "POST")),
                        "Access-Control-Allow-Origin"),
              "");
}

TEST_F(CorsTest, APageOfAnotherOriginDoesNothingOnAnInsecureMesh) {
    mesh.is_secure = false;
    use({answer("POST", {}), answer("GET", {})});
    EXPECT_EQ(ask("POST", "/d/1", from("https://evil.example")).status, 403);
    EXPECT_EQ(ask("GET", "/d/1", from("https://evil.example")).status, 200) << "it cannot read it";
    EXPECT_EQ(ask("POST", "/d/1", from("http://gateway")).status, 200);
    EXPECT_EQ(ask("POST", "/d/1", {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
    EXPECT_EQ(ask("POST", "/d/1").status, 200) << "no browser";
}

TEST_F(CorsTest, AListedPageDoes) {
    mesh.is_secure = false;
    use({answer("POST", {app})});
    EXPECT_EQ(ask("POST", "/d/1", from(app)).status, 200);
}

TEST_F(CorsTest, ATokenThatThePageHadToKnowIsNoForgery) {
    make_secure();
    use({answer("POST", {})});
    Headers headers = from("https://evil.example");
    headers.push_back(bearer("tester"));
    EXPECT_EQ(ask("POST", "/d/1", headers).status, 200);
}

}  // namespace
}  // namespace rest
