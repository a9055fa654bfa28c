// By which names the gateway lets itself be called: pages that make their own name resolve to it are not
// told from its own by anything else.
#include "adapters/rest/known_hosts.hpp"

#include <gtest/gtest.h>

#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

using gateway::Security;

struct Case {
    const char* what;
    HttpRequest request;
    Security security;
    bool refused_without_list;
    bool refused_with_list;
};

HttpRequest request_to(std::string_view name, std::vector<Header> more = {}) {
    HttpRequest request;
    request.method = "GET";
    request.headers = std::move(more);
    request.headers.push_back({"Host", name});
    return request;
}

HttpRequest over_tls(HttpRequest request) {
    request.over_tls = true;
    return request;
}

HttpRequest as_websocket(HttpRequest request) {
    request.wants_websocket = true;
    return request;
}

HttpRequest forwarded_as(std::string_view name, HttpRequest request) {
    request.host = name;
    return request;
}

TEST(KnownHosts, HaveToBeNamedWhereNothingElseKeepsAPageOut) {
    const Header origin{"Origin", "http://evil.example"};
    const std::string_view evil = "evil.example";
    const auto secure = Security::secure, insecure = Security::insecure, unknown = Security::unknown;
    const std::vector<Case> cases{
        {"an insecure mesh", request_to(evil), insecure, true, true},
        {"a secure mesh", request_to(evil), secure, false, true},
        {"a mesh that has not been joined", request_to(evil), unknown, true, true},
        {"over TLS", over_tls(request_to(evil)), insecure, false, true},
        {"a page's websocket", as_websocket(request_to(evil, {origin})), insecure, true, true},
        {"a program's websocket", as_websocket(request_to(evil)), insecure, false, false},
        {"a proxy that was called by it", forwarded_as(evil, request_to("10.0.0.1")), insecure, true, true},
        {"a proxy that passes it on", forwarded_as("localhost", request_to(evil)), insecure, true, true},
        {"the gateway's own", request_to("127.0.0.1"), insecure, false, false},
        {"a client without names", HttpRequest{}, insecure, false, false},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(KnownHosts{{}}.refusal_of(c.request, c.security).has_value(), c.refused_without_list)
            << c.what;
        EXPECT_EQ(KnownHosts{{"gw.example"}}.refusal_of(c.request, c.security).has_value(),
                  c.refused_with_list)
            << c.what;
    }
}

class HostsOfTheSurface : public SurfaceTest {
protected:
    std::string_view call = "/rest/method/componentName/methodName?a=1&b=2";
    Headers by(const std::string& name) { return {{"Host", name}}; }
};

TEST_F(HostsOfTheSurface, AnUnknownNameReachesNoMethodRouteOrDocument) {
    use({gateway::http_to_happn_get("get", "GET", "/d/{x}", "/d/{x}")});
    for (const char* target :
         {"/rest/method/componentName/methodName", "/rest/describe", "/d/1", "/openapi.json"})
        EXPECT_EQ(ask("GET", target, by("evil.example")).status, 421) << target;
    EXPECT_TRUE(mesh.calls.empty());
    EXPECT_EQ(ask("GET", std::string{call}, by("127.0.0.1:8080")).status, 200);
}

TEST_F(HostsOfTheSurface, TheAnswerSaysWhichKeyListsNames) {
    const auto reply = ask("GET", std::string{call}, by("GW.example:8080"));
    EXPECT_EQ(json_of(reply)["detail"],
              "the gateway does not answer to the name 'gw.example': 'rest: { hosts: [...] }' of its "
              "configuration lists those that it has");
    set({.hosts = {"gw.example"}});
    EXPECT_EQ(ask("GET", std::string{call}, by("GW.example:8080")).status, 200);
}

TEST_F(HostsOfTheSurface, WhoShowsATokenMayUseAnyName) {
    make_secure();
    EXPECT_EQ(ask("GET", std::string{call}, {{"Host", "gw.example"}, bearer("tester")}).status, 200);
}

}  // namespace
}  // namespace rest
