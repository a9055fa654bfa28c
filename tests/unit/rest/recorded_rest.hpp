// The REST exchanges recorded on a happner-2 13.1.1 mesh (tests/data/captures/rest-13.1.1-*.jsonl), put to
// whoever answers: same status, same body, same content type. Tokens differ from run to run: those that
// logins give are put in place of the recorded ones.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/tree/tree.hpp"
#include "tests/unit/rest/recorded_tokens.hpp"

namespace rest {

struct Answered {
    int status = 0;
    std::string reason;
    std::string content_type;
    std::string challenge;  // WWW-Authenticate
    std::string body;
};

class RecordedRest {
public:
    using Json = nlohmann::json;
    using Headers = std::vector<std::pair<std::string, std::string>>;
    using Send = std::function<Answered(const std::string& method,
                                        const std::string& target,
                                        const Headers& headers,
                                        const std::string& body)>;

    explicit RecordedRest(Send send) : send_{std::move(send)} {}

    /// Labels that are not sent in this replay.
    void leave_out(const std::set<std::string>& labels) { left_out_.insert(labels.begin(), labels.end()); }

    /// The number of exchanges that were compared.
    int replay(const std::string& file) {
        int replayed = 0;
        std::ifstream in{support::test_data("captures/") + file};
        for (std::string line; std::getline(in, line);) {
            const Json exchange = Json::parse(line);
            if (left_out_.contains(exchange["label"]) || is_foreign_page(file, exchange)) continue;
            replay_one(exchange);
            ++replayed;
        }
        return replayed;
    }

private:
    /// What cannot be the same through a gateway, and why.
    static std::set<std::string> never_sent() {
        return {
            "userSession",
            "originMethod",           // whose session it is differs: see rest_mirror_test.cpp
            "OPTIONS",                // is not executed: see rest_mirror_test.cpp
            "$req_headers",           // a test of its own: credentials are left out
            "neverMethod (timeout)",  // the gateway's deadline is a test of its own
            "GET encoded bad",        // the words of V8's JSON parser
            "webMethod",
            "webMethod mesh",
            "webMethod no token",
            "webMethod tester",
            "webMethod nobody",    // pages
            "auth/request-nonce",  // digest logins are not available through the gateway
            "http /browser_client",
            "http /browser_primus.js",
            "http /browser_crypto.js",
            "http /api/client",  // scripts
            "http /",
            "http /nosuch",
            "http /rest",  // where happner has pages, the gateway has mapped routes
        };
    }

    /// An insecure happner does what pages of another origin ask for; the gateway does not.
    static bool is_foreign_page(const std::string& file, const Json& exchange) {
        return file.find("insecure") != std::string::npos &&
               exchange["request"].value("headers", Json::object()).contains("origin");
    }

    void replay_one(const Json& exchange) {
        SCOPED_TRACE(exchange["label"].get<std::string>());
        const Json& request = exchange["request"];
        const Json& wanted = exchange["response"];
        const Json sent_headers = request.value("headers", Json::object());
        Headers headers;
        for (const auto& [name, value] : sent_headers.items())
            headers.emplace_back(name, tokens_.in_place(value));
        // A program sent it; here a cookie counts only as that of a page of the same origin.
        if (sent_headers.contains("cookie")) headers.emplace_back("sec-fetch-site", "same-origin");
        std::string body;
        if (request.contains("body"))
            body = request["body"].is_string() ? request["body"].get<std::string>() : request["body"].dump();
        if (!body.empty() && !sent_headers.contains("content-type"))
            headers.emplace_back("content-type", "application/json");
        const Answered answer =
            send_(request["method"], tokens_.in_place(request["path"]), headers, tokens_.in_place(body));
        EXPECT_EQ(answer.status, wanted["status"].get<int>()) << answer.body;
        compare(answer, wanted);
        tokens_.learn(wanted["body"], answer.body);
    }

    static void compare(const Answered& answer, const Json& wanted) {
        const std::string type = wanted["headers"].value("content-type", "");
        EXPECT_EQ(answer.content_type, type);
        EXPECT_EQ(answer.challenge, wanted["headers"].value("www-authenticate", ""));
        if (wanted["statusText"] == "unauthorized access") {
            EXPECT_EQ(answer.reason, "unauthorized access");
        }
        if (type.starts_with("text/html")) return;  // a page with a stack trace
        if (wanted["body"].is_string()) {
            EXPECT_EQ(answer.body, wanted["body"].get<std::string>());
        } else {
            compare_json(Json::parse(answer.body, nullptr, false), wanted["body"]);
        }
    }

    static void compare_json(Json got, Json wanted) {
        if (wanted.value("message", "") == "TestNode description") return compare_descriptions(got, wanted);
        for (Json* side : {&got, &wanted}) {
            if (Json* token = RecordedTokens::token_in(*side)) *token = "volatile";
        }
        EXPECT_EQ(got, wanted);
    }

    /// The recorded list is cut, and the answering mesh may have other methods: what both have must be the
    /// same, and what is hidden must be absent.
    static void compare_descriptions(const Json& got, const Json& wanted) {
        EXPECT_EQ(got["message"], wanted["message"]);
        EXPECT_TRUE(got["error"].is_null());
        int compared = 0;
        for (const auto& [uri, operation] : got["data"].items()) {
            EXPECT_FALSE(uri.starts_with("/security/") || uri.starts_with("/rest/")) << uri;
            if (!wanted["data"].contains(uri)) continue;
            EXPECT_EQ(operation, wanted["data"][uri]);
            ++compared;
        }
        EXPECT_GE(compared, 10) << got;
    }

    Send send_;
    std::set<std::string> left_out_ = never_sent();
    RecordedTokens tokens_;
};

}  // namespace rest
