// Happner's REST surface through the gateway, in front of real meshes of every generation, insecure and
// secure: the exchanges recorded on happner-2 13.1.1 give the same answers, and nobody sees another's.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/unit/rest/recorded_rest.hpp"

namespace {

using namespace support;
using nlohmann::json;
using rest::Answered;
using rest::RecordedRest;

struct MeshKind {
    const char* generation;
    bool secure;
};

class RestOverAMesh : public testing::TestWithParam<MeshKind> {
protected:
    explicit RestOverAMesh(const std::string& timeouts = {})
        : gateway{{.settings = mesh_settings(mesh, credentials()) + "rest: { mesh: site }\n" + timeouts,
                   .mappings = {}}} {}

    static std::string credentials() {
        return GetParam().secure ? ", username: _ADMIN, password: happn" : "";
    }

    Answered send(const std::string& method,
                  const std::string& target,
                  const RecordedRest::Headers& headers = {},
                  const std::string& body = {}) {
        httplib::Request request;
        request.method = method;
        request.path = target;
        for (const auto& [name, value] : headers)
            request.headers.emplace(name, value);
        request.body = body;
        auto client = gateway.http();
        client.set_read_timeout(read_timeout);
        const auto result = client.send(request);
        if (!result) throw WaitFailed(method + ' ' + target + ": " + httplib::to_string(result.error()));
        return {result->status,
                result->reason,
                result->get_header_value("Content-Type"),
                result->get_header_value("WWW-Authenticate"),
                result->body};
    }

    Answered post(const std::string& target, const json& body, const std::string& token = {}) {
        RecordedRest::Headers headers{{"Content-Type", "application/json"}};
        if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
        return send("POST", target, headers, body.dump());
    }

    std::string token_of(const std::string& user, const std::string& password = "pw") {
        const Answered answer = post("/rest/login", {{"username", user}, {"password", password}});
        EXPECT_EQ(answer.status, 200) << answer.body;
        return json::parse(answer.body)["data"]["token"];
    }

    /// The error that the mesh's own REST answers, without the stack that old generations show.
    json meshs_own_error(const std::string& path, const json& body, const std::string& token) const {
        auto client = httplib::Client{"127.0.0.1", mesh.port()};
        const auto answer = client.Post(
            path + (token.empty() ? "" : "?happn_token=" + token), body.dump(), "application/json");
        if (!answer) throw WaitFailed(path + ": " + httplib::to_string(answer.error()));
        json error = json::parse(answer->body)["error"];
        error.erase("stack");
        return error;
    }

    /// A caller who may call everything.
    std::string some_token() { return GetParam().secure ? token_of("tester") : std::string{}; }

