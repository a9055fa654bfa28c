// HTTP services behind the gateway: real ones, over real sockets and TLS, called by REST, MQTT and happn
// clients.
#include <gmock/gmock.h>

#include "adapters/services/signature.hpp"
#include "end_to_end.hpp"
#include "gateway/expression/encodings.hpp"
#include "gateway/payload.hpp"
#include "tests/integration/counter.hpp"
#include "tests/support/http_service.hpp"

namespace {

using namespace support;
using testing::HasSubstr;
using testing::Not;

constexpr const char* bearer_token = "b3arer-t0ken";
constexpr const char* hook_secret = "h00k-s3cret";

// --- as a source of data and methods ---

constexpr const char* weather_mapping = R"(
routes:
  city:
    from: { http: "GET /cities/{city}" }
    to: { http: "GET ${SERVICE}/weather/{city}", auth: { bearer: "${TOKEN}" } }
    errors: [ { name: HttpError, code: 404, status: 404, body: { error: "{error.message}" } } ]
  text:    { from: { http: "GET /text" }, to: { http: "GET ${SERVICE}/text" } }
  broken:  { from: { http: "GET /broken" }, to: { http: "GET ${SERVICE}/broken" } }
  large:   { from: { http: "GET /large" }, to: { http: "GET ${SERVICE}/large", max_response: 64KiB } }
  fits:    { from: { http: "GET /fits" }, to: { http: "GET ${SERVICE}/large", max_response: 1MiB } }
  stall:   { from: { http: "GET /stall" }, to: { http: "GET ${SERVICE}/stall", timeout: 200ms } }
  drip:    { from: { http: "GET /drip" }, to: { http: "GET ${SERVICE}/drip", timeout: 200ms } }
  login:
    from: { http: "GET /login" }
    to: { http: "GET ${SERVICE}/text", auth: { basic: { username: "${USER_NAME}", password: "${TOKEN}" } } }
  cached:  { from: { http: "GET /cached" }, to: { http: "GET ${SERVICE}/count", cache: 1h } }
  strict:  { from: { http: "GET /strict" }, to: { http: "GET ${SERVICE}/count", cache: 1h, ok: [404] } }
  varies:  { from: { http: "GET /varies" }, to: { http: "GET ${SERVICE}/vary/*", cache: 1h } }
  moved:   { from: { http: "GET /moved" }, to: { http: "GET ${SERVICE}/redirect/%2Ftext" } }
  follows: { from: { http: "GET /follows" }, to: { http: "GET ${SERVICE}/redirect/%2Ftext", redirects: 1 } }
  away:
    from: { http: "GET /away", query: { to: { type: string, required: true } } }
    to: { http: "GET ${SERVICE}/redirect/{in.query.to|url}", redirects: 1, auth: { bearer: "${TOKEN}" } }
  allowed:
    from: { http: "GET /allowed", query: { to: { type: string, required: true } } }
    to: { http: "GET ${SERVICE}/redirect/{in.query.to|url}", redirects: 1, private_addresses: true, auth: { bearer: "${TOKEN}" } }
  circle:  { from: { http: "GET /circle" }, to: { http: "GET ${SERVICE}/circle", redirects: 3 } }
components:
  weather:
    methods:
      now:
        parameters: { city: { type: string, required: true }, days: { type: integer, minimum: 1 } }
        to: { http: "GET ${SERVICE}/weather/{city}" }
        respond: { body: { degrees: "{answer.celsius}" } }
)";

class AService : public testing::Test {
protected:
    HttpService service;
    HttpService other;
    GatewayProcess gateway{
        {.settings = "node: { enabled: true }\nlog: { level: debug }\n",
         .mappings = {{"weather.yaml", weather_mapping}},
         .environment = {{"SERVICE", service.url()}, {"TOKEN", bearer_token}, {"USER_NAME", "weather"}}}};
    httplib::Client http = gateway.http();
};

TEST_F(AService, AnswersInItsOwnWords) {
    const auto answer = http.Get("/cities/New%20York");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, R"({"city":"New%20York","celsius":21.5})");
    const auto request = service.next_request();
    EXPECT_EQ(request.at("url"), "/weather/New%20York");
    EXPECT_EQ(request.at("headers").at("authorization"), "Bearer " + std::string{bearer_token});
    EXPECT_THAT(request.at("headers").at("x-happn-gateway").get<std::string>(), testing::EndsWith(";1"));
    EXPECT_EQ(http.Get("/text")->body, "plain words");
}

