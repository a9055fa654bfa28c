// A page of another site that hides its address, in a real browser, by names that are not this machine's: in
// the clear its requests say nothing of where they come from. It must not call as the user whose cookie the
// browser has, nor on a mesh that asks nobody.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/browser.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace support;
using nlohmann::json;

/// The gateway's own page calls in every way that a page has, and tells; then it leads to the other one,
/// whose image and link, by the mesh's longer path, call the same method.
constexpr const char* routes = R"(
version: 1
routes:
  own_page: { from: { http: "GET /page", auth: none }, to: { answer: "{vars.own}" },
              respond: { headers: { Content-Type: "text/html; charset=utf-8" } } }
  other_page: { from: { http: "GET /other", auth: none }, to: { answer: "{vars.other}" },
                respond: { headers: { Content-Type: "text/html; charset=utf-8" } } }
  tell: { from: { http: "POST /told/{page:slug}", auth: none }, to: { happn: "set /told/{page}", mesh: node } }
  told: { from: { http: "GET /told/{page:slug}", auth: none }, to: { happn: "get /told/{page}", mesh: node } }
vars:
  own: |
    <!doctype html><title>own</title><script>
    const json = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
    const method = '/rest/method/testTools/answerAfter';
    (async () => {
      const seen = {};
      const login = await fetch('/rest/login', { ...json, body: '{"username":"tester","password":"pw"}' });
      document.cookie = 'happn_token=' + (await login.json()).data.token + '; path=/';
      seen.post = (await fetch(method, { ...json, body: '{"parameters":{"ms":1,"value":5}}' })).status;
      seen.get = (await fetch(method + '?ms=1&value=5')).status;
      seen.hidden = (await fetch(method + '?ms=1&value=5', { referrerPolicy: 'no-referrer' })).status;
      seen.hidden_post = (await fetch(method, { ...json, body: '{"parameters":{"ms":1,"value":5}}',
                                                referrerPolicy: 'no-referrer' })).status;
      seen.describe = (await fetch('/rest/describe')).status;
      const frame = document.createElement('iframe');
      frame.src = '/rest/method/testTools/callCount';
      frame.onload = async () => {
        seen.link = JSON.parse(frame.contentDocument.body.innerText).message;
        await fetch('/told/own', { ...json, body: JSON.stringify(seen) });
        location.href = 'http://www.evil.example:${GATEWAY_PORT}/other';
      };
      document.body.append(frame);
    })();
    </script>
  other: |
    <!doctype html><meta name=referrer content=no-referrer><title>other</title><body><script>
    const target = 'http://gw.plant.example:${GATEWAY_PORT}/rest/method/testTools/answerAfter?ms=1&value=';
    const image = new Image();
    image.onload = image.onerror = async () => {
      await fetch('/told/other', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"done":true}' });
      location.href = target.replace('/rest', '/TestNode/rest') + 'link';
    };
    image.src = target + 'image';
    </script>
)";

class AHiddenPage : public testing::TestWithParam<bool> {
protected:
    static bool is_secure() { return GetParam(); }

    json told(const std::string& page) {
        json value;
        const auto has_told = [&] {
            const auto answer = gateway.http().Get("/told/" + page);
            value = answer ? json::parse(answer->body, nullptr, false) : json{};
            return value.is_object() && !value.contains("status");
        };
        EXPECT_TRUE(eventually(has_told, std::chrono::seconds{30})) << browser.printed();
        return value;
    }

    /// How often the method ran.
    json calls() {
        JsClient observer{"mesh-client@13.1.1"};
        observer.connect(mesh.port(), is_secure() ? JsCredentials{"_ADMIN", "happn"} : JsCredentials{});
        return observer.call("testTools", "callCount");
    }

    std::string url_of(const std::string& name, const std::string& path) const {
        return "http://" + name + ":" + std::to_string(gateway.port()) + path;
    }

    JsMesh mesh{{.generation = "13.1.1", .secure = is_secure()}};
    GatewayProcess gateway{
        {.settings = mesh_settings(mesh, is_secure() ? ", username: nobody, password: pw" : "") +
                     "rest: { mesh: site, hosts: [\"*.example\"] }\n"
                     "node: { enabled: true }\nlog: { access: true }\n",
         .mappings = {{"pages.yaml", routes}}}};
    Browser browser{url_of("gw.plant.example", "/page"), "*.example"};
};

INSTANTIATE_TEST_SUITE_P(Meshes, AHiddenPage, testing::Bool(), [](const auto& secure) {
    return secure.param ? "Secure" : "Insecure";
});

TEST_P(AHiddenPage, OfAnotherSiteMakesNoCallAndThoseOfTheGatewayDoIfTheyNameThemselves) {
    const json own = told("own");
    EXPECT_EQ(own["post"], 200);
    EXPECT_EQ(own["hidden_post"], 200) << "names its origin all the same";
    EXPECT_EQ(own["get"], 200);
    EXPECT_EQ(own["describe"], 200);
    EXPECT_EQ(own["link"], "Call successful");
    EXPECT_EQ(own["hidden"], 403);
    EXPECT_EQ(told("other")["done"], true);
    const std::string link =
        gateway.process().wait_for_line("path=/TestNode/rest/method/testTools/answerAfter");
    EXPECT_NE(link.find("status=403"), std::string::npos) << link;
    EXPECT_EQ(calls(), 3) << "those of the gateway's own page that name it";
}

}  // namespace
