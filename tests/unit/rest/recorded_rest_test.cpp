// Every REST request recorded on a happner-2 13.1.1 mesh, put to the surface over a fake of that mesh: same
// status, same body.
#include <fstream>
#include <map>
#include <set>

#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

using Json = nlohmann::json;

std::vector<Json> recorded(const std::string& file) {
    std::ifstream in{std::string{HG_TEST_DATA} + "/captures/" + file};
    std::vector<Json> exchanges;
    for (std::string line; std::getline(in, line);)
        exchanges.push_back(Json::parse(line));
    return exchanges;
}

/// What cannot be the same through a gateway, and why.
const std::map<std::string, std::string> different{
    {"userSession", "the mesh gives $userSession to its own REST component only"},
    {"originMethod", "$origin is made by the mesh"},
    {"$req_headers", "a test of its own: credentials are left out"},
    {"neverMethod (timeout)", "the mesh never answers: the gateway's deadline is a test of its own"},
    {"GET encoded bad", "the words of V8's JSON parser"},
    {"webMethod", "pages of components are not part of the mirror"},
    {"webMethod mesh", "pages of components are not part of the mirror"},
    {"webMethod no token", "pages of components are not part of the mirror"},
    {"webMethod tester", "pages of components are not part of the mirror"},
    {"webMethod nobody", "pages of components are not part of the mirror"},
    {"auth/request-nonce", "digest logins are not available through the gateway"},
    {"http /browser_client", "no browser scripts"},
    {"http /browser_primus.js", "no browser scripts"},
    {"http /browser_crypto.js", "no browser scripts"},
    {"http /api/client", "no browser scripts"},
    {"http /", "where happner has pages, the gateway has mapped routes"},
    {"http /nosuch", "where happner has pages, the gateway has mapped routes"},
    {"http /rest", "where happner has pages, the gateway has mapped routes"},
    {"method POST mesh [tester bearer]",
     "with the node's name happner checks another path, so that the right is missing"},
};

/// 403 in both; the mesh refuses before it looks, the gateway looks before it asks.
const std::set<std::string> other_words{"other mesh [tester bearer]",
                                        "security comp [tester bearer]",
                                        "other mesh [nobody bearer]",
                                        "security comp [nobody bearer]"};

class RecordedRestTest : public SurfaceTest {
protected:
    void replay(const Json& exchange) {
        const std::string label = exchange["label"];
        SCOPED_TRACE(label);
        if (different.contains(label)) return;
        const Json& request = exchange["request"];
        const Json& wanted = exchange["response"];
        Headers headers;
        bool typed = false;
        const Json sent = request.value("headers", Json::object());
        for (const auto& [name, value] : sent.items()) {
            headers.emplace_back(name, with_our_tokens(value));
            typed = typed || name == "content-type";
        }
        std::string body;
        if (request.contains("body"))
            body = with_our_tokens(request["body"].is_string() ? request["body"].get<std::string>()
                                                               : request["body"].dump());
        if (!typed && !body.empty()) headers.emplace_back("content-type", "application/json");
        const HttpReply reply = ask(request["method"], with_our_tokens(request["path"]), headers, body);
        ++replayed;
        EXPECT_EQ(reply.status, wanted["status"].get<int>()) << reply.body.view();
        if (!other_words.contains(label)) compare(reply, wanted);
        if (request["path"] == "/rest/login") learn_token(request, wanted);
    }

    void compare(const HttpReply& reply, const Json& wanted) {
        const std::string type = wanted["headers"].value("content-type", "");
        EXPECT_EQ(reply.content_type, type);
        const bool refused_page = wanted["statusText"] == "unauthorized access";
        EXPECT_EQ(reply.reason, refused_page ? "unauthorized access" : "");
        EXPECT_EQ(header_of(reply, "www-authenticate"), wanted["headers"].value("www-authenticate", ""));
        if (type.starts_with("text/html")) return;  // a page with a stack trace
        if (wanted["body"].is_string()) {
            EXPECT_EQ(reply.body.view(), wanted["body"].get<std::string>());
            return;
        }
        compare_json(json_of(reply), wanted["body"]);
    }

    void compare_json(Json got, Json wanted) {
        if (wanted.value("message", "") == "TestNode description") return compare_descriptions(got, wanted);
        for (Json* side : {&got, &wanted}) {
            if (side->contains("data") && (*side)["data"].is_object() && (*side)["data"].contains("token"))
                (*side)["data"]["token"] = "volatile";
            if (side->value("message", "") == "login successful") (*side)["data"] = "volatile";
        }
        EXPECT_EQ(got, wanted);
    }

    /// The recorded list is cut and the fake has fewer methods: what both have must be the same, what is
    /// hidden must be absent.
    void compare_descriptions(const Json& got, const Json& wanted) {
        EXPECT_EQ(got["message"], wanted["message"]);
        EXPECT_TRUE(got["error"].is_null());
        int compared = 0;
        for (const auto& [uri, operation] : got["data"].items()) {
            EXPECT_FALSE(uri.starts_with("/security/") || uri.starts_with("/rest/")) << uri;
            if (!wanted["data"].contains(uri)) continue;
            EXPECT_EQ(operation, wanted["data"][uri]);
            ++compared;
        }
        EXPECT_GE(compared, 10);
    }

    /// The recorded tokens are of another mesh: each stands for the user it was issued to.
    std::string with_our_tokens(std::string text) const {
        for (const auto& [theirs, user] : tokens) {
            for (auto at = text.find(theirs); at != std::string::npos; at = text.find(theirs))
                text.replace(at, theirs.size(), FakeMesh::token_of(user));
        }
        return text;
    }

    void learn_token(const Json& request, const Json& wanted) {
        if (!request.contains("body") || !wanted["body"].is_object() || !wanted["body"]["data"].is_object())
            return;
        const Json& body =
            request["body"].contains("parameters") ? request["body"]["parameters"] : request["body"];
        tokens[wanted["body"]["data"]["token"]] = body["username"];
    }

    std::map<std::string, std::string> tokens;
    int replayed = 0;
};

TEST_F(RecordedRestTest, AnInsecureMeshIsMirrored) {
    for (const Json& exchange : recorded("rest-13.1.1-insecure.jsonl"))
        replay(exchange);
    EXPECT_GE(replayed, 40);
}

TEST_F(RecordedRestTest, ASecureMeshIsMirrored) {
    make_secure();
    for (const Json& exchange : recorded("rest-13.1.1-secure.jsonl"))
        replay(exchange);
    EXPECT_GE(replayed, 80);
}

}  // namespace
}  // namespace rest