TEST_F(AService, ThatSaysNoIsMappedByErrors) {
    const auto answer = http.Get("/cities/nowhere");
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->body, R"({"error":"the service answered 404"})");
    EXPECT_EQ(http.Get("/broken")->status, 502);
}

TEST_F(AService, KeepsItsConnection) {
    for (int i = 0; i < 5; ++i)
        ASSERT_EQ(http.Get("/cities/oslo")->status, 200);
    const auto first = service.next_request().at("connection");
    for (int i = 1; i < 5; ++i)
        EXPECT_EQ(service.next_request().at("connection"), first);
}

TEST_F(AService, WhoseAnswerIsTooLargeUnpackedIsRefused) {
    EXPECT_EQ(http.Get("/large")->status, 422);
    EXPECT_EQ(http.Get("/fits")->body.size(), 1024U * 1024);
}

TEST_F(AService, ThatStallsIsATimeout) {
    EXPECT_EQ(http.Get("/stall")->status, 504);
}

TEST_F(AService, ThatAnswersDropByDropIsATimeout) {
    EXPECT_EQ(http.Get("/drip")->status, 504);
}

TEST_F(AService, IsToldAUserAndAPasswordFromTheEnvironment) {
    ASSERT_EQ(http.Get("/login")->status, 200);
    EXPECT_EQ(service.next_request().at("headers").at("authorization"),
              "Basic " + gateway::base64("weather:" + std::string{bearer_token}));
}

TEST_F(AService, IsNotAskedAgainForACachedAnswer) {
    EXPECT_EQ(http.Get("/cached")->body, R"({"count":1})");
    EXPECT_EQ(http.Get("/cached")->body, R"({"count":1})");
    EXPECT_EQ(counter(gateway, "service_cache_hits"), 1U);
}

TEST_F(AService, HasNoAnswerKeptForATargetThatTakesOthers) {
    EXPECT_EQ(http.Get("/cached")->status, 200);
    EXPECT_EQ(http.Get("/strict")->status, 502) << "200 is not among its `ok`";
}

TEST_F(AService, WhoseAnswerVariesByMoreThanTheRequestIsAskedAgain) {
    EXPECT_EQ(http.Get("/varies")->body, R"({"count":1})");
    EXPECT_EQ(http.Get("/varies")->body, R"({"count":2})");
}

TEST_F(AService, IsFollowedOnlyWhereTheTargetSaysSo) {
    EXPECT_EQ(http.Get("/moved")->status, 502);
    EXPECT_EQ(http.Get("/follows")->body, "plain words");
}

TEST_F(AService, CannotRedirectIntoThePrivateNetwork) {
    const httplib::Params to{{"to", other.url() + "/text"}};
    const auto refused = http.Get("/away", to, httplib::Headers{});
    EXPECT_EQ(refused->status, 422) << refused->body;
    const auto allowed = http.Get("/allowed", to, httplib::Headers{});
    EXPECT_EQ(allowed->body, "plain words");
    const auto request = other.next_request();  // the only one
    EXPECT_FALSE(request.at("headers").contains("authorization"));
}

TEST_F(AService, ThatRedirectsToAPortOfItsOwnHostIsAnotherOne) {
    const httplib::Params to{{"to", service.url() + "/cities/oslo"}};
    http.Get("/allowed", to, httplib::Headers{});
    service.next_request("/redirect/");
    EXPECT_TRUE(service.next_request().at("headers").contains("authorization")) << "it stays at home";
    http.Get("/allowed", {{"to", other.url() + "/text"}}, httplib::Headers{});
    const auto elsewhere = other.next_request().at("headers");
    for (const char* own : {"authorization", "x-happn-gateway"})
        EXPECT_FALSE(elsewhere.contains(own)) << own;
}

TEST_F(AService, ThatRedirectsToWhatIsNoHttpIsNotFollowed) {
    for (const char* url : {"file:///etc/passwd",
                            "gopher://127.0.0.1/",
                            "ftp://127.0.0.1/",
                            "javascript:alert(1)",
                            "http://",
                            "http://[::1"}) {
        const auto answer = http.Get("/allowed", {{"to", url}}, httplib::Headers{});
        EXPECT_EQ(answer->status, 502) << url << ' ' << answer->body;
        EXPECT_THAT(answer->body, HasSubstr("302")) << url;
    }
}

TEST_F(AService, CannotHideAPrivateAddress) {
    const std::string port = other.url().substr(other.url().rfind(':'));
    for (const std::string host : {"localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"}) {
        const auto answer =
            http.Get("/away", {{"to", "http://" + host + port + "/text"}}, httplib::Headers{});
        EXPECT_EQ(answer->status, 422) << host << ' ' << answer->body;
    }
}

