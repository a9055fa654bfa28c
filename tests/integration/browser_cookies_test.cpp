// The token of a real secure mesh as a cookie, in a real browser: it counts for pages of the gateway's own
// origin, on the mirror only. Another port of the same host is another origin, to which the browser's cookies
// belong all the same.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/browser.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"

namespace {

using namespace support;
using nlohmann::json;

/// Each page does its part, and leads to the next or tells. testTools/answerAfter counts its calls.
constexpr const char* routes = R"(
version: 1
routes:
  own_page: { from: { http: "GET /page", auth: none }, to: { answer: "{vars.own}" },
              respond: { headers: { Content-Type: "text/html; charset=utf-8" } } }
  other_page: { from: { http: "GET /other", auth: none }, to: { answer: "{vars.other}" },
                respond: { headers: { Content-Type: "text/html; charset=utf-8" } } }
  who: { from: { http: "GET /who" }, to: { call: "testTools/answerAfter", mesh: site, args: [1, "{now}"] } }
  tell: { from: { http: "POST /told", auth: none }, to: { happn: "set /told", mesh: node } }
  told: { from: { http: "GET /told", auth: none }, to: { happn: "get /told", mesh: node } }
vars:
  own: |
    <!doctype html><title>own</title><script>
    const json = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
    const call = (method, body) => fetch('/rest/method/' + method, { ...json, body: JSON.stringify(body) });
    (async () => {
      const seen = {};
      seen.without = (await call('componentName/strMethod', {})).status;
      const login = await fetch('/rest/login', { ...json, body: '{"username":"tester","password":"pw"}' });
      document.cookie = 'happn_token=' + (await login.json()).data.token + '; path=/';
      seen.mirror = await (await call('testTools/answerAfter', { parameters: { ms: 1, value: 5 } })).json();
      seen.describe = (await fetch('/rest/describe')).status;
      seen.route = (await fetch('/who')).status;
      location.href = 'http://localhost:${OTHER_PORT}/other#' + encodeURIComponent(JSON.stringify(seen));
    })();
    </script>
  other: |
    <!doctype html><title>other</title><script>
    const target = 'http://localhost:${GATEWAY_PORT}';
    const send = (path, options) => fetch(target + path, { credentials: 'include', ...options }).then(
      (answer) => answer.type, (error) => error.name);
    (async () => {
      const seen = JSON.parse(decodeURIComponent(location.hash.slice(1)));
      seen.cookie = document.cookie.startsWith('happn_token=');
      const body = '{"parameters":{"ms":1,"value":6}}';
      await send('/rest/method/testTools/answerAfter', { mode: 'no-cors', method: 'POST', body });
      await send('/rest/method/testTools/answerAfter?ms=1&value=7', { mode: 'no-cors' });
      seen.read = await send('/rest/method/testTools/callCount');
      seen.own = (await fetch('/rest/method/testTools/callCount')).status;
      seen.calls = (await (await fetch('/rest/method/testTools/callCount')).json()).data;
      fetch('/told', { method: 'POST', headers: { 'Content-Type': 'application/json' },
                       body: JSON.stringify(seen) });
    })();
    </script>
)";

class CookiesInABrowser : public testing::TestWithParam<const char*> {
protected:
    json told() {
        json value;
        const auto has_told = [&] {
            const auto answer = gateway.http().Get("/told");
            value = answer ? json::parse(answer->body, nullptr, false) : json{};
            return value.is_object();
        };
        EXPECT_TRUE(eventually(has_told, std::chrono::seconds{30})) << browser.printed();
        return value;
    }

    const std::string other_port = std::to_string(free_port());
    JsMesh mesh{{.generation = GetParam(), .secure = true}};
    GatewayProcess gateway{
        {.settings = mesh_settings(mesh, ", username: nobody, password: pw") +
                     "rest: { mesh: site }\nnode: { enabled: true }\n"
                     "listen: [\"127.0.0.1:${GATEWAY_PORT}\", \"127.0.0.1:${OTHER_PORT}\"]\n",
         .mappings = {{"pages.yaml", routes}},
         .environment = {{"OTHER_PORT", other_port}}}};
    Browser browser{"http://localhost:" + std::to_string(gateway.port()) + "/page"};
};

INSTANTIATE_TEST_SUITE_P(Generations,
                         CookiesInABrowser,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

TEST_P(CookiesInABrowser, CountForPagesOfTheSameOriginOnTheMirrorAndNowhereElse) {
    const json seen = told();
    EXPECT_EQ(seen["without"], 403);
    EXPECT_EQ(seen["mirror"]["data"], (json{{"value", 5}, {"username", "tester"}}));
    EXPECT_EQ(seen["describe"], 200);
    EXPECT_EQ(seen["route"], 401) << "never on mapped routes";
    EXPECT_EQ(seen["cookie"], true) << "the browser has it for the other port as well";
    EXPECT_EQ(seen["read"], "TypeError");
    EXPECT_EQ(seen["own"], 200);
    EXPECT_EQ(seen["calls"], 1) << "that of the page of the gateway's own origin";
}

}  // namespace