    JsMesh mesh{{.generation = GetParam().generation, .secure = GetParam().secure}};
    GatewayProcess gateway;
    std::chrono::seconds read_timeout = patience;
};

/// Its client gives up before a gateway does that goes by the default of 10 seconds.
class ImpatientRestOverAMesh : public RestOverAMesh {
protected:
    ImpatientRestOverAMesh() : RestOverAMesh{"timeouts: { rest: 3s }\n"} {
        read_timeout = std::chrono::seconds{6};
    }
};

std::string kind_name(const testing::TestParamInfo<MeshKind>& kind) {
    return (kind.param.secure ? "Secure_" : "Insecure_") + name_of_version(kind.param.generation);
}

constexpr MeshKind mesh_kinds[] = {{"2.13.0", false},
                                   {"2.13.0", true},
                                   {"5.2.1", true},
                                   {"11.16.1", true},
                                   {"13.1.1", false},
                                   {"13.1.1", true}};
constexpr MeshKind oldest_and_newest[] = {{"2.13.0", true}, {"13.1.1", true}};

INSTANTIATE_TEST_SUITE_P(Generations, RestOverAMesh, testing::ValuesIn(mesh_kinds), kind_name);
INSTANTIATE_TEST_SUITE_P(Generations,
                         ImpatientRestOverAMesh,
                         testing::ValuesIn(oldest_and_newest),
                         kind_name);

TEST_P(RestOverAMesh, GivesTheRecordedAnswers) {
    RecordedRest recorded{
        [this](const auto& method, const auto& target, const auto& headers, const auto& body) {
            return send(method, target, headers, body);
        }};
    // The recorded tester might call one method only, the one of these meshes all of componentName.
    recorded.leave_out(
        {"method erroring [tester bearer]", "missing method [tester bearer]", "as tester by admin denied"});
    // An insecure mesh of either generation has no right to miss; a secure one gave the recorded tester none
    // to describe.
    recorded.leave_out({"describe [tester bearer]", "describe POST [tester bearer]"});
    // Old generations ignore `as` and would run the call as the caller: the gateway refuses it there.
    const std::string_view generation = GetParam().generation;
    const bool delegates = !GetParam().secure || (generation != "2.13.0" && generation != "5.2.1");
    if (!delegates) recorded.leave_out({"as tester by admin allowed"});
    const int wanted = GetParam().secure ? 75 : 40;
    EXPECT_GE(recorded.replay(GetParam().secure ? "rest-13.1.1-secure.jsonl" : "rest-13.1.1-insecure.jsonl"),
              wanted);
}

TEST_P(ImpatientRestOverAMesh, ACallThatIsNeverAnsweredEndsIn504AfterTheConfiguredTimeAndTheNextIsServed) {
    const std::string token = some_token();
    const Answered answer =
        post("/rest/method/componentName/neverMethod", {{"parameters", json::object()}}, token);
    EXPECT_EQ(answer.status, 504);
    const json body = json::parse(answer.body);
    EXPECT_EQ(body["message"], "Call failed");
    EXPECT_NE(body["error"]["message"].get<std::string>().find("componentName/neverMethod"),
              std::string::npos);
    EXPECT_EQ(post("/rest/method/componentName/strMethod", json::object(), token).status, 200);
}

TEST_P(RestOverAMesh, AHundredConcurrentCallersEachGetTheirOwnAnswer) {
    constexpr int users = 10;
    constexpr int callers = 100;
    std::vector<std::string> tokens;
    for (int i = 0; i < users; ++i)
        tokens.push_back(GetParam().secure ? token_of("user" + std::to_string(i)) : std::string{});
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i) {
        threads.emplace_back([&, i] {
            // Later callers are answered sooner, so that answers overtake each other.
            const json parameters{{"ms", 200 - i}, {"value", i}};
            const Answered answer = post("/rest/method/testTools/answerAfter",
                                         {{"parameters", parameters}},
                                         tokens[static_cast<std::size_t>(i % users)]);
            const json data = json::parse(answer.body).value("data", json());
            EXPECT_EQ(answer.status, 200) << answer.body;
            EXPECT_EQ(data.value("value", json()), i);
            const bool as_himself =
                !GetParam().secure || data.value("username", "") == "user" + std::to_string(i % users);
            EXPECT_TRUE(as_himself) << answer.body;
            if (answer.status == 200 && data.value("value", json()) == i && as_himself) ++right;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(right, callers);
}

TEST_P(RestOverAMesh, AMethodsErrorIsNeverTakenForTheMeshsRefusal) {
    const std::string token = some_token();
    const std::string path = "/rest/method/testTools/failWith";
    for (const int code : {401, 403}) {
        const json body{{"parameters", {{"name", "AccessDenied"}, {"code", code}}}};
        const json wanted{{"name", "AccessDenied"}, {"code", code}, {"message", "said the method"}};
        EXPECT_EQ(meshs_own_error(path, body, token), wanted);
        for (int i = 0; i < 12; ++i) {  // more than refused tokens may come from one address
            const Answered answer = post(path, body, token);
            ASSERT_EQ(answer.status, 500) << answer.body;
            EXPECT_EQ(json::parse(answer.body)["message"], "Call failed");
            EXPECT_EQ(json::parse(answer.body)["error"], wanted);
        }
    }
    EXPECT_EQ(post("/rest/method/componentName/strMethod", json::object(), token).status, 200);
}

class RevokedOnAMesh : public testing::TestWithParam<const char*> {
protected:
    httplib::Result read_item() const { return gateway.http().Get("/items/x"); }
    httplib::Result call_as(const std::string& token) const {
        return gateway.http().Post("/rest/method/componentName/strMethod",
                                   {{"Authorization", "Bearer " + token}},
                                   R"({"parameters":{}})",
                                   "application/json");
    }

    JsMesh mesh{{.generation = GetParam(), .secure = true}};
    GatewayProcess gateway{
        {.settings = mesh_settings(mesh, ", username: _ADMIN, password: happn") + "rest: { mesh: site }\n",
         .mappings = {{"items.yaml", R"(
version: 1
routes:
  item:
    from: { http: "GET /items/{x}", auth: none }
    to:   { happn: "get /items/{x}", as: service }
)"}}}};
};

INSTANTIATE_TEST_SUITE_P(Generations,
                         RevokedOnAMesh,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

TEST_P(RevokedOnAMesh, TheGatewaysOwnSessionIsMadeAnew) {
    EXPECT_GE(mesh.revoke("_ADMIN"), 1);
    EXPECT_TRUE(eventually([&] {
        const auto answer = read_item();
        return answer && answer->status == 200;
    })) << gateway.process().printed();
    gateway.wait_until_ready();
}

TEST_P(RevokedOnAMesh, AUsersTokenIsRefusedWithWhatTheMeshSays) {
    const auto login =
        gateway.http().Post("/rest/login", R"({"username":"tester","password":"pw"})", "application/json");
    ASSERT_TRUE(login);
    const std::string token = json::parse(login->body)["data"]["token"];
    ASSERT_EQ(call_as(token)->status, 200);
    EXPECT_EQ(mesh.revoke("tester"), 1);
    EXPECT_TRUE(eventually([&] {
        const auto answer = call_as(token);
        return answer && answer->status == 403;
    })) << gateway.process().printed();
    EXPECT_EQ(read_item()->status, 200) << "others are not concerned";
}

class ExpiringOnAMesh : public testing::TestWithParam<const char*> {
protected:
    std::string log_in(const std::string& user) const {
        const json body{{"username", user}, {"password", "pw"}};
        const auto login = gateway.http().Post("/rest/login", body.dump(), "application/json");
        return login && login->status == 200 ? json::parse(login->body)["data"]["token"].get<std::string>()
                                             : std::string{};
    }
    int call_as(const std::string& token) const {
        const auto answer = gateway.http().Post("/rest/method/componentName/strMethod",
                                                {{"Authorization", "Bearer " + token}},
                                                R"({"parameters":{}})",
                                                "application/json");
        return answer ? answer->status : 0;
    }

    JsMesh mesh{{.generation = GetParam(), .secure = true, .session_ttl = "3 seconds"}};
    GatewayProcess gateway{
        {.settings = mesh_settings(mesh, ", username: _ADMIN, password: happn") + "rest: { mesh: site }\n",
         .mappings = {}}};
};

TEST_P(ExpiringOnAMesh, ATokenIsRefusedWhenItsTimeIsOverAndANewOneWorks) {
    const auto token = log_in("tester");
    const auto of_another = log_in("user0");
    EXPECT_EQ(call_as(token), 200);
    EXPECT_TRUE(eventually([&] { return call_as(token) == 403; })) << gateway.process().printed();
    EXPECT_EQ(call_as(log_in("tester")), 200);
    EXPECT_EQ(call_as(of_another), 200);
    EXPECT_TRUE(gateway.ready());
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         ExpiringOnAMesh,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         [](const auto& mesh) { return name_of_version(mesh.param); });

TEST_P(RevokedOnAMesh, ATokenOfAMeshThatHasStartedWithAnotherSecretIsNoneAndANewOneWorks) {
    const auto log_in = [this] {
        const auto login = gateway.http().Post(
            "/rest/login", R"({"username":"tester","password":"pw"})", "application/json");
        return json::parse(login->body)["data"]["token"].get<std::string>();
    };
    const std::string before = log_in();
    ASSERT_EQ(call_as(before)->status, 200);
    mesh.kill();
    gateway.wait_until_ready(false);
    mesh.start();
    gateway.wait_until_ready();
    const auto refused = call_as(before);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 403) << refused->body;
    EXPECT_EQ(json::parse(refused->body)["message"], "Bad origin");
    EXPECT_EQ(call_as(log_in())->status, 200);
}

TEST_P(RestOverAMesh, AMethodThatHasJustBeenAddedIsCalledOnceWithTheCallersArguments) {
    const std::string token = GetParam().secure ? token_of("_ADMIN", "happn") : std::string{};
    for (const std::string component : {"added", "another"}) {
        EXPECT_EQ(post("/rest/method/" + component + "/count", {{"parameters", {{"a", 1}}}}, token).status,
                  404);
        mesh.add_component(component);
        for (int calls = 1; calls <= 2; ++calls) {
            const json parameters{{"b", "two"}, {"a", calls}};
            const Answered answer =
                post("/rest/method/" + component + "/count", {{"parameters", parameters}}, token);
            ASSERT_EQ(answer.status, 200) << answer.body;
            EXPECT_EQ(json::parse(answer.body)["data"], json({{"a", calls}, {"b", "two"}, {"calls", calls}}));
        }
    }
}

TEST_P(RestOverAMesh, BadInputIsAnsweredAndNothingElseHappens) {
    const std::string token = some_token();
    const RecordedRest::Headers as{{"Authorization", "Bearer " + token},
                                   {"Content-Type", "application/json"}};
    const std::string escape = "/rest/method/..%2f..%2fmesh/schema";
    const int not_there = GetParam().secure ? 403 : 404;  // the right to a path is looked for first
    EXPECT_EQ(send("POST", escape, as, "{}").status, not_there);
    EXPECT_EQ(send("POST", "/rest/method/componentName/..%2fmethodName", as, "{}").status, 404);
    EXPECT_EQ(send("POST", "/rest/method/componentName%00/methodName", as, "{}").status, not_there);
    EXPECT_EQ(send("POST", "/rest/method/*/methodName", as, "{}").status, 404);
    EXPECT_EQ(
        send("POST", "/rest/method/componentName/methodName", as, "{\"parameters\":{\"a\":tru}}").status,
        400);
    EXPECT_EQ(send("POST", "/rest/method/componentName/methodName", as, std::string(100'000, '[')).status,
              400);
    EXPECT_EQ(send("POST", "/rest/method/componentName/methodName", as, std::string(2'000'000, ' ')).status,
              413);
    EXPECT_EQ(
        send("POST", "/rest/method/componentName/methodName", as, R"({"parameters":{"a":"\ud83d\ude00"}})")
            .status,
        200);
}

// --- mapped routes of a secure mesh ---------------------------------------------------------------

constexpr const char* who_route = R"(
version: 1
routes:
  who:
    from: { http: "GET /who/{value:slug}" }
    to:   { call: "testTools/answerAfter", mesh: site, args: [1, "{value}"] }
)";

class MappedRoutesOfASecureMesh : public testing::TestWithParam<const char*> {
protected:
    httplib::Result who(const std::string& token = {}) {
        httplib::Headers headers;
        if (!token.empty()) headers.emplace("Authorization", "Bearer " + token);
        return gateway.http().Get("/who/5", headers);
    }
    std::string token_of(const std::string& user) {
        const json body{{"username", user}, {"password", "pw"}};
        const auto answer = gateway.http().Post("/rest/login", body.dump(), "application/json");
        if (!answer || answer->status != 200) throw WaitFailed("no token for " + user);
        return json::parse(answer->body)["data"]["token"];
    }

    JsMesh mesh{{.generation = GetParam(), .secure = true}};
    GatewayProcess gateway{
        {.settings = mesh_settings(mesh, ", username: _ADMIN, password: happn") + "rest: { mesh: site }\n",
         .mappings = {{"who.yaml", who_route}}}};
};

INSTANTIATE_TEST_SUITE_P(Generations,
                         MappedRoutesOfASecureMesh,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& generation) {
                             return std::string{generation.param} == "13.1.1" ? "New" : "Old";
                         });

TEST_P(MappedRoutesOfASecureMesh, ActAsTheCaller) {
    for (const std::string user : {"tester", "user3"}) {
        const auto answer = who(token_of(user));
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 200) << answer->body;
        EXPECT_EQ(json::parse(answer->body).value("username", ""), user) << answer->body;
    }
}

TEST_P(MappedRoutesOfASecureMesh, AnswerAStrangerWithAChallenge) {
    const auto none = who();
    ASSERT_TRUE(none);
    EXPECT_EQ(none->status, 401) << none->body;
    EXPECT_EQ(none->get_header_value("WWW-Authenticate"), "Bearer");
    const auto forged = who("forged");
    ASSERT_TRUE(forged);
    EXPECT_EQ(forged->status, 401) << forged->body;
    EXPECT_EQ(forged->get_header_value("WWW-Authenticate"), R"(Bearer error="invalid_token")");
}

TEST_P(MappedRoutesOfASecureMesh, HandBackTheMeshsRefusal) {
    const auto answer = who(token_of("nobody"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 403) << answer->body;
}

}  // namespace