TEST_F(AService, ThatRedirectsInCirclesIsFollowedAsOftenAsTheTargetSays) {
    EXPECT_EQ(http.Get("/circle")->status, 502);
    EXPECT_EQ(counter(gateway, "service_requests"), 4U);
}

TEST_F(AService, ServesAMethodToRestAndToJavaScriptClients) {
    const httplib::Headers none;
    const auto rest =
        http.Post("/rest/method/weather/now", none, R"({"parameters":{"city":"oslo"}})", "application/json");
    EXPECT_THAT(rest->body, HasSubstr(R"("data":{"degrees":21.5})"));
    const auto wrong = http.Post(
        "/rest/method/weather/now", none, R"({"parameters":{"city":"oslo","days":0}})", "application/json");
    EXPECT_THAT(wrong->body, HasSubstr("'days' is below its minimum"));
    const auto by_query = http.Get("/rest/method/weather/now?city=oslo&days=2");
    EXPECT_THAT(by_query->body, HasSubstr(R"("data":{"degrees":21.5})"));

    JsClient client{"mesh-client@13.1.1"};
    client.connect(gateway.port());
    EXPECT_EQ(client.call("weather", "now", {"bergen"}), (nlohmann::json{{"degrees", 21.5}}));
    try {
        client.call("weather", "now", {"nowhere"});
        ADD_FAILURE() << "no error";
    } catch (const JsError& failed) {
        EXPECT_EQ(failed.error.value("name", ""), "HttpError") << failed.error;
        EXPECT_EQ(failed.error.value("code", 0), 404) << failed.error;
    }
    client.disconnect();
}

TEST_F(AService, IsAskedForUnderNoNameThatIsLogged) {
    ASSERT_EQ(http.Get("/cities/nowhere")->status, 404);
    service.kill();
    EXPECT_EQ(http.Get("/cities/oslo")->status, 503);
    EXPECT_THAT(gateway.process().printed(), Not(HasSubstr(bearer_token)));
    EXPECT_THAT(gateway.admin().Get("/routes")->body, Not(HasSubstr(bearer_token)));
}

// --- webhooks ---

constexpr const char* hook_mapping = R"(
routes:
  alarm:
    from: { mqtt: "alarms/{zone}" }
    map: { zone: "{zone}", celsius: "{payload.c}" }
    to: { http: "POST ${SERVICE}/hook/mqtt", sign: { secret: "${SECRET}", timestamp: X-Time }, retry: { max: 2 } }
  stored:
    from: { happn: "on /alarms/{zone}", actions: [set] }
    to: { http: "PUT ${SERVICE}/hook/{zone}", sign: { secret: "${SECRET}", header: X-Hub-Signature-256 } }
)";

TEST(AWebhook, IsSentSignedForMqttAndHappnMessages) {
    Mosquitto mosquitto;
    HttpService service;
    GatewayProcess gateway{
        {.settings = "node: { enabled: true }\nlog: { level: debug }\n" + broker_settings(mosquitto),
         .mappings = {{"hooks.yaml", hook_mapping}},
         .environment = {{"SERVICE", service.url()}, {"SECRET", hook_secret}}}};
    MqttProbe device{mosquitto.port()};
    device.publish({.topic = "alarms/z1", .payload = R"({"c":91.50})", .qos = 1});
    const auto hook = service.next_request();
    const std::string body = hook.at("body");
    const std::string time = hook.at("headers").at("x-time");
    EXPECT_EQ(body, R"({"zone":"z1","celsius":91.50})");
    EXPECT_EQ(hook.at("headers").at("content-type"), "application/json");
    EXPECT_EQ(hook.at("headers").at("x-signature"),
              "sha256=" + services::hmac_sha256(hook_secret, time + '.' + body));
    EXPECT_TRUE(hook.at("headers").contains("idempotency-key"));

    JsClient client{"happn-3@13.12.1"};
    client.connect(gateway.port());
    client.set("/alarms/z2", {{"on", true}});
    const auto stored = service.next_request();
    EXPECT_EQ(stored.at("method"), "PUT");
    EXPECT_EQ(stored.at("url"), "/hook/z2");
    EXPECT_EQ(stored.at("headers").at("x-hub-signature-256"),
              "sha256=" + services::hmac_sha256(hook_secret, stored.at("body").get<std::string>()));
    client.disconnect();
    EXPECT_THAT(gateway.process().printed(), Not(HasSubstr(hook_secret)));
}

