// Names that are not the gateway's own, on a mesh that asks nobody who they are: what a page can do whose
// name has been made to lead here. With a real insecure mesh, and with a page in a real browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/browser.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/http_service.hpp"
#include "tests/support/raw_client.hpp"

namespace {

using namespace support;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* routes = R"(
version: 1
vars:
  script: |
    const told = new Set();
    const look = async () => {
      const status = await fetch('/rest/method/testTools/answerAfter?ms=1&value=x').then((answer) => answer.status, () => 0);
      if (status && !told.has(status)) fetch('${SERVICE}/seen/' + status, { mode: 'no-cors' });
      told.add(status);
      setTimeout(look, 50);
    };
    look();
routes:
  page:
    from: { http: "GET /page" }
    to: { answer: "<!doctype html><title>test</title><script>{vars.script}</script>" }
    respond: { headers: { Content-Type: "text/html; charset=utf-8" } }
  call:
    from: { http: "GET /call" }
    to: { call: "testTools/answerAfter", mesh: site, args: [1, "x"] }
  watch:
    from: { http: "GET /values/{leaf}" }
    to: { stream: { happn: "on /values/{leaf}", mesh: site } }
)";

const std::string mirror = "/rest/method/testTools/answerAfter?ms=1&value=x";

class AnInsecureMesh : public testing::Test {
protected:
    void serve(const std::string& rest, const std::string& service = "") {
        gateway.emplace(
            GatewayFiles{.settings = mesh_settings(mesh) + "node: { enabled: true }\nlisten: \"127.0.0.1:" +
                                     std::to_string(port) + "\"\nrest: { mesh: site" + rest + " }\n",
                         .mappings = {{"routes.yaml", routes}},
                         .environment = {{"SERVICE", service}}});
    }

    /// The head of the answer, and of a short one its body.
    std::string get(const std::string& path, const std::string& name, const std::string& headers = {}) const {
        return get_from(port, path, name, headers);
    }
    static std::string get_from(std::uint16_t port,
                                const std::string& path,
                                const std::string& name,
                                const std::string& headers = {}) {
        RawClient client{port};
        client.send("GET " + path + " HTTP/1.1\r\nHost: " + name + "\r\n" + headers +
                    (headers.empty() ? "Connection: close\r\n" : "") + "\r\n");
        return headers.empty() ? client.read_to_end() : client.read_until("\r\n\r\n");
    }

    std::string page_of(const std::string& name) const { return "Origin: http://" + name + "\r\n"; }

    JsMesh mesh;
    std::uint16_t port = free_port();
    std::optional<GatewayProcess> gateway;
};

TEST_F(AnInsecureMesh, DoesNothingForANameThatIsNotTheGateways) {
    serve("");
    const std::string evil = "evil.example:" + std::to_string(port);
    for (const std::string& path :
         {mirror, std::string{"/rest/describe"}, std::string{"/call"}, std::string{"/openapi.json"}}) {
        EXPECT_THAT(get(path, evil), StartsWith("HTTP/1.1 421 ")) << path;
        EXPECT_THAT(get(path, "127.0.0.1"), StartsWith("HTTP/1.1 200 ")) << path;
    }
    EXPECT_THAT(get("/call", evil), HasSubstr("'rest: { hosts: [...] }'"));
    EXPECT_THAT(get("/values/a", evil), StartsWith("HTTP/1.1 421 "));
    EXPECT_EQ(gateway->route("call").matched, 1U);
}

TEST_F(AnInsecureMesh, LetsAPageOpenNoWebsocketByItsOwnNameAndAProgramByAny) {
    serve("");
    const std::string name = "evil.example:" + std::to_string(port);
    for (const char* path : {"/primus", "/values/a"}) {
        EXPECT_THAT(get(path, name, websocket_upgrade + page_of(name)), StartsWith("HTTP/1.1 421 ")) << path;
        EXPECT_THAT(get(path, name, websocket_upgrade), StartsWith("HTTP/1.1 101 ")) << path;
    }
}

TEST_F(AnInsecureMesh, AnswersToTheNamesOfItsConfiguration) {
    serve(", hosts: [gateway.example, \"*.plant.example\"]");
    for (const char* name : {"gateway.example", "GATEWAY.example:8080", "a.plant.example", "localhost"})
        EXPECT_THAT(get(mirror, name), StartsWith("HTTP/1.1 200 ")) << name;
    const std::string listed = "gateway.example";
    EXPECT_THAT(get("/primus", listed, websocket_upgrade + page_of(listed)), StartsWith("HTTP/1.1 101 "));
    EXPECT_THAT(get(mirror, "plant.example"), StartsWith("HTTP/1.1 421 "));
}

TEST_F(AnInsecureMesh, HasAnAdminListenerThatIsOpenToNoPageWhateverNamesAreListed) {
    serve(", hosts: [\"*\"]");
    for (const char* path : {"/routes", "/metrics", "/ready"}) {
        EXPECT_THAT(get_from(gateway->admin_port(), path, "evil.example"), StartsWith("HTTP/1.1 421 "))
            << path;
        EXPECT_THAT(get_from(gateway->admin_port(), path, "localhost"), StartsWith("HTTP/1.1 200 ")) << path;
    }
}

TEST_F(AnInsecureMesh, IsOutOfReachForAPageWhoseNameLeadsToTheGatewayAllAtOnce) {
    HttpService service;
    serve(", hosts: [page.example]", service.url());
    Browser browser{"http://page.example:" + std::to_string(port) + "/page", "page.example"};
    service.next_request("/seen/200");
    gateway->stop(InFlight::something);
    serve("", service.url());
    service.next_request("/seen/421");
    EXPECT_EQ(gateway->route("page").matched, 0U);
}

}  // namespace
