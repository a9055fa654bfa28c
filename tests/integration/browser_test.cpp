// Mapped routes in a real browser: EventSource, WebSocket and fetch, of a page of the gateway's own origin
// and of another. The page tells what it sees by storing it on the gateway's node.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/browser.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/gateway_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;
using nlohmann::json;

/// `%page%` stands for the page's script.
constexpr const char* routes = R"(
version: 1
routes:
  page:
    from: { http: "GET /page" }
    to: { answer: "<!doctype html><title>test</title><script>{vars.script}</script>" }
    respond: { headers: { Content-Type: "text/html; charset=utf-8" } }
  watch:
    from: { http: "GET /values/{kind}/events" }
    to: { stream: { happn: "on /values/{kind}/{*leaf}", actions: [set, remove] }, initial: true }
    respond: { body: { leaf: "{leaf}", value: "{answer}" } }
  set: { from: { http: "PUT /values/{kind}/{leaf}" }, to: { happn: "set /values/{kind}/{leaf}" } }
  delete: { from: { http: "DELETE /values/{kind}/{leaf}" }, to: { happn: "remove /values/{kind}/{leaf}" } }
  tell: { from: { http: "POST /told/{what}" }, to: { happn: "set /told/{what}" } }
  told: { from: { http: "GET /told/{what}" }, to: { happn: "get /told/{what}" } }
  open:
    from: { http: "PUT /open/{x}", cors: { origins: ["http://localhost:${GATEWAY_PORT}"] } }
    to: { happn: "set /open/{x}" }
  read:
    from: { http: "GET /open/{x}", cors: { origins: ["http://localhost:${GATEWAY_PORT}"] } }
    to: { happn: "get /open/{x}" }
  closed: { from: { http: "POST /closed/{x}" }, to: { happn: "set /closed/{x}" } }
  closed_read: { from: { http: "GET /closed/{x}" }, to: { happn: "get /closed/{x}" } }
vars:
  script: |
%script%
)";

/// What every page can do.
constexpr const char* prelude = R"(
    const tell = (what, value) => fetch('/told/' + what, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });
)";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

class APageInABrowser : public testing::Test {
protected:
    json told(std::uint16_t port, Browser& browser, const std::string& what) {
        httplib::Client http{"127.0.0.1", port};
        json value;
        const bool came = eventually(
            [&] {
                const auto answer = http.Get("/told/" + what);
                value = answer ? json::parse(answer->body, nullptr, false) : json{};
                return !value.is_null() && !value.is_discarded();
            },
            std::chrono::seconds{30});
        EXPECT_TRUE(came) << "the page did not tell " << what << "\n" << browser.printed();
        return value;
    }
    static GatewayFiles files(const std::string& script) {
        const std::string text = replaced(routes, "%script%", prelude + script);
        return {.settings = "node: { enabled: true }\n", .mappings = {{"page.yaml", text}}};
    }
};