// --- TLS ---

class AServiceOverTls : public testing::Test {
protected:
    /// The status of a request by a target with these `tls` keys; the gateway's log goes to `log`.
    int status_with(const HttpService& service,
                    const std::string& tls,
                    const std::string& path = "/text",
                    const std::string& more = "") {
        const std::string mapping = "routes: { r: { from: { http: \"GET /r\" }, to: { http: \"GET " +
                                    service.url() + path + "\"" + more +
                                    (tls.empty() ? "" : ", tls: { " + tls + " }") + " } } }\n";
        const GatewayProcess gateway{
            {.settings = "node: { enabled: true }\n", .mappings = {{"m.yaml", mapping}}}};
        return gateway.http().Get("/r")->status;
    }

    CertificateAuthority authority;
    CertificateAuthority stranger;
};

TEST_F(AServiceOverTls, IsTrustedByItsAuthorityAndNameOnly) {
    const HttpService service{{.tls = authority.issue("localhost")}};
    EXPECT_EQ(status_with(service, "ca: \"file:" + authority.certificate() + "\""), 200);
    EXPECT_EQ(status_with(service, ""), 503);
    EXPECT_EQ(status_with(service, "ca: \"file:" + stranger.certificate() + "\""), 503);
    EXPECT_EQ(status_with(service, "verify: false"), 200);
}

TEST_F(AServiceOverTls, MayHaveAnotherNameThanItsUrl) {
    const HttpService service{{.tls = authority.issue("inner.example")}};
    const std::string ca = "ca: \"file:" + authority.certificate() + "\"";
    EXPECT_EQ(status_with(service, ca), 503);
    EXPECT_EQ(status_with(service, ca + ", server_name: inner.example"), 200);
}

TEST_F(AServiceOverTls, KeepsItsOtherNameWhereItRedirectsToItself) {
    const HttpService service{{.tls = authority.issue("inner.example")}};
    const std::string tls = "ca: \"file:" + authority.certificate() + "\", server_name: inner.example";
    EXPECT_EQ(status_with(service, tls, "/redirect/%2Ftext", ", redirects: 1"), 200);
}

TEST_F(AServiceOverTls, HasItsOtherNameForItselfOnly) {
    const HttpService service{{.tls = authority.issue("inner.example")}};
    const HttpService elsewhere{{.tls = authority.issue("inner.example")}};
    const std::string tls = "ca: \"file:" + authority.certificate() + "\", server_name: inner.example";
    const std::string to = "/redirect/" + gateway::percent_encoded(elsewhere.url() + "/text");
    EXPECT_EQ(status_with(service, tls, to, ", redirects: 1, private_addresses: true"), 503);
}

TEST_F(AServiceOverTls, KeepsItsConnectionUnlessAnAnswerIsLongerThanItSays) {
    HttpService service{{.tls = authority.issue("localhost")}};
    const GatewayProcess gateway{
        {.settings = "node: { enabled: true }\n",
         .mappings = {{"m.yaml",
                       "routes: { r: { from: { http: \"GET /{what}/{key}\" }, to: { http: \"GET " +
                           service.url() + "/{what}/{key}\", tls: { ca: \"file:" + authority.certificate() +
                           "\" } } } }\n"}}}};
    const auto get = [&](const std::string& path) { return gateway.http().Get(path)->body; };
    for (const std::string key : {"one", "two", "three"})
        ASSERT_EQ(get("/leaky/" + key), key);
    const auto kept = service.next_request().at("connection");
    EXPECT_EQ(service.next_request().at("connection"), kept);
    EXPECT_EQ(service.next_request().at("connection"), kept);
    EXPECT_EQ(get("/overflowing/four"), "four");
    EXPECT_EQ(get("/overflowing/five"), "five");
    EXPECT_EQ(get("/leaky/six"), "six");
    EXPECT_EQ(service.next_request().at("connection"), kept);
    EXPECT_NE(service.next_request().at("connection"), kept);
}

TEST_F(AServiceOverTls, IsShownTheGatewaysCertificate) {
    const HttpService service{{.tls = authority.issue("localhost"), .client_ca = authority.certificate()}};
    const auto own = authority.issue("gateway");
    const std::string ca = "ca: \"file:" + authority.certificate() + "\"";
    EXPECT_EQ(status_with(service, ca), 503);
    EXPECT_EQ(
        status_with(service,
                    ca + ", certificate: \"file:" + own.certificate + "\", key: \"file:" + own.key + "\""),
        200);
}

}  // namespace
