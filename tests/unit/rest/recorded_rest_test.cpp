// Every REST request recorded on a real mesh, put to the surface over a fake of that mesh.
#include "tests/unit/rest/recorded_rest.hpp"
#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

class RecordedRestTest : public SurfaceTest {
protected:
    Answered answer(const std::string& method,
                    const std::string& target,
                    const Headers& headers,
                    const std::string& body) {
        const HttpReply reply = ask(method, target, headers, body);
        return {reply.status,
                std::string{reply.reason},
                reply.content_type,
                header_of(reply, "www-authenticate"),
                reply.body.str()};
    }

    RecordedRest recorded{
        [this](const auto& method, const auto& target, const auto& headers, const auto& body) {
            return answer(method, target, headers, body);
        }};
};

TEST_F(RecordedRestTest, AnInsecureMeshIsMirrored) {
    EXPECT_GE(recorded.replay("rest-13.1.1-insecure.jsonl"), 40);
}

TEST_F(RecordedRestTest, ASecureMeshIsMirrored) {
    make_secure();
    mesh.unrevoked = gateway::Error{gateway::Errc::access_denied, "logouts over http are not allowed"};
    EXPECT_GE(recorded.replay("rest-13.1.1-secure.jsonl"), 80);
}

// --- the oldest dialect --------------------------------------------------------------------------

class OldestDialect : public SurfaceTest {
protected:
    OldestDialect() {
        gateway::RestSettings rest;
        rest.dialect = 1;
        set(rest);
    }
    std::string body(const std::string& target, const std::string& body, Headers headers = {}) {
        return post(target, body, std::move(headers)).body.str();
    }
    static Headers cookie(const std::string& user) {
        return {{"Cookie", "happn_token=" + FakeMesh::token_of(user)}, {"Sec-Fetch-Site", "same-origin"}};
    }
};

TEST_F(OldestDialect, FalsyArgumentsBecomeNullAndArraysAreNone) {
    const auto args = [&](const std::string& parameters) {
        const std::string sent = R"({"parameters":)" + parameters + '}';
        post("/rest/method/componentName/methodName", sent);
        return mesh.calls.back().args.str();
    };
    EXPECT_EQ(args(R"({"a":0,"b":false})"), "[null,null]");
    EXPECT_EQ(args(R"({"a":"","b":-0.0e7})"), "[null,null]");
    EXPECT_EQ(args(R"({"a":1e-400,"b":1e300})"), "[null,1e300]");
    EXPECT_EQ(args(R"({"a":"0","b":[]})"), R"(["0",[]])");
    EXPECT_EQ(args("[1,2]"), "[null,null]");
}

TEST_F(OldestDialect, BodiesHaveABlankAfterTheirCommasAndErrorsAStack) {
    EXPECT_EQ(body("/rest/method/componentName/strMethod", "{}"),
              R"({"message":"Call successful", "data":"str", "error":null})");
    EXPECT_EQ(
        body("/rest/method/componentName/erroringMethodName", "{}"),
        R"({"message":"Call failed", "data":null, "error":{"stack":"Error: errr","message":"errr","code":418,"extra":{"x":1}}})");
}

TEST_F(OldestDialect, AStackThatIsNoTextIsNone) {
    mesh.add("componentName", "odd", {"callback"}, [](const auto&) {
        return FakeMesh::failure(R"({"message":"m","name":7,"stack":{"x":1}})");
    });
    EXPECT_EQ(body("/rest/method/componentName/odd", "{}"),
              R"({"message":"Call failed", "data":null, "error":{"stack":"Error: m","message":"m","name":7}})");
}

TEST_F(OldestDialect, ACallPathIsReadFromItsBegin) {
    EXPECT_EQ(post("/rest/method/componentName/strMethod/x/y", "{}").status, 200);
    EXPECT_EQ(post("/rest/method/TestNode/componentName/strMethod", "{}").status, 200);
    EXPECT_EQ(post("/rest/method/a/b/c/d/e", "{}").status, 500);
}

TEST_F(OldestDialect, TokensAreTakenFromCookieAndQueryOnly) {
    make_secure();
    const std::string target = "/rest/method/componentName/methodName";
    EXPECT_EQ(post(target, "{}", {bearer("tester")}).status, 403);
    EXPECT_EQ(post(target, "{}", cookie("tester")).status, 200);
    EXPECT_EQ(ask("GET", target + "?happn_token=" + FakeMesh::token_of("tester")).status, 200);
}

TEST_F(OldestDialect, NobodyCallsOnBehalfOfOthers) {
    make_secure();
    EXPECT_EQ(post("/rest/method/componentName/methodName", R"({"as":"tester"})", cookie("_ADMIN")).status,
              200);
    EXPECT_EQ(mesh.calls.back().on_behalf_of, "");
}

TEST_F(OldestDialect, FailedLoginsAre500AndATokenIsNoPassword) {
    make_secure();
    EXPECT_EQ(post("/rest/login", R"({"username":"tester","password":"no"})").status, 500);
    const std::string by_token = R"({"username":"tester","token":")" + FakeMesh::token_of("tester") + "\"}";
    EXPECT_EQ(post("/rest/login", by_token).status, 500);
    EXPECT_EQ(mesh.logins, 1);
}

}  // namespace
}  // namespace rest