TEST_F(APageInABrowser, ReadsAStreamWithEventSource) {
    GatewayProcess gateway{files(R"(
    const seen = [];
    const events = new EventSource('/values/sse/events');
    const put = (leaf, body) => fetch('/values/sse/' + leaf, {
      method: 'PUT', headers: { 'Content-Type': 'application/json' }, body });
    events.onopen = () => put('a', '1');
    events.onmessage = (event) => {
      seen.push([JSON.parse(event.data), event.lastEventId !== '']);
      if (seen.length === 1) fetch('/values/sse/a', { method: 'DELETE' });
    };
    events.addEventListener('remove', (event) => {
      seen.push(JSON.parse(event.data).leaf);
      events.close();
      tell('sse', seen);
    });
)")};
    Browser browser{"http://127.0.0.1:" + std::to_string(gateway.port()) + "/page"};
    EXPECT_EQ(told(gateway.port(), browser, "sse"), json::parse(R"([[{"leaf":"a","value":1},true],"a"])"));
}

TEST_F(APageInABrowser, ReadsAStreamWithAWebSocket) {
    GatewayProcess gateway{files(R"(
    const seen = [];
    const socket = new WebSocket('ws://' + location.host + '/values/ws/events');
    socket.onopen = () => fetch('/values/ws/a', {
      method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '1' });
    socket.onmessage = (event) => {
      seen.push(JSON.parse(event.data));
      socket.close(1000);
    };
    socket.onclose = (event) => { seen.push([event.code, event.wasClean]); tell('ws', seen); };
)")};
    Browser browser{"http://127.0.0.1:" + std::to_string(gateway.port()) + "/page"};
    EXPECT_EQ(told(gateway.port(), browser, "ws"), json::parse(R"([{"leaf":"a","value":1},[1000,true]])"));
}

/// The page lives through both gateways, of which the second knows what the first has stored.
TEST_F(APageInABrowser, GoesOnWithAStreamWhenTheGatewayHasBeenRestarted) {
    const TemporaryDirectory directory;
    const auto port = free_port();
    const auto started = [&](std::uint16_t on) {
        GatewayFiles given = files(R"(
    const seen = [];
    let opened = 0;
    const events = new EventSource('/values/sse/events');
    events.onopen = () => ++opened;
    events.onmessage = (event) => {
      seen.push(JSON.parse(event.data).leaf);
      tell(seen.length === 1 ? 'before' : 'after', { seen, opened });
    };
)");
        given.settings = "node: { store: \"" + (directory.path() / "node.sqlite").string() +
                         "\" }\nlisten: \"127.0.0.1:" + std::to_string(on) + "\"\n";
        return std::make_unique<GatewayProcess>(given);
    };
    const auto put = [](std::uint16_t at, const std::string& leaf) {
        httplib::Client http{"127.0.0.1", at};
        const auto answer = http.Put("/values/sse/" + leaf, "1", "application/json");
        ASSERT_TRUE(answer && answer->status == 200);
    };
    auto gateway = started(port);
    Browser browser{"http://127.0.0.1:" + std::to_string(port) + "/page"};
    ASSERT_TRUE(eventually([&] { return gateway->route("watch").pending == 1; }, std::chrono::seconds{30}));
    put(port, "heard");
    EXPECT_EQ(told(port, browser, "before"), json::parse(R"({"seen":["heard"],"opened":1})"));
    gateway->stop(InFlight::something);
    const auto elsewhere = free_port();
    gateway = started(elsewhere);
    put(elsewhere, "missed");
    gateway = nullptr;
    gateway = started(port);
    EXPECT_EQ(told(port, browser, "after"), json::parse(R"({"seen":["heard","missed"],"opened":2})"));
    gateway->stop(InFlight::something);
}

TEST_F(APageInABrowser, IsNotConnectedAgainToAStreamThatWasRefused) {
    GatewayProcess gateway{files(R"(
    const events = new EventSource('/nothing');
    events.onerror = () => tell('refused', events.readyState === EventSource.CLOSED);
)")};
    Browser browser{"http://127.0.0.1:" + std::to_string(gateway.port()) + "/page"};
    EXPECT_EQ(told(gateway.port(), browser, "refused"), true);
}

/// By the name of the machine the same gateway is another origin.
TEST_F(APageInABrowser, OfAnotherOriginMayDoWhatRoutesSayAndNothingElse) {
    GatewayProcess gateway{files(R"(
    const target = 'http://127.0.0.1:' + location.port;
    const outcome = (path, options) => fetch(target + path, options).then(
      (answer) => answer.status, (error) => error.name);
    const json = { headers: { 'Content-Type': 'application/json' }, body: '1' };
    (async () => {
      const seen = {};
      seen.allowed_put = await outcome('/open/x', { method: 'PUT', ...json });
      seen.allowed_get = await outcome('/open/x');
      seen.unlisted_post_without_a_preflight = await outcome('/closed/x', { method: 'POST' });
      seen.unlisted_post_with_a_preflight = await outcome('/closed/x', { method: 'POST', ...json });
      seen.unlisted_get = await outcome('/closed/x');
      seen.mirror = await outcome('/rest/method/data/get?path=/open/x');
      seen.websocket = await new Promise((done) => {
        const socket = new WebSocket('ws://127.0.0.1:' + location.port + '/values/ws/events');
        socket.onopen = () => done('open');
        socket.onerror = () => done('refused');
      });
      tell('cors', seen);
    })();
)")};
    Browser browser{"http://localhost:" + std::to_string(gateway.port()) + "/page"};
    EXPECT_EQ(told(gateway.port(), browser, "cors"), json::parse(R"({
        "allowed_put": 200, "allowed_get": 200,
        "unlisted_post_without_a_preflight": "TypeError", "unlisted_post_with_a_preflight": "TypeError",
        "unlisted_get": "TypeError", "mirror": "TypeError", "websocket": "refused"})"));
    EXPECT_EQ(gateway.http().Get("/closed/x")->body, "null") << "nothing was done for it";
}

}  // namespace
